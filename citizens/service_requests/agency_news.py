"""What agencies report about service requests."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from citizens.service_requests.lifecycle import News, lock_requests, save_transitions, transition
from citizens.service_requests.models import Actor, AgencyEvent, ServiceRequest, Status, StatusEvent
from services_catalog.languages import NO_TEXT, Text
from services_catalog.models import Agency
from services_catalog.problems import NOT_FOUND, Problem

logger = structlog.get_logger(__name__)

# What an agency can say; the other statuses are ours to give.
REPORTABLE = [Status.IN_PROGRESS, Status.ACTION_REQUIRED, Status.COMPLETED, Status.REJECTED, Status.CANCELLED]

REPORTABLE_CHOICES = [(status.value, status.label) for status in REPORTABLE]


@dataclass(frozen=True, slots=True)
class AgencyStatus:
    """One status event of an agency. `reference` is our request id."""

    reference: UUID
    status: Status
    occurred_at: datetime
    agency_reference: str = ""
    next_actor: Actor | None = None
    label: Text = NO_TEXT
    milestone: Text = NO_TEXT


@transaction.atomic
def request_apply_agency_status(*, agency: Agency, event_id: str, news: AgencyStatus) -> bool:
    """Applies the event once, whatever order events come in; returns False when this id had been applied before.

    News that the transition table does not allow (late, or after the end) changes nothing but the time the agency was
    last heard from. Raises Problem NOT_FOUND when the agency has no such request.
    """
    service_request = lock_requests([news.reference]).get(news.reference)
    if service_request is None or service_request.service.agency_id != agency.pk:
        raise Problem(NOT_FOUND)
    remembered = AgencyEvent.objects.bulk_create(
        [AgencyEvent(id=uuid7(), agency=agency, event_id=event_id)], ignore_conflicts=True
    )
    if not AgencyEvent.objects.filter(pk=remembered[0].pk).exists():
        return False
    service_request.agency_heard_at = timezone.now()
    service_request.agency_reference = service_request.agency_reference or news.agency_reference
    event = transition(
        service_request,
        news.status,
        News(
            source=StatusEvent.Source.AGENCY,
            next_actor=news.next_actor,
            label=news.label,
            milestone=news.milestone,
            occurred_at=news.occurred_at,
        ),
    )
    save_transitions([service_request], [event])
    _log(service_request, news.status, event)
    return True


def _log(service_request: ServiceRequest, told: Status, event: StatusEvent | None) -> None:
    """The line carries the request id of the agency's push by itself; `submitted_with` is that of the phone's call."""
    line = {
        "reference": str(service_request.pk),
        "told": told.value,
        "status_event": str(event.pk) if event else None,
        "submitted_with": service_request.request_id,
    }
    transaction.on_commit(lambda: logger.info("agency_status", **line), robust=True)
