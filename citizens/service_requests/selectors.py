"""What a citizen sees of their requests. Every read begins with whose they are."""

from uuid import UUID

from django.db.models import QuerySet

from citizens.service_requests.models import ServiceRequest, StatusEvent
from services_catalog.problems import NOT_FOUND, Problem


def requests_of(citizen_id: UUID) -> QuerySet[ServiceRequest]:
    """The citizen's requests, with what their representation needs and without the form data."""
    return (
        ServiceRequest.objects.filter(citizen_id=citizen_id)
        .select_related("service__agency", "version")
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
