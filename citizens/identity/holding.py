"""Accounts with a citizen's number that say something else than those linked: kept until a human decides."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from citizens.identity.claims import identity_claims, seal_identity
from citizens.identity.events import identity_event_write
from citizens.identity.linking import subject_fingerprints
from citizens.identity.providers.base import VerifiedIdentity
from citizens.models import Citizen, HeldIdentity, IdentityEvent


class IdentityHeld(Exception):
    """The account may be the citizen's, and a human has to look first; identities that are linked go on working."""


@dataclass(frozen=True, slots=True)
class HeldWaiting:
    """How many wait for a human. `oldest` is since when the one does that has waited longest."""

    count: int
    oldest: datetime | None


def decided_before(citizen: Citizen, identity: VerifiedIdentity, known_as: list[bytes]) -> HeldIdentity.Decision | None:
    """What a human decided about this account when it said just the same; None when nobody has."""
    earlier = HeldIdentity.objects.filter(
        citizen=citizen, provider=identity.provider, subject_fingerprint__in=known_as, decided_at__isnull=False
    )
    for held in earlier.order_by("-decided_at"):
        if identity_claims(held) == dict(identity.claims):
            return HeldIdentity.Decision(held.decision)
    return None


def held_waiting() -> HeldWaiting:
    waiting = HeldIdentity.objects.filter(decision=HeldIdentity.Decision.WAITING)
    return HeldWaiting(**waiting.aggregate(count=Count("pk"), oldest=Min("held_at")))


def hold(citizen: Citizen, identity: VerifiedIdentity, differing: list[str]) -> None:
    """One account waits for each provider: a later sign-in takes the place of an earlier one."""
    waiting = HeldIdentity.objects.filter(
        citizen=citizen, provider=identity.provider, decision=HeldIdentity.Decision.WAITING
    ).first()
    held = waiting or HeldIdentity(citizen=citizen, provider=identity.provider)
    known_as = subject_fingerprints(identity.subject)
    is_news = (
        waiting is None
        or bytes(waiting.subject_fingerprint) not in known_as
        or identity_claims(waiting) != dict(identity.claims)
    )
    held.subject_fingerprint = known_as[0]
    held.ial, held.differing = identity.assurance.ial, differing
    seal_identity(held, subject=identity.subject, claims=identity.claims)
    held.save()
    if is_news:
        identity_event_write(
            citizen.pk, IdentityEvent.Kind.HELD, provider=identity.provider, assurance=identity.assurance
        )
