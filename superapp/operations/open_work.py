"""What is open in each lane, for the operators' page, its command and `/metrics`: one query each, none of history."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min, Q

from citizens.service_requests.models import OPEN_OUTCOMES, DeliveryAttempt, Errand, ServiceRequest


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a lane has to deliver. `oldest` is when the submission that waits longest was accepted: how old the request
    of an answer or of a wish to cancel is says nothing of how long that has waited.
    """

    count: int = 0
    due: int = 0
    oldest: datetime | None = None


def waiting_in_lanes(now: datetime) -> dict[UUID, Waiting]:
    """Lanes where something waits for an attempt, due or not. Reads the partial index of what is due."""
    rows = ServiceRequest.objects.filter(next_attempt_at__isnull=False).order_by().values_list("service_id")
    counted = rows.annotate(
        count=Count("pk"),
        due=Count("pk", filter=Q(next_attempt_at__lte=now)),
        oldest=Min("created_at", filter=Q(errand=Errand.SUBMISSION)),
    )
    return {lane_id: Waiting(*figures) for lane_id, *figures in counted}


def in_flight_in_lanes() -> Counter[UUID]:
    """Slots in use."""
    rows = DeliveryAttempt.objects.filter(outcome__in=OPEN_OUTCOMES).order_by().values_list("lane_id")
    return Counter(dict(rows.annotate(count=Count("pk"))))


def parked_in_lanes() -> defaultdict[UUID, Counter[str]]:
    """What waits for a human, by lane and reason."""
    rows = ServiceRequest.objects.exclude(parked_reason="").order_by().values_list("service_id", "parked_reason")
    parked: defaultdict[UUID, Counter[str]] = defaultdict(Counter)
    for lane_id, reason, count in rows.annotate(count=Count("pk")):
        parked[lane_id][reason] = count
    return parked
