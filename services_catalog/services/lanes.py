"""What operators and the agency's officers do to a lane while it runs. Each change asks for a reason and is kept.

A lane's row is locked and only the changed fields are written: workers write the others at the same time. Nobody needs
to be told about a lane that may deliver again: the sweep finds its due requests within a second.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from services_catalog import breaker
from services_catalog.models import Breaker, Lane, OperatorAction
from services_catalog.services.operator_actions import Act, Doer, operator_actions_write, require_reason

# The fields that `lane_limits_change` takes.
LIMITS = (
    "slots",
    "call_deadline_seconds",
    "rate_per_second",
    "rate_per_day",
    "give_up_after_days",
    "opens_at",
    "closes_at",
    "open_weekdays",
)


@transaction.atomic
def lane_pause(*, lane_id: UUID, by: Doer, reason: str) -> bool:
    """Has nothing delivered until somebody resumes; returns False when it was paused before. Raises ReasonNeeded."""
    return _change(lane_lock(lane_id), {"paused": True}, action="lane_pause", by=by, reason=reason)


@transaction.atomic
def lane_resume(*, lane_id: UUID, by: Doer, reason: str) -> bool:
    """Returns False when it was not paused. Raises ReasonNeeded."""
    return _change(lane_lock(lane_id), {"paused": False}, action="lane_resume", by=by, reason=reason)


@transaction.atomic
def lane_limits_change(*, lane_id: UUID, changes: Mapping[str, Any], by: Doer, reason: str) -> bool:
    """Sets some of LIMITS; returns False when all were so before.

    Raises ReasonNeeded, django's ValidationError for a value that a lane cannot have, ValueError for other fields.
    """
    if unknown := changes.keys() - set(LIMITS):
        raise ValueError(f"not limits: {', '.join(sorted(unknown))}")
    return _change(lane_lock(lane_id), changes, action="lane_limits_change", by=by, reason=reason)


@transaction.atomic
def lane_breaker_hold(*, lane_id: UUID, state: str, by: Doer, reason: str) -> bool:
    """Holds the circuit breaker "open" (nothing is delivered) or "closed" (failures are ignored); "" lets it be.

    Returns False when it was held so before. Raises ReasonNeeded, django's ValidationError for any other state.
    """
    return _change(lane_lock(lane_id), {"breaker_override": state}, action="lane_breaker_hold", by=by, reason=reason)


@transaction.atomic
def lane_probe_now(*, lane_id: UUID, by: Doer, reason: str) -> bool:
    """Has an open breaker try one call at once; returns False where it is not open by itself. Raises ReasonNeeded."""
    lane = lane_lock(lane_id)
    if lane.breaker != Breaker.OPEN or lane.breaker_override:
        require_reason(reason)
        return False
    before = lane.breaker_probe_at
    breaker.probe_now(lane, timezone.now())
    lane.save(update_fields=["breaker_probe_at"])
    changes = {"breaker_probe_at": (before, lane.breaker_probe_at)}
    operator_actions_write(by=by, action="lane_probe_now", reason=reason, acts=[act_on_lane(lane, changes)])
    return True


def act_on_lane(lane: Lane, changes: Mapping[str, tuple[Any, Any]]) -> Act:
    service = lane.service
    return Act(OperatorAction.Subject.LANE, lane.pk, service.code, service.agency_id, changes)


def lane_lock(lane_id: UUID) -> Lane:
    """The lane with its service, locked until the transaction ends."""
    return Lane.objects.select_for_update(of=("self",)).select_related("service").get(pk=lane_id)


def _change(lane: Lane, after: Mapping[str, Any], *, action: str, by: Doer, reason: str) -> bool:
    require_reason(reason)
    changes = {name: (getattr(lane, name), value) for name, value in after.items() if getattr(lane, name) != value}
    if not changes:
        return False
    for name, (_, value) in changes.items():
        setattr(lane, name, value)
    lane.clean_fields(exclude=[field.name for field in lane._meta.fields if field.name not in changes])
    lane.validate_constraints()
    lane.save(update_fields=list(changes))
    operator_actions_write(by=by, action=action, reason=reason, acts=[act_on_lane(lane, changes)])
    return True
