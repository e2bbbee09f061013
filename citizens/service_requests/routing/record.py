"""Writing down what came of calls: only where the attempt still holds its lease."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from citizens.service_requests.bulk import write_rows
from citizens.service_requests.lifecycle import lock_requests, save_transitions
from citizens.service_requests.models import OPEN_OUTCOMES, DeliveryAttempt, Outcome, StatusEvent
from citizens.service_requests.routing.attempt_log import log_attempt
from citizens.service_requests.routing.send import AdapterBroke, CannotFindOut, NotStarted, NotWanted, Result, Sent
from citizens.service_requests.routing.settle import note_delivered_answers, settle
from services_catalog import breaker
from services_catalog.adapters.errors import DeliveryFailure, OutcomeUnknown, Permanent, Retryable
from services_catalog.adapters.types import Receipt
from services_catalog.models import Lane


@dataclass(frozen=True, slots=True)
class Closing:
    """How an attempt ends."""

    outcome: Outcome
    failure_code: str = ""
    http_status: int | None = None


@transaction.atomic
def record(sent: Sequence[Sent]) -> None:
    """Closes the attempts, moves their requests on, and tells the lane's breaker: one transaction for the batch."""
    requests = lock_requests(one.claimed.request_id for one in sent)
    held = _held_attempts([one.claimed.attempt_id for one in sent])
    recorded = [one for one in sent if one.claimed.attempt_id in held]
    events: list[StatusEvent | None] = []
    for one in recorded:
        close(held[one.claimed.attempt_id], _closing(one.result))
        _log(held[one.claimed.attempt_id], one)
        events += settle(requests[one.claimed.request_id], held[one.claimed.attempt_id].errand, one.result)
    save_attempts([held[one.claimed.attempt_id] for one in recorded])
    note_delivered_answers([one.claimed.payload for one in recorded if isinstance(one.result, Receipt)])
    save_transitions([requests[one.claimed.request_id] for one in recorded], events)
    for lane_id in sorted({one.claimed.lane_id for one in sent}):
        _tell_breaker(lane_id, [one for one in sent if one.claimed.lane_id == lane_id])


def _held_attempts(ids: Sequence[UUID]) -> dict[UUID, DeliveryAttempt]:
    held = DeliveryAttempt.objects.select_for_update().filter(pk__in=ids, outcome__in=OPEN_OUTCOMES)
    held = held.only("service_request_id", "lane_id", "number", "errand").order_by("pk")
    return {attempt.pk: attempt for attempt in held}


def _log(attempt: DeliveryAttempt, sent: Sent) -> None:
    took_ms = round(sent.took.total_seconds() * 1000)
    log_attempt(attempt, request_id=sent.claimed.trace_id, service=sent.claimed.service_code, took_ms=took_ms)


def close(attempt: DeliveryAttempt, closing: Closing) -> None:
    attempt.outcome = closing.outcome
    attempt.failure_code = closing.failure_code
    attempt.http_status = closing.http_status
    attempt.finished_at = timezone.now()


def save_attempts(attempts: Sequence[DeliveryAttempt]) -> None:
    write_rows(DeliveryAttempt, attempts, ("outcome", "failure_code", "http_status", "finished_at"))


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
        case CannotFindOut() | AdapterBroke():
            return Closing(Outcome.UNKNOWN, result.code)


def _tell_breaker(lane_id: UUID, sent: Sequence[Sent]) -> None:
    """The lane is locked last and only here, so that whoever claims never waits for a request."""
    calls = [breaker.Call(_is_agencys_fault(one.result), one.took) for one in sent if _was_called(one)]
    if not calls:
        return
    lane = Lane.objects.select_for_update().get(pk=lane_id)
    breaker.note_calls(lane, calls, timezone.now())
    lane.save(update_fields=breaker.WRITTEN_FIELDS)


def _was_called(sent: Sent) -> bool:
    """Whether the result says anything of the agency's system."""
    if isinstance(sent.result, NotWanted):
        return sent.claimed.look_up_first
    return isinstance(sent.result, Receipt | DeliveryFailure)


def _is_agencys_fault(result: Result) -> bool:
    return isinstance(result, Retryable | OutcomeUnknown)
