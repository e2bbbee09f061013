"""Times in which nothing is delivered to a service's system: announced beforehand, or forced at once.

Meanwhile requests wait for the system's return, or none are taken: the announcer's choice.
"""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services_catalog.languages import NO_TEXT, Text
from services_catalog.models import Outage
from services_catalog.services.lanes import act_on_lane, lane_lock
from services_catalog.services.operator_actions import Doer, operator_actions_write, require_reason

_ONE_LANGUAGE = _("Citizens read the message in both languages: write it in Thai and in English.")


@transaction.atomic
def outage_force(
    *,
    lane_id: UUID,
    by: Doer,
    reason: str,
    message: Text = NO_TEXT,
    meanwhile: Outage.Meanwhile = Outage.Meanwhile.QUEUE,
) -> bool:
    """Stops deliveries now and until somebody ends it; returns False where one is forced already.

    Raises ReasonNeeded, django's ValidationError for a message in one language only.
    """
    require_reason(reason)
    # Two who force an outage at once must not both find that there is none.
    lane, now = lane_lock(lane_id), timezone.now()
    if Outage.objects.in_force(now).filter(lane=lane, kind=Outage.Kind.FORCED).exists():
        return False
    outage = Outage(lane=lane, kind=Outage.Kind.FORCED, starts_at=now, meanwhile=meanwhile)
    _announce(outage, message, by, reason)
    return True


@transaction.atomic
def outage_announce(
    *,
    lane_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    message: Text,
    by: Doer,
    reason: str,
    meanwhile: Outage.Meanwhile = Outage.Meanwhile.QUEUE,
) -> Outage:
    """Plans an outage. Raises ReasonNeeded, or django's ValidationError as `check_planned` does."""
    require_reason(reason)
    check_planned(starts_at=starts_at, ends_at=ends_at, message=message)
    lane = lane_lock(lane_id)
    outage = Outage(lane=lane, kind=Outage.Kind.PLANNED, starts_at=starts_at, ends_at=ends_at, meanwhile=meanwhile)
    return _announce(outage, message, by, reason)


@transaction.atomic
def outage_end(*, outage_id: UUID, by: Doer, reason: str) -> bool:
    """Ends an outage now; one that has not begun is called off and leaves no row. False when it was over before, or
    called off.

    Raises ReasonNeeded.
    """
    require_reason(reason)
    locked = Outage.objects.select_for_update(of=("self",)).select_related("lane__service")
    outage, now = locked.filter(pk=outage_id).first(), timezone.now()
    if outage is None:  # called off by somebody else meanwhile
        return False
    if outage.ends_at is not None and outage.ends_at <= now:
        return False
    changes = {"outage": (_described(outage), None), "ends_at": (outage.ends_at, now)}
    if outage.starts_at < now:
        outage.ends_at = now
        outage.save(update_fields=["ends_at"])
    else:
        outage.delete()
    operator_actions_write(by=by, action="outage_end", reason=reason, acts=[act_on_lane(outage.lane, changes)])
    return True


def outages_end(*, lane_id: UUID, by: Doer, reason: str) -> bool:
    """Ends every outage of the lane that is in force; returns False when there is none. Raises ReasonNeeded."""
    require_reason(reason)
    in_force = list(Outage.objects.in_force(timezone.now()).filter(lane_id=lane_id).values_list("pk", flat=True))
    ended = [outage_end(outage_id=outage_id, by=by, reason=reason) for outage_id in in_force]
    return any(ended)


def check_planned(*, starts_at: datetime, ends_at: datetime, message: Text) -> None:
    """Raises django's ValidationError, by field."""
    if ends_at <= starts_at:
        raise ValidationError({"ends_at": _("It must end after it starts.")})
    if ends_at <= timezone.now():
        raise ValidationError({"ends_at": _("That is over already.")})
    if not (message.th and message.en):
        raise ValidationError(_ONE_LANGUAGE)


def check_message(message: Text) -> None:
    """A message may be left out, but not in one language. Raises django's ValidationError."""
    if bool(message.th) != bool(message.en):
        raise ValidationError(_ONE_LANGUAGE)


def _announce(outage: Outage, message: Text, by: Doer, reason: str) -> Outage:
    check_message(message)
    outage.message_th, outage.message_en = message.th, message.en
    outage.announced_by = by.officer
    outage.save(force_insert=True)
    action = "outage_force" if outage.kind == Outage.Kind.FORCED else "outage_announce"
    acts = [act_on_lane(outage.lane, {"outage": (None, _described(outage))})]
    operator_actions_write(by=by, action=action, reason=reason, acts=acts)
    return outage


def _described(outage: Outage) -> dict[str, object]:
    return {name: getattr(outage, name) for name in ("kind", "starts_at", "ends_at", "meanwhile")}
