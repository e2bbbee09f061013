"""Writing down what came of calls: only where the attempt still holds its lease."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from citizens.service_requests.lifecycle import News, lock_requests, save_transitions, transition
from citizens.service_requests.models import (
    OPEN_OUTCOMES,
    DeliveryAttempt,
    Outcome,
    ServiceRequest,
    Status,
    StatusEvent,
)
from citizens.service_requests.retry import current_profile, next_attempt_at
from citizens.service_requests.routing.attempt_log import log_attempt
from citizens.service_requests.routing.send import AdapterBroke, CannotFindOut, NotStarted, Result, Sent
from services_catalog.adapters.errors import DeliveryFailure, OutcomeUnknown, Permanent, Retryable
from services_catalog.adapters.types import Receipt
from services_catalog.models import Lane

# How much of the lane's moving average a new batch of calls replaces.
_AVERAGE_WEIGHT = 0.3


@dataclass(frozen=True, slots=True)
class Closing:
    """How an attempt ends."""

    outcome: Outcome
    failure_code: str = ""
    http_status: int | None = None


@transaction.atomic
def record(sent: Sequence[Sent]) -> None:
    """Closes the attempts and moves their requests on, in one transaction for the batch."""
    requests = lock_requests(one.claimed.request_id for one in sent)
    held = _held_attempts([one.claimed.attempt_id for one in sent])
    recorded = [one for one in sent if one.claimed.attempt_id in held]
    events: list[StatusEvent | None] = []
    for one in recorded:
        close(held[one.claimed.attempt_id], _closing(one.result))
        _log(held[one.claimed.attempt_id], one)
        events += settle(requests[one.claimed.request_id], one.result)
    save_attempts([held[one.claimed.attempt_id] for one in recorded])
    save_transitions([requests[one.claimed.request_id] for one in recorded], events)


def _held_attempts(ids: Sequence[UUID]) -> dict[UUID, DeliveryAttempt]:
    held = DeliveryAttempt.objects.select_for_update().filter(pk__in=ids, outcome__in=OPEN_OUTCOMES).order_by("pk")
    return {attempt.pk: attempt for attempt in held}


def _log(attempt: DeliveryAttempt, sent: Sent) -> None:
    took_ms = round(sent.took.total_seconds() * 1000)
    log_attempt(
        attempt, request_id=sent.claimed.trace_id, service=sent.claimed.submission.service_code, took_ms=took_ms
    )


def close(attempt: DeliveryAttempt, closing: Closing) -> None:
    attempt.outcome = closing.outcome
    attempt.failure_code = closing.failure_code
    attempt.http_status = closing.http_status
    attempt.finished_at = timezone.now()


def save_attempts(attempts: Sequence[DeliveryAttempt]) -> None:
    DeliveryAttempt.objects.bulk_update(attempts, ["outcome", "failure_code", "http_status", "finished_at"])


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
        case NotStarted():
            return Closing(Outcome.RETRYABLE, result.code)
        case CannotFindOut() | AdapterBroke():
            return Closing(Outcome.UNKNOWN, result.code)


def settle(service_request: ServiceRequest, result: Result) -> list[StatusEvent | None]:
    """Moves a locked request on after an attempt ended with `result`; returns its events.

    Where the agency's news has overtaken us, there is nothing left to deliver.
    """
    if isinstance(result, Receipt):
        return _settle_delivered(service_request, result)
    if service_request.status != Status.RECEIVED:
        return []
    match result:
        case Permanent():
            return [undeliverable(service_request)]
        case CannotFindOut() | AdapterBroke():
            service_request.outcome_unknown = True
            return park(service_request, result.code)
        case OutcomeUnknown():
            service_request.outcome_unknown = True
            return _try_again(service_request)
        case NotStarted():
            return _try_again(service_request)
        case Retryable():
            # A look-up that failed is OutcomeUnknown: whoever comes here was told that the agency has nothing.
            service_request.outcome_unknown = False
            return _try_again(service_request, result.retry_after)
    raise AssertionError(result)


def _settle_delivered(service_request: ServiceRequest, receipt: Receipt) -> list[StatusEvent | None]:
    now = timezone.now()
    service_request.agency_reference = service_request.agency_reference or receipt.agency_reference
    service_request.agency_heard_at = now
    service_request.outcome_unknown = False
    service_request.parked_reason = ""
    service_request.next_attempt_at = None
    by_agency = News(source=StatusEvent.Source.AGENCY)
    events = [transition(service_request, Status.DELIVERED, by_agency)]
    if receipt.status in Status.values and receipt.status not in (Status.RECEIVED, Status.DELIVERED):
        events.append(transition(service_request, Status(receipt.status), by_agency))
    return events


def _try_again(service_request: ServiceRequest, retry_after: timedelta | None = None) -> list[StatusEvent | None]:
    due = _next_due(service_request, retry_after)
    if due is not None:
        service_request.next_attempt_at = due
        return []
    if service_request.outcome_unknown:
        return park(service_request, "outcome_unknown")
    return [undeliverable(service_request)]


def _next_due(service_request: ServiceRequest, retry_after: timedelta | None) -> datetime | None:
    return next_attempt_at(
        attempts=service_request.attempt_count,
        now=timezone.now(),
        give_up_at=service_request.give_up_at,
        profile=current_profile(),
        retry_after=retry_after,
    )


def undeliverable(service_request: ServiceRequest) -> StatusEvent | None:
    """Gives up, and tells the citizen."""
    return transition(service_request, Status.UNDELIVERABLE, News(source=StatusEvent.Source.PLATFORM))


def park(service_request: ServiceRequest, reason: str) -> list[StatusEvent | None]:
    """Waits for a human. The status stays; the citizen reads that we are checking."""
    service_request.parked_reason = reason
    service_request.next_attempt_at = None
    return []


def note_call_times(lane_id: UUID, took: Sequence[timedelta]) -> None:
    """Moves the lane's average call time, which decides whether the lane is slow."""
    batch_ms = sum(one.total_seconds() for one in took) / len(took) * 1000
    lane = Lane.objects.only("recent_call_ms").get(pk=lane_id)
    average = round(lane.recent_call_ms + _AVERAGE_WEIGHT * (batch_ms - lane.recent_call_ms))
    if average != lane.recent_call_ms:
        Lane.objects.filter(pk=lane_id).update(recent_call_ms=average)
