"""What keeps the queue of record moving whatever was killed: expired leases, and lanes nobody was told about."""

from collections.abc import Iterable
from random import shuffle
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from citizens.service_requests.lifecycle import NewEvent, lock_requests, save_transitions
from citizens.service_requests.models import (
    OPEN_OUTCOMES,
    DeliveryAttempt,
    Outcome,
    ServiceRequest,
)
from citizens.service_requests.nudges import send_nudge
from citizens.service_requests.routing.attempt_log import Ended, log_attempts
from citizens.service_requests.routing.closing import Closing, close_attempts
from citizens.service_requests.routing.settle import Abandoned, settle, try_again
from services_catalog.adapters.errors import OutcomeUnknown
from services_catalog.models import Lane, Standing

_BATCH = 500
# The next sweep is a second away, so a hint that waited longer than this is stale.
_NUDGE_EXPIRES = 2
_BROKEN = {Standing.BREAKER_OPEN, Standing.PROBING}
_LEASE_EXPIRED = "lease_expired"
_LEASE_ENDS = {
    Outcome.CLAIMED: Closing(Outcome.RETRYABLE, _LEASE_EXPIRED),
    Outcome.SENDING: Closing(Outcome.UNKNOWN, _LEASE_EXPIRED),
}


def sweep() -> None:
    """Puts back what crashed workers held, then hints at every lane that has due work."""
    while expire_leases() == _BATCH:
        pass
    while give_up_overdue() == _BATCH:
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
    closed = close_attempts({attempt.pk: _LEASE_ENDS[Outcome(attempt.outcome)] for attempt in attempts})
    events: list[NewEvent | None] = []
    for attempt in attempts:
        result = OutcomeUnknown(_LEASE_EXPIRED) if attempt.outcome == Outcome.SENDING else Abandoned()
        events += settle(requests[attempt.service_request_id], attempt.errand, result)
    save_transitions([requests[attempt.service_request_id] for attempt in attempts], events)
    log_attempts([Ended(one, requests[one.request_id].request_id) for one in closed.values()])
    return len(request_ids)


def give_up_overdue() -> int:
    """Gives up what is past its time in lanes whose breaker is not closed; returns how many.

    Such a lane tries one request at a time, so most would wait for ever to be told. Where a human has stopped the
    lane, all wait until it runs again and has been tried once more.
    """
    now = timezone.now()
    return give_up_overdue_of(
        lane.pk for lane in Lane.objects.with_outage(now).filter(breaker_override="") if lane.standing(now) in _BROKEN
    )


@transaction.atomic
def give_up_overdue_of(lane_ids: Iterable[UUID]) -> int:
    """Gives up what is past its time in these lanes, without a last attempt: a batch; returns how many."""
    overdue = ServiceRequest.objects.filter(
        service_id__in=list(lane_ids), next_attempt_at__isnull=False, give_up_at__lte=timezone.now()
    ).values_list("pk", flat=True)
    requests = lock_requests(overdue[:_BATCH])
    waiting = [one for one in requests.values() if one.next_attempt_at is not None]
    events = [event for one in waiting for event in try_again(one)]
    save_transitions(waiting, events)
    return len(waiting)


def lanes_with_due_work() -> list[UUID]:
    """Lanes that have something due and a slot for it; one index probe each, however long their backlogs are.

    In an order of no meaning: where the workers are too few for all, none is always the last.
    """
    now = timezone.now()
    due = ServiceRequest.objects.filter(service_id=OuterRef("pk"), next_attempt_at__lte=now)
    in_use = dict(DeliveryAttempt.objects.filter(outcome__in=OPEN_OUTCOMES).values_list("lane").annotate(Count("pk")))
    with_work = Lane.objects.with_outage(now).filter(Exists(due), paused=False)
    lanes = [lane for lane in with_work if lane.usable_slots(now) > in_use.get(lane.pk, 0)]
    shuffle(lanes)
    return [lane.pk for lane in lanes]
