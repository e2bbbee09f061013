"""What the database says of the lanes: a constant number of queries, each of what is open and none of the history."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Min, Q

from citizens.identity.holding import HeldWaiting, held_waiting
from citizens.identity.providers.breaker import found_up
from citizens.notifications.untold import undeliverable_since, untold_failures
from citizens.service_requests.models import OPEN_OUTCOMES, DeliveryAttempt, Difference, Errand, ServiceRequest
from services_catalog.models import Lane

_DAY = timedelta(days=1)
# What Lane.standing and Lane.usable_slots look at, and the name.
_LANE_FIELDS = [
    *("service__code", "slots", "paused", "opens_at", "closes_at", "open_weekdays", "recent_call_ms"),
    *("breaker", "breaker_override", "breaker_probe_at", "rate_per_day", "rate_day", "rate_day_calls"),
]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a lane has to deliver. `oldest` is when the submission that waits longest was accepted."""

    waiting: int = 0
    due: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Backlog:
    """The rows that `/metrics` tells of, at `now`. Lanes are told by the code of their service."""

    now: datetime
    lanes: Sequence[Lane]
    waiting: dict[UUID, Waiting]
    in_flight: Counter[UUID]
    # By service code and reason.
    parked: dict[tuple[str, str], int]
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
        waiting=_waiting(now),
        in_flight=_in_flight(),
        parked=_parked(),
        undeliverable=undeliverable_since(now - _DAY),
        untold=untold_failures(now),
        differences=Difference.objects.filter(settled_at__isnull=True).count(),
        held=held_waiting(),
        providers_up=found_up(),
    )


def _lanes(now: datetime) -> list[Lane]:
    lanes = Lane.objects.with_outage(now).select_related("service").order_by("service__code")
    return list(lanes.only(*_LANE_FIELDS))


def _waiting(now: datetime) -> dict[UUID, Waiting]:
    rows = ServiceRequest.objects.filter(next_attempt_at__isnull=False).order_by().values_list("service_id")
    counted = rows.annotate(
        waiting=Count("pk"),
        due=Count("pk", filter=Q(next_attempt_at__lte=now)),
        oldest=Min("created_at", filter=Q(errand=Errand.SUBMISSION)),
    )
    return {service_id: Waiting(*figures) for service_id, *figures in counted}


def _in_flight() -> Counter[UUID]:
    rows = DeliveryAttempt.objects.filter(outcome__in=OPEN_OUTCOMES).order_by().values_list("lane_id")
    return Counter(dict(rows.annotate(count=Count("pk"))))


def _parked() -> dict[tuple[str, str], int]:
    rows = ServiceRequest.objects.exclude(parked_reason="").order_by().values_list("service__code", "parked_reason")
    return {(code, reason): count for code, reason, count in rows.annotate(count=Count("pk"))}
