"""What a citizen sees of their requests. Every read begins with whose they are."""

from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from citizens.service_requests.models import OPEN_OUTCOMES, DeliveryAttempt, ServiceRequest, StatusEvent
from services_catalog.problems import NOT_FOUND, Problem


def requests_of(citizen_id: UUID) -> QuerySet[ServiceRequest]:
    """The citizen's requests, with what their representation needs and without the form data.

    `open_outcome` is that of the open attempt, None where there is none.
    """
    open_attempt = DeliveryAttempt.objects.filter(service_request=OuterRef("pk"), outcome__in=OPEN_OUTCOMES)
    return (
        ServiceRequest.objects.filter(citizen_id=citizen_id)
        .annotate(open_outcome=Subquery(open_attempt.values("outcome")))
        .select_related("service__agency", "service__stats", "version")
        .defer("data_encrypted", "version__form", "version__example")
    )


def request_of(citizen_id: UUID, request_id: UUID) -> ServiceRequest:
    """One of the citizen's requests. Raises Problem NOT_FOUND, also when it is somebody else's."""
    service_request = requests_of(citizen_id).filter(pk=request_id).first()
    if service_request is None:
        raise Problem(NOT_FOUND)
    return service_request


def timeline(service_request: ServiceRequest) -> QuerySet[StatusEvent]:
    return service_request.events.order_by("sequence")
