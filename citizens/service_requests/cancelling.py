"""Cancelling: at once where the agency has nothing, else by asking the agency."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from citizens.service_requests.errands import lock_request_of, send_errand
from citizens.service_requests.lifecycle import News, save_transitions, transition
from citizens.service_requests.models import (
    OPEN_OUTCOMES,
    Actor,
    DeliveryAttempt,
    Errand,
    Outcome,
    ServiceRequest,
    Status,
    StatusEvent,
)
from citizens.service_requests.possibilities import cancel_refusal, is_unsent
from citizens.service_requests.texts import CANCEL_ASKED


@transaction.atomic
def request_cancel(*, citizen_id: UUID, request_id: UUID) -> ServiceRequest:
    """Cancels a request that was never sent; has the agency asked to cancel one that it has, or may have.

    The request returned is `cancelled`, or has `cancel_asked_at`. Repeating it is harmless. Raises Problem:
    NOT_FOUND, ALREADY_FINAL, NOTHING_TO_CANCEL, CANNOT_CANCEL when the agency takes no cancellations this way,
    STILL_SENDING while an answer of the citizen is on its way.
    """
    service_request = lock_request_of(citizen_id, request_id)
    if service_request.status == Status.CANCELLED:
        return service_request
    # Locked, so that a worker cannot begin to send between this look and the end.
    attempt = service_request.attempts.select_for_update().filter(outcome__in=OPEN_OUTCOMES).first()
    open_outcome = attempt.outcome if attempt else None
    if refusal := cancel_refusal(service_request, open_outcome):
        raise refusal
    if is_unsent(service_request, open_outcome):
        _cancel_unsent(service_request, attempt)
    elif service_request.cancel_asked_at is None:
        _ask_to_cancel(service_request)
    return service_request


def _cancel_unsent(service_request: ServiceRequest, claimed: DeliveryAttempt | None) -> None:
    """A worker that has claimed but not sent finds its attempt closed, and does not send."""
    if claimed is not None:
        claimed.outcome, claimed.failure_code, claimed.finished_at = Outcome.RETRYABLE, "cancelled", timezone.now()
        claimed.save(update_fields=["outcome", "failure_code", "finished_at"])
    event = transition(service_request, Status.CANCELLED, News(source=StatusEvent.Source.CITIZEN))
    save_transitions([service_request], [event])


def _ask_to_cancel(service_request: ServiceRequest) -> None:
    """Of one that is just being sent, or whose outcome is unknown, routing first finds out whether it arrived."""
    status = Status(service_request.status)
    actor = Actor(service_request.next_actor)
    news = News(source=StatusEvent.Source.CITIZEN, next_actor=actor, milestone=CANCEL_ASKED)
    event = transition(service_request, status, news)
    service_request.cancel_asked_at = timezone.now()
    if status != Status.RECEIVED:
        send_errand(service_request, Errand.CANCELLATION)
    save_transitions([service_request], [event])
