"""Accounts of providers that have proved to be the citizen's. Callers hold the lock of the citizen's row."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from citizens.identity.claims import open_claims, own_claims, seal_claims, seal_identity
from citizens.identity.events import identity_event_write
from citizens.identity.providers.base import IdentityNotProven
from citizens.models import Citizen, HeldIdentity, IdentityEvent, LinkedIdentity
from services_catalog.encryption import fingerprints


class AccountOfAnotherCitizen(IdentityNotProven):
    """The provider has told another number for this account before: one of the two is wrong, or has been changed."""

    def __init__(self) -> None:
        super().__init__("account_of_another_citizen")


def subject_fingerprints(subject: str) -> list[bytes]:
    """All that an account may be found by; the first one is written."""
    return fingerprints(subject.encode(), purpose="subject")


def is_another_citizens(citizen: Citizen, provider: str, known_as: list[bytes]) -> bool:
    accounts = LinkedIdentity.objects.filter(provider=provider, subject_fingerprint__in=known_as)
    return accounts.exclude(citizen=citizen).exists()


def is_unlinked_since(citizen_id: UUID, provider: str, moment: datetime) -> bool:
    """Whether the citizen has unlinked that provider since: then nothing comes of a sign-in of before."""
    unlinked = IdentityEvent.objects.filter(citizen=citizen_id, kind=IdentityEvent.Kind.UNLINKED, provider=provider)
    return unlinked.filter(created_at__gte=moment).exists()


def link(
    citizen: Citizen, *, provider: str, subject: str, claims: Mapping[str, str], ial: Decimal, used_at: datetime
) -> None:
    """Links the account, in the place of another one of that provider, or notes what it says now."""
    known_as = subject_fingerprints(subject)
    linked = citizen.identities.filter(provider=provider).first()
    is_new = linked is None or bytes(linked.subject_fingerprint) not in known_as
    identity = linked or LinkedIdentity(citizen=citizen, provider=provider)
    identity.subject_fingerprint = known_as[0]
    identity.ial, identity.last_used_at = ial, used_at
    seal_identity(identity, subject=subject, claims=claims)
    identity.save()
    if is_new:
        # What waited has been overtaken: nothing differs any more, or a human has accepted it.
        held_forget(citizen, provider)
        identity_event_write(citizen.pk, IdentityEvent.Kind.LINKED, provider=provider)
    claims_renew(citizen)


def held_forget(citizen: Citizen, provider: str) -> None:
    """What waits for a human, of that provider, waits no more. What was decided stays."""
    HeldIdentity.objects.filter(citizen=citizen, provider=provider, decision=HeldIdentity.Decision.WAITING).delete()


def claims_renew(citizen: Citizen) -> None:
    """The citizen's own claims, after one of their identities has changed."""
    claims = own_claims(citizen.identities.select_related("citizen"))
    if claims != open_claims(citizen):
        citizen.claims_encrypted = seal_claims(citizen.pk, claims)
        citizen.save(update_fields=["claims_encrypted", "updated_at"])
