"""One citizen, keyed by the verified 13-digit number, whichever digital ID they come with.

What is decided about a citizen's identities is decided under the lock of the citizen's row. Before there is one, an
advisory lock on the number stands in for it: while a look-up key is changed, two processes may write fingerprints of
one number under two keys, and the unique index would take both.
"""

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from citizens.identity.claims import identity_claims, seal_claims, seal_national_id
from citizens.identity.comparing import differing_claims
from citizens.identity.holding import IdentityHeld, decided_before, hold
from citizens.identity.linking import (
    AccountOfAnotherCitizen,
    is_another_citizens,
    is_unlinked_since,
    link,
    subject_fingerprints,
)
from citizens.identity.providers.base import IdentityNotProven, VerifiedIdentity
from citizens.models import Citizen, HeldIdentity, LinkedIdentity
from services_catalog.encryption import fingerprints, lock_number
from services_catalog.national_id import is_national_id


def national_id_fingerprints(national_id: str) -> list[bytes]:
    """All that a citizen's row may be found by; the first one is written."""
    return fingerprints(national_id.encode(), purpose="national-id")


def citizen_identify(identity: VerifiedIdentity, *, began_at: datetime | None = None) -> Citizen:
    """The citizen with that number, made on the first sign-in; the provider's account is linked to them.

    Raises IdentityHeld when other linked identities say something else, and then keeps it for a human to decide: not
    to be called within a transaction. Raises AccountOfAnotherCitizen when the account came with another number before,
    and IdentityNotProven when the number is no citizen's, a human has refused just this, or the citizen has unlinked
    the provider since the sign-in began: at `began_at`, or just now.
    """
    if not is_national_id(identity.national_id):
        raise IdentityNotProven("no_valid_national_id")
    with transaction.atomic(durable=True):
        citizen = _citizen_of(identity.national_id)
        if began_at is not None and is_unlinked_since(citizen.pk, identity.provider, began_at):
            raise IdentityNotProven("unlinked_since")
        is_linked = _link_or_hold(citizen, identity)
    if not is_linked:
        raise IdentityHeld
    return citizen


def _citizen_of(national_id: str) -> Citizen:
    """Locked until the transaction ends."""
    _one_at_a_time(national_id, purpose="national-id")
    new_id, known_as = uuid7(), national_id_fingerprints(national_id)
    citizen, _ = Citizen.objects.select_for_update(no_key=True).get_or_create(
        national_id_fingerprint__in=known_as,
        defaults={
            "id": new_id,
            "national_id_fingerprint": known_as[0],
            "national_id_encrypted": seal_national_id(new_id, national_id),
            "claims_encrypted": seal_claims(new_id, {}),
        },
    )
    return citizen


def _link_or_hold(citizen: Citizen, identity: VerifiedIdentity) -> bool:
    """Whether the account is the citizen's from now on; else it is held."""
    _one_at_a_time(f"{identity.provider}:{identity.subject}", purpose="subject")
    known_as = subject_fingerprints(identity.subject)
    if is_another_citizens(citizen, identity.provider, known_as):
        raise AccountOfAnotherCitizen
    differing = _differing(list(citizen.identities.select_related("citizen")), identity, known_as)
    decision = decided_before(citizen, identity, known_as) if differing else HeldIdentity.Decision.ACCEPTED
    if decision == HeldIdentity.Decision.REFUSED:
        raise IdentityNotProven("held_identity_refused")
    if decision is None:
        hold(citizen, identity, differing)
        return False
    link(
        citizen,
        provider=identity.provider,
        subject=identity.subject,
        claims=identity.claims,
        ial=identity.assurance.ial,
        used_at=timezone.now(),
    )
    return True


def _differing(linked: list[LinkedIdentity], identity: VerifiedIdentity, known_as: list[bytes]) -> list[str]:
    """What a new account says differently from those that are linked. An account that is linked may change its mind."""
    if any(one.provider == identity.provider and bytes(one.subject_fingerprint) in known_as for one in linked):
        return []
    found = [name for one in linked for name in differing_claims(identity.claims, identity_claims(one))]
    return list(dict.fromkeys(found))


def _one_at_a_time(value: str, *, purpose: str) -> None:
    """Whoever asks for the same value waits here until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_number(value.encode(), purpose=purpose)])
