"""What citizens have delivered after their submission: begun here, sent by routing."""

from uuid import UUID

from django.db import transaction

from citizens.service_requests.lifecycle import (
    NewEvent,
    News,
    begin_errand,
    lock_requests,
    transition,
)
from citizens.service_requests.models import Actor, Errand, ServiceRequest, Status, StatusEvent
from citizens.service_requests.nudges import nudge
from citizens.service_requests.patience import patience_of
from citizens.service_requests.texts import ANSWER_DELIVERED
from services_catalog.problems import NOT_FOUND, Problem


def lock_request_of(citizen_id: UUID, request_id: UUID) -> ServiceRequest:
    """The citizen's request, locked. Raises Problem NOT_FOUND, also when it is somebody else's."""
    service_request = lock_requests([request_id]).get(request_id)
    if service_request is None or service_request.citizen_id != citizen_id:
        raise Problem(NOT_FOUND)
    return service_request


def send_errand(service_request: ServiceRequest, errand: Errand) -> None:
    """Makes the errand of a locked request due, and hints at it on commit; the caller writes the request."""
    begin_errand(service_request, errand, give_up_after=patience_of(service_request.service_id))
    transaction.on_commit(lambda: nudge(service_request.service_id), robust=True)


def answer_delivered(service_request: ServiceRequest, source: StatusEvent.Source) -> NewEvent | None:
    """Tells the citizen that the agency has what they answered. It is the agency's turn then, unless it has asked for
    more while the answer was on its way: that stays asked.
    """
    status, actor = Status(service_request.status), Actor(service_request.next_actor)
    if status == Status.ACTION_REQUIRED and actor == Actor.AGENCY:
        return transition(service_request, Status.IN_PROGRESS, News(source=source, milestone=ANSWER_DELIVERED))
    return transition(service_request, status, News(source=source, next_actor=actor, milestone=ANSWER_DELIVERED))
