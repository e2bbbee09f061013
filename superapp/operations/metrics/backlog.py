"""What the database says of the lanes: a constant number of queries, each of what is open and none of the history."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from citizens.identity.holding import HeldWaiting, held_waiting
from citizens.identity.providers.breaker import found_up
from citizens.notifications.untold import undeliverable_since, untold_failures
from citizens.service_requests.models import Difference
from services_catalog.models import Lane
from superapp.operations.open_work import Waiting, in_flight_in_lanes, parked_in_lanes, waiting_in_lanes

_DAY = timedelta(days=1)
# What Lane.standing and Lane.usable_slots look at, and the name.
_LANE_FIELDS = [
    *("service__code", "slots", "paused", "opens_at", "closes_at", "open_weekdays", "recent_call_ms"),
    *("breaker", "breaker_override", "breaker_probe_at", "rate_per_day", "rate_day", "rate_day_calls"),
]


@dataclass(frozen=True, slots=True)
class Backlog:
    """The rows that `/metrics` tells of, at `now`. Lanes are told by the code of their service."""

    now: datetime
    lanes: Sequence[Lane]
    waiting: dict[UUID, Waiting]
    in_flight: Counter[UUID]
    # By lane and reason.
    parked: Mapping[UUID, Counter[str]]
    undeliverable: int
    untold: int
    differences: int
    held: HeldWaiting
    # By the provider's code.
    providers_up: dict[str, bool]


def read_backlog(now: datetime) -> Backlog:
    """Raises DatabaseError."""
    return Backlog(
        now=now,
        lanes=_lanes(now),
        waiting=waiting_in_lanes(now),
        in_flight=in_flight_in_lanes(),
        parked=parked_in_lanes(),
        undeliverable=undeliverable_since(now - _DAY),
        untold=untold_failures(now),
        differences=Difference.objects.filter(settled_at__isnull=True).count(),
        held=held_waiting(),
        providers_up=found_up(),
    )


def _lanes(now: datetime) -> list[Lane]:
    lanes = Lane.objects.with_outage(now).select_related("service").order_by("service__code")
    return list(lanes.only(*_LANE_FIELDS))
