"""Which lanes and requests are compared next."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from citizens.service_requests.ids import first_id_of
from citizens.service_requests.lifecycle import AT_AGENCY
from citizens.service_requests.models import ServiceRequest, Status
from citizens.service_requests.reconciliation.charging import take_look_ups
from citizens.service_requests.routing.agency_line import AgencyLine, agency_line
from citizens.service_requests.routing.taking import has_due
from services_catalog import rate
from services_catalog.models import Lane, Standing


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to be asked about. `event_count` tells later whether it has moved since."""

    request_id: UUID
    event_count: int
    trace_id: str


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The requests of one lane, and how to ask its agency. `charged_at` where they were taken off the lane's rate."""

    lane_id: UUID
    line: AgencyLine
    asked: list[Asked]
    charged_at: datetime | None


def inquiries(*, service_code: str = "") -> Iterator[Inquiry]:
    """One for each lane that has something to compare, whose agency can look up, and which runs and is not slow:
    an agency in trouble is left alone. In a random order, so that a turn that is too short skips others each time.
    """
    now = timezone.now()
    lanes = Lane.objects.with_outage(now)
    wanted = list(lanes.filter(service__code=service_code) if service_code else lanes)
    random.shuffle(wanted)
    for lane in wanted:
        if lane.standing(now) != Standing.RUNNING or lane.is_slow:
            continue
        line = agency_line(lane, longest_call=settings.RECONCILIATION["longest_call"])
        if line and line.adapter.can_look_up and (inquiry := _inquiry(lane, line, now)):
            yield inquiry


def _inquiry(lane: Lane, line: AgencyLine, now: datetime) -> Inquiry | None:
    """Where the agency takes only so many calls, nothing while a delivery waits for one, and then as many as are left
    for look-ups.
    """
    has_limit = rate.has_limit(lane)
    if has_limit and has_due(lane.pk, now):
        return None
    asked = _asked(lane.pk, now)
    if asked and has_limit:
        asked = asked[: take_look_ups(lane.pk, len(asked), now)]
    return Inquiry(lane.pk, line, asked, charged_at=now if has_limit else None) if asked else None


def _asked(lane_id: UUID, now: datetime) -> list[Asked]:
    limits = settings.RECONCILIATION
    under_way = _open(lane_id, now)[: limits["open_requests"]]
    completed = _completed(lane_id, now)[: limits["completed_requests"]]
    return [Asked(*row) for row in (*under_way, *completed)]


def _open(lane_id: UUID, now: datetime) -> "QuerySet[ServiceRequest, tuple[UUID, int, str]]":
    """What the agency should be working on and has not told us of lately; what was asked longest ago comes first."""
    limit = now - settings.RECONCILIATION["not_heard_for"]
    return (
        ServiceRequest.objects.filter(
            Q(agency_heard_at__isnull=True) | Q(agency_heard_at__lt=limit),
            Q(reconciled_at__isnull=True) | Q(reconciled_at__lt=limit),
            service_id=lane_id,
            status__in=AT_AGENCY,
        )
        .order_by(F("reconciled_at").asc(nulls_first=True))
        .values_list("pk", "event_count", "request_id")
    )


def _completed(lane_id: UUID, now: datetime) -> "QuerySet[ServiceRequest, tuple[UUID, int, str]]":
    """The newest of the last day's requests that are completed already, each asked about once: a sample."""
    return (
        ServiceRequest.objects.filter(
            service_id=lane_id,
            pk__gte=first_id_of(now - settings.RECONCILIATION["completed_within"]),
            status=Status.COMPLETED,
            reconciled_at__isnull=True,
        )
        .order_by("-pk")
        .values_list("pk", "event_count", "request_id")
    )
