"""What keeps the queue of record moving whatever was killed: expired leases, and lanes nobody was told about."""

from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from citizens.service_requests.lifecycle import lock_requests, save_transitions
from citizens.service_requests.models import (
    OPEN_OUTCOMES,
    DeliveryAttempt,
    Outcome,
    ServiceRequest,
    StatusEvent,
)
from citizens.service_requests.nudges import send_nudge
from citizens.service_requests.routing.attempt_log import log_attempt
from citizens.service_requests.routing.record import Closing, close, save_attempts, settle
from citizens.service_requests.routing.send import NotStarted
from services_catalog.adapters.errors import OutcomeUnknown
from services_catalog.models import Lane

_BATCH = 500
# The next sweep is a second away, so a hint that waited longer than this is stale.
_NUDGE_EXPIRES = 5
_LEASE_EXPIRED = "lease_expired"


def sweep() -> None:
    """Puts back what crashed workers held, then hints at every lane that has due work."""
    while expire_leases() == _BATCH:
        pass
    for lane_id in lanes_with_due_work():
        send_nudge(lane_id, expires=_NUDGE_EXPIRES)


@transaction.atomic
def expire_leases() -> int:
    """Closes open attempts past their lease; returns how many.

    One that had not begun to send is due again; one that had may have reached the agency, so its outcome is unknown.
    """
    expired = DeliveryAttempt.objects.filter(outcome__in=OPEN_OUTCOMES, lease_expires_at__lt=timezone.now())
    request_ids = list(expired.values_list("service_request_id", flat=True)[:_BATCH])
    requests = lock_requests(request_ids)
    attempts = list(expired.select_for_update().filter(service_request_id__in=requests).order_by("pk"))
    events: list[StatusEvent | None] = []
    for attempt in attempts:
        sending = attempt.outcome == Outcome.SENDING
        close(attempt, Closing(Outcome.UNKNOWN if sending else Outcome.RETRYABLE, _LEASE_EXPIRED))
        log_attempt(attempt, request_id=requests[attempt.service_request_id].request_id)
        result = OutcomeUnknown(_LEASE_EXPIRED) if sending else NotStarted()
        events += settle(requests[attempt.service_request_id], result)
    save_attempts(attempts)
    save_transitions([requests[attempt.service_request_id] for attempt in attempts], events)
    return len(request_ids)


def lanes_with_due_work() -> list[UUID]:
    """Lanes that may run and have something due; one index probe each, however long their backlogs are."""
    due = ServiceRequest.objects.filter(service_id=OuterRef("pk"), next_attempt_at__lte=timezone.now())
    return list(Lane.objects.filter(Exists(due), paused=False).values_list("pk", flat=True))
