"""Requests that the product has accepted, and brought to their end, by its own functions."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from django.utils import timezone
from uuid_utils.compat import uuid7

from citizens.identity.assurance import Assurance
from citizens.models import Citizen
from citizens.notifications.services import notify_pending
from citizens.service_requests.agency_news import AgencyStatus, request_apply_agency_status
from citizens.service_requests.models import Status
from citizens.service_requests.routing.claim import claim, mark_sending
from citizens.service_requests.routing.record import record
from citizens.service_requests.routing.send import Sent
from citizens.service_requests.services import Asked, request_submit
from services_catalog.adapters.types import Receipt
from services_catalog.models import Service

_ASSURANCE = Assurance(Decimal("2.3"), Decimal("2.2"))
_REJECTED_IN = 5


def submit(citizen_id: UUID, service: Service) -> UUID:
    """Accepts the example answers of the service's form; returns the request's id."""
    version = service.current_version
    if version is None:
        raise ValueError(f"{service.code} has no version")
    accepted = request_submit(
        citizen_id=citizen_id,
        assurance=_ASSURANCE,
        idempotency_key=uuid4().hex,
        asked=Asked(service.code, version.number, version.example),
        request_id=str(uuid7()),
    )
    return accepted.id


def submit_and_finish(citizen: Citizen, services: Sequence[Service]) -> list[UUID]:
    """One request to each service: received, delivered, completed (or rejected, one in five), told. Nothing else
    may be due in their lanes."""
    ids = []
    for number, service in enumerate(services, start=1):
        ids.append(submit(citizen.pk, service))
        [claimed] = mark_sending(claim(service.pk, at_most=1))
        record([Sent(claimed, Receipt(agency_reference=f"A{number}"), timedelta(milliseconds=80))])
        status = Status.COMPLETED if number % _REJECTED_IN else Status.REJECTED
        news = AgencyStatus(reference=ids[-1], status=status, occurred_at=timezone.now())
        request_apply_agency_status(agency=service.agency, event_id=uuid4().hex, news=news)
    notify_pending()
    return ids
