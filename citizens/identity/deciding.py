"""What a human decides about held identities, and sees of a citizen: with a reason, kept, told to the citizen."""

import json
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from citizens.identity.claims import identity_claims, open_national_id, open_subject
from citizens.identity.comparing import differing_claims
from citizens.identity.events import identity_event_write
from citizens.identity.linking import is_another_citizens, link, subject_fingerprints
from citizens.models import Citizen, HeldIdentity, IdentityEvent
from services_catalog.claims import CLAIMS
from services_catalog.encryption import fingerprints
from services_catalog.models import OperatorAction
from services_catalog.services.operator_actions import Act, Doer, operator_actions_write, require_reason

Decision = HeldIdentity.Decision
_EVENTS = {
    Decision.ACCEPTED: IdentityEvent.Kind.HELD_ACCEPTED,
    Decision.REFUSED: IdentityEvent.Kind.HELD_REFUSED,
}
_ACTIONS = {Decision.ACCEPTED: "held_identity_accept", Decision.REFUSED: "held_identity_refuse"}


class CannotDecide(Exception):
    """`sentence` tells the officer why."""

    def __init__(self, sentence: Promise) -> None:
        super().__init__()
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Compared:
    """One claim: what the held identity says, and what each linked one does (empty where it says nothing)."""

    claim: str
    held: str
    linked: tuple[str, ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    providers: tuple[str, ...]
    rows: tuple[Compared, ...]

    def marks(self) -> list[bytes]:
        """What an officer's decision names, so that nobody decides about values they have not seen."""
        shown = json.dumps([self.providers, [(one.claim, one.held, one.linked) for one in self.rows]])
        return fingerprints(shown.encode(), purpose="held-identity-seen")


def held_identity_compare(held: HeldIdentity) -> Comparison:
    """Raises services_catalog.encryption.CannotDecrypt."""
    says = identity_claims(held)
    linked = {
        one.provider: identity_claims(one)
        for one in held.citizen.identities.select_related("citizen").order_by("linked_at")
    }
    differing = {name for claims in linked.values() for name in differing_claims(says, claims)}
    rows = tuple(
        Compared(name, says.get(name, ""), tuple(claims.get(name, "") for claims in linked.values()), name in differing)
        for name in CLAIMS
        if name in says or any(name in claims for claims in linked.values())
    )
    return Comparison(tuple(linked), rows)


@transaction.atomic
def held_identity_decide(*, held_id: UUID, decision: Decision, seen: str, by: Doer, reason: str) -> None:
    """Accepts (the account is linked) or refuses. `seen` is one of the marks of what the officer was shown, in hex.

    Raises ReasonNeeded, and CannotDecide when somebody was faster, the values have changed since they were shown, or
    the account has become another citizen's.
    """
    reason = require_reason(reason)
    held = _locked_waiting(held_id)
    if seen not in [mark.hex() for mark in held_identity_compare(held).marks()]:
        raise CannotDecide(_("What the digital ID says has changed since you looked. Look again, then decide."))
    held.decision, held.reason = decision, reason
    held.decided_by, held.decided_at = by.officer, timezone.now()
    held.save(update_fields=["decision", "reason", "decided_by", "decided_at"])
    identity_event_write(held.citizen_id, _EVENTS[decision], provider=held.provider)
    if decision == Decision.ACCEPTED:
        _link(held)
    act = Act(OperatorAction.Subject.HELD_IDENTITY, held.pk, str(held), None)
    operator_actions_write(by=by, action=_ACTIONS[decision], reason=reason, acts=[act])


def _locked_waiting(held_id: UUID) -> HeldIdentity:
    """Under the lock of its citizen, as sign-ins change it. Raises CannotDecide when it waits no more."""
    Citizen.objects.select_for_update(of=("self",), no_key=True).filter(held=held_id).first()
    waiting = HeldIdentity.objects.select_related("citizen").filter(pk=held_id, decision=Decision.WAITING)
    if (held := waiting.first()) is None:
        raise CannotDecide(
            _("It waits no more: somebody decided, the provider corrected its data, or the citizen unlinked it.")
        )
    return held


def _link(held: HeldIdentity) -> None:
    subject = open_subject(held)
    if is_another_citizens(held.citizen, held.provider, subject_fingerprints(subject)):
        raise CannotDecide(_("Meanwhile this account belongs to another citizen."))
    link(
        held.citizen,
        provider=held.provider,
        subject=subject,
        claims=identity_claims(held),
        ial=held.ial,
        used_at=held.held_at,
    )


@transaction.atomic
def number_reveal(*, citizen_id: UUID, by: Doer, reason: str) -> str:
    """The citizen's 13-digit number, for an officer who says why; the citizen reads that it was seen."""
    citizen = Citizen.objects.get(pk=citizen_id)
    act = Act(OperatorAction.Subject.CITIZEN, citizen.pk, str(citizen), None)
    operator_actions_write(by=by, action="number_reveal", reason=reason, acts=[act])
    identity_event_write(citizen.pk, IdentityEvent.Kind.NUMBER_SEEN)
    return open_national_id(citizen)
