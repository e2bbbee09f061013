"""What the end of an attempt means for its request, which the caller has locked and writes back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from citizens.service_requests import texts
from citizens.service_requests.errands import answer_delivered
from citizens.service_requests.lifecycle import FINAL_STATUSES, NewEvent, News, end_errand, transition
from citizens.service_requests.models import Actor, CitizenResponse, Errand, ServiceRequest, Status, StatusEvent
from citizens.service_requests.retry import current_profile, next_attempt_at
from citizens.service_requests.routing.payloads import Payload
from citizens.service_requests.routing.send import AdapterBroke, CannotFindOut, NotStarted, Result
from services_catalog.adapters.errors import DeliveryFailure, OutcomeUnknown, Permanent
from services_catalog.adapters.types import Answer, Receipt
from services_catalog.languages import Text

Events = list[NewEvent | None]

# What a receipt may say beyond that the agency has it.
_MORE_THAN_DELIVERED = frozenset(Status.values) - {Status.RECEIVED, Status.DELIVERED}


@dataclass(frozen=True, slots=True)
class Abandoned:
    """The lease of a worker that had not begun to send has run out."""


def settle(service_request: ServiceRequest, errand: str, result: Result | Abandoned) -> Events:
    """Moves a locked request on after an attempt at `errand` ended with `result`; returns its events.

    Where the agency's news has overtaken us, there is nothing left to deliver.
    """
    if isinstance(result, Receipt):
        _note_receipt(service_request, result)
    if service_request.errand != errand:
        return []
    if isinstance(result, Receipt):
        return _delivered(service_request, result)
    if _is_overtaken(service_request):
        return []
    if isinstance(result, Permanent):
        return _refused(service_request)
    service_request.outcome_unknown = _is_unknown(service_request, result)
    if isinstance(result, CannotFindOut | AdapterBroke):
        return park(service_request, result.code)
    return _cancelled_or_again(service_request, result)


def _is_unknown(service_request: ServiceRequest, result: Result | Abandoned) -> bool:
    """Whether the agency may have it. A look-up that failed is OutcomeUnknown; after all else it has nothing."""
    if isinstance(result, NotStarted | Abandoned):
        return service_request.outcome_unknown
    return isinstance(result, OutcomeUnknown | CannotFindOut | AdapterBroke)


def _is_overtaken(service_request: ServiceRequest) -> bool:
    if service_request.errand == Errand.SUBMISSION:
        return service_request.status != Status.RECEIVED
    return service_request.status in FINAL_STATUSES


def _note_receipt(service_request: ServiceRequest, receipt: Receipt) -> None:
    now = timezone.now()
    service_request.agency_reference = service_request.agency_reference or receipt.agency_reference
    service_request.agency_heard_at = now
    service_request.taken_at = service_request.taken_at or now


def _delivered(service_request: ServiceRequest, receipt: Receipt) -> Events:
    errand = Errand(service_request.errand)
    end_errand(service_request)
    by_agency = News(source=StatusEvent.Source.AGENCY)
    events: Events = []
    if errand == Errand.SUBMISSION:
        events.append(transition(service_request, Status.DELIVERED, by_agency))
    elif errand == Errand.RESPONSE and service_request.status == Status.ACTION_REQUIRED:
        events.append(answer_delivered(service_request, StatusEvent.Source.AGENCY))
    if receipt.status in _MORE_THAN_DELIVERED and not _would_take_back_a_question(service_request, receipt.status):
        events.append(transition(service_request, Status(receipt.status), by_agency))
    return events


def _would_take_back_a_question(service_request: ServiceRequest, told: str) -> bool:
    """A receipt has no time that tells whether it is newer than what the citizen is asked for: that stays."""
    is_asked = service_request.status == Status.ACTION_REQUIRED and service_request.next_actor == Actor.CITIZEN
    return is_asked and told == Status.IN_PROGRESS


def _refused(service_request: ServiceRequest) -> Events:
    if service_request.errand == Errand.SUBMISSION and service_request.cancel_asked_at:
        return _cancelled(service_request)
    return _gave_up(service_request, texts.CANCEL_REFUSED)


def _cancelled_or_again(service_request: ServiceRequest, result: Result | Abandoned) -> Events:
    """What the agency certainly does not have need not be sent when the citizen has cancelled."""
    unwanted = service_request.errand == Errand.SUBMISSION and service_request.cancel_asked_at
    if unwanted and not service_request.outcome_unknown:
        return _cancelled(service_request)
    if isinstance(result, NotStarted):
        return _begin_again(service_request)
    return try_again(service_request, result.retry_after if isinstance(result, DeliveryFailure) else None)


def _cancelled(service_request: ServiceRequest) -> Events:
    return [transition(service_request, Status.CANCELLED, News(source=StatusEvent.Source.CITIZEN))]


def _begin_again(service_request: ServiceRequest) -> Events:
    """Due at once, and as if it had not been tried: the delay was ours."""
    service_request.tries -= 1
    service_request.next_attempt_at = timezone.now()
    return []


def try_again(service_request: ServiceRequest, retry_after: timedelta | None = None) -> Events:
    """Due again by the table of waits, or given up when the time is over."""
    due = _next_due(service_request, retry_after)
    if due is not None:
        service_request.next_attempt_at = due
        return []
    if service_request.outcome_unknown and service_request.errand != Errand.CANCELLATION:
        return park(service_request, CannotFindOut().code)
    return _gave_up(service_request, texts.CANCEL_NOT_DELIVERED)


def _next_due(service_request: ServiceRequest, retry_after: timedelta | None) -> datetime | None:
    return next_attempt_at(
        attempts=service_request.tries,
        now=timezone.now(),
        give_up_at=service_request.give_up_at,
        profile=current_profile(),
        retry_after=retry_after,
    )


def _gave_up(service_request: ServiceRequest, about_cancelling: Text) -> Events:
    """Tells the citizen what could not be delivered; only a submission changes the status."""
    platform = StatusEvent.Source.PLATFORM
    match Errand(service_request.errand):
        case Errand.SUBMISSION:
            return [transition(service_request, Status.UNDELIVERABLE, News(source=platform))]
        case Errand.RESPONSE:
            end_errand(service_request)
            still_asked = service_request.status == Status.ACTION_REQUIRED
            actor = Actor.CITIZEN if still_asked else Actor(service_request.next_actor)
            news = News(source=platform, next_actor=actor, milestone=texts.ANSWER_NOT_DELIVERED)
        case Errand.CANCELLATION:
            end_errand(service_request)
            service_request.cancel_asked_at = None
            news = News(source=platform, next_actor=Actor(service_request.next_actor), milestone=about_cancelling)
    return [transition(service_request, Status(service_request.status), news)]


def park(service_request: ServiceRequest, reason: str) -> Events:
    """Waits for a human. The status stays; the citizen reads that we are checking."""
    service_request.parked_reason = reason
    service_request.next_attempt_at = None
    return []


def note_delivered_answers(payloads: Iterable[Payload]) -> None:
    """Writes down when the citizens' answers among what was delivered got there."""
    answers = [payload.idempotency_key for payload in payloads if isinstance(payload, Answer)]
    if answers:
        CitizenResponse.objects.filter(pk__in=answers).update(delivered_at=timezone.now())
