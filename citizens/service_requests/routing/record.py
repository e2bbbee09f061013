"""Writing down what came of calls: only where the attempt still holds its lease."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from citizens.service_requests.bulk import write_rows
from citizens.service_requests.lifecycle import NewEvent, lock_requests, save_transitions
from citizens.service_requests.models import Outcome
from citizens.service_requests.routing.attempt_log import Ended, log_attempts
from citizens.service_requests.routing.closing import Closing, close_attempts
from citizens.service_requests.routing.send import AdapterBroke, CannotFindOut, NotStarted, NotWanted, Result, Sent
from citizens.service_requests.routing.settle import note_delivered_answers, settle
from services_catalog import breaker
from services_catalog.adapters.errors import DeliveryFailure, OutcomeUnknown, Permanent, Retryable
from services_catalog.adapters.types import Receipt
from services_catalog.models import Lane
from services_catalog.prepared import PreparedQuery


@transaction.atomic
def record(sent: Sequence[Sent]) -> None:
    """Closes the attempts, moves their requests on, and tells the lane's breaker: one transaction for the batch."""
    requests = lock_requests(one.claimed.request_id for one in sent)
    closed = close_attempts({one.claimed.attempt_id: _closing(one.result) for one in sent})
    recorded = [one for one in sent if one.claimed.attempt_id in closed]
    events: list[NewEvent | None] = []
    for one in recorded:
        events += settle(requests[one.claimed.request_id], closed[one.claimed.attempt_id].errand, one.result)
    note_delivered_answers([one.claimed.payload for one in recorded if isinstance(one.result, Receipt)])
    save_transitions([requests[one.claimed.request_id] for one in recorded], events)
    for lane_id in sorted({one.claimed.lane_id for one in sent}):
        _tell_breaker(lane_id, [one for one in sent if one.claimed.lane_id == lane_id])
    log_attempts([Ended(closed[one.claimed.attempt_id], one.claimed.trace_id, one.took) for one in recorded])


def _closing(result: Result) -> Closing:
    match result:
        case Receipt():
            return Closing(Outcome.DELIVERED)
        case Permanent():
            return Closing(Outcome.PERMANENT, result.code, result.http_status)
        case Retryable():
            return Closing(Outcome.RETRYABLE, result.code, result.http_status)
        case DeliveryFailure():
            return Closing(Outcome.UNKNOWN, result.code, result.http_status)
        case NotStarted() | NotWanted():
            return Closing(Outcome.RETRYABLE, result.code)
        case CannotFindOut():
            return Closing(Outcome.UNKNOWN, result.code, result.http_status)
        case AdapterBroke():
            return Closing(Outcome.UNKNOWN, result.code)


def _tell_breaker(lane_id: UUID, sent: Sequence[Sent]) -> None:
    """The lane is locked last and only here, so that whoever claims never waits for a request."""
    calls = [breaker.Call(_is_agencys_fault(one.result), one.took) for one in sent if _was_called(one)]
    if not calls:
        return
    now = timezone.now()
    lane = _breaker_to_lock.get(lane_id, now)
    breaker.note_calls(lane, calls, now)
    write_rows(Lane, [vars(lane)], tuple(breaker.WRITTEN_FIELDS))


_breaker_to_lock = PreparedQuery[Lane](
    lambda lane_id, now: (
        Lane.objects.select_for_update().only("call_deadline_seconds", *breaker.WRITTEN_FIELDS).filter(pk=lane_id)
    )
)


def _was_called(sent: Sent) -> bool:
    """Whether the result says anything of the agency's system."""
    if isinstance(sent.result, NotWanted):
        return sent.claimed.look_up_first
    if isinstance(sent.result, CannotFindOut):
        return sent.result.http_status is not None
    return isinstance(sent.result, Receipt | DeliveryFailure)


def _is_agencys_fault(result: Result) -> bool:
    return isinstance(result, Retryable | OutcomeUnknown)
