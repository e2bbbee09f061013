"""What a citizen may do with a request at this moment, and if not, why not: for services and for the phone alike."""

from datetime import datetime

from citizens.service_requests import problems
from citizens.service_requests.lifecycle import FINAL_STATUSES
from citizens.service_requests.models import Actor, Errand, Outcome, ServiceRequest, Status
from citizens.service_requests.texts import contact_of
from services_catalog.chosen_adapter import adapter_of
from services_catalog.languages import Text
from services_catalog.models import Service
from services_catalog.problems import Problem, ProblemType


def is_unsent(service_request: ServiceRequest, open_outcome: str | None) -> bool:
    """Whether the agency certainly has nothing. `open_outcome` is that of the open attempt, if there is one."""
    return (
        service_request.status == Status.RECEIVED
        and not service_request.outcome_unknown
        and open_outcome != Outcome.SENDING
    )


def cancel_refusal(service_request: ServiceRequest, open_outcome: str | None) -> Problem | None:
    """Why it cannot be cancelled; None where it can be, or the agency can be asked to."""
    if service_request.status in FINAL_STATUSES:
        return Problem(problems.ALREADY_FINAL)
    if service_request.status == Status.UNDELIVERABLE:
        return Problem(problems.NOTHING_TO_CANCEL)
    if is_unsent(service_request, open_outcome):
        return None
    adapter = adapter_of(service_request.service)
    if isinstance(adapter, Text) or not adapter.can_cancel:
        return _with_contact(problems.CANNOT_CANCEL, service_request.service)
    if service_request.errand == Errand.RESPONSE:
        return Problem(problems.STILL_SENDING)
    return None


def response_refusal(service_request: ServiceRequest, now: datetime) -> Problem | None:
    """Why no answer is taken; None where one is."""
    if service_request.status != Status.ACTION_REQUIRED or service_request.next_actor != Actor.CITIZEN:
        return Problem(problems.NOTHING_ASKED)
    service = service_request.service
    if service_request.asked_until is not None and service_request.asked_until < now:
        return _with_contact(problems.ANSWER_TOO_LATE, service)
    adapter = adapter_of(service)
    if isinstance(adapter, Text) or not adapter.can_respond:
        return _with_contact(problems.CANNOT_ANSWER_HERE, service)
    # One errand at a time: an earlier answer, or the wish to cancel.
    if service_request.errand != Errand.SUBMISSION:
        return Problem(problems.STILL_SENDING)
    return None


def _with_contact(why: ProblemType, service: Service) -> Problem:
    """The sentence, and whom to turn to."""
    contact = contact_of(service)
    sentence = why.detail.en.removesuffix(".")
    return Problem(why, detail=Text(f"{why.detail.th}: {contact.th}", f"{sentence}: {contact.en}"))
