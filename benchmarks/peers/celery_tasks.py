"""Plain Celery with our models: one task for each request, which claims, calls and writes what came of it by hand.

It writes the rows we write (attempt, status, two events) with as few statements as the ORM can, remembers what does
not change, and leaves out what plain Celery has not: lanes, slots, leases, breaker, and looking up unknown outcomes.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from uuid_utils.compat import uuid7

from benchmarks.peers.celery_app import QUEUE, app
from citizens.identity.claims import applicant_claims
from citizens.service_requests.models import Actor, DeliveryAttempt, Outcome, ServiceRequest, Status, StatusEvent
from citizens.service_requests.services import data_place
from services_catalog.adapters.base import Adapter
from services_catalog.adapters.registry import registry
from services_catalog.adapters.types import CallSettings, Receipt, Submission
from services_catalog.encryption import decrypt_json
from services_catalog.models import Service
from services_catalog.services.credentials import outgoing_secret

_DEADLINE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class _Reached:
    """How a service is reached."""

    adapter: Adapter
    secret: str
    service_code: str
    version: int
    claims: list[str]


@app.task(name="deliver", queue=QUEUE)
def deliver(request_id: str) -> None:
    with transaction.atomic():
        attempt = _claim(UUID(request_id))
    if attempt is None:
        return
    receipt = _call(attempt.service_request)
    with transaction.atomic():
        _write(attempt, receipt)


def _claim(request_id: UUID) -> DeliveryAttempt | None:
    """A new attempt, unless somebody else has it or had it."""
    due = ServiceRequest.objects.filter(pk=request_id, status=Status.RECEIVED, next_attempt_at__isnull=False)
    if not due.update(next_attempt_at=None, attempt_count=F("attempt_count") + 1):
        return None
    service_request = ServiceRequest.objects.select_related("citizen").get(pk=request_id)
    now = timezone.now()
    return DeliveryAttempt.objects.create(
        service_request=service_request,
        lane_id=service_request.service_id,
        number=service_request.attempt_count,
        outcome=Outcome.SENDING,
        lease_expires_at=now + 2 * _DEADLINE,
        created_at=now,
        sending_at=now,
    )


def _call(service_request: ServiceRequest) -> Receipt:
    reached = _reached(service_request.service_id)
    submission = Submission(
        reference=str(service_request.pk),
        idempotency_key=str(service_request.pk),
        service_code=reached.service_code,
        version=reached.version,
        data=decrypt_json(service_request.data_encrypted, bound_to=data_place(service_request.pk)),
        applicant=applicant_claims(service_request.citizen, reached.claims),
    )
    return reached.adapter.submit(submission, CallSettings(reached.secret, _DEADLINE, service_request.request_id))


@cache
def _reached(service_id: UUID) -> _Reached:
    service = Service.objects.select_related("current_version", "agency__credential").get(pk=service_id)
    version = service.current_version
    assert version is not None
    return _Reached(
        adapter=registry.build(service.adapter, service.adapter_options),
        secret=outgoing_secret(getattr(service.agency, "credential", None)),
        service_code=service.code,
        version=version.number,
        claims=list(version.claims),
    )


def _write(attempt: DeliveryAttempt, receipt: Receipt) -> None:
    service_request = attempt.service_request
    now = timezone.now()
    moved = ServiceRequest.objects.filter(pk=service_request.pk, status=Status.RECEIVED).update(
        status=receipt.status,
        next_actor=Actor.NOBODY,
        agency_reference=receipt.agency_reference,
        agency_heard_at=now,
        event_count=F("event_count") + 2,
        updated_at=now,
    )
    if moved:
        passed = [Status.RECEIVED, Status.DELIVERED, Status(receipt.status)]
        StatusEvent.objects.bulk_create(
            StatusEvent(
                id=uuid7(),
                service_request=service_request,
                sequence=service_request.event_count + number,
                from_status=passed[number - 1],
                status=passed[number],
                source=StatusEvent.Source.AGENCY,
                next_actor=Actor.AGENCY if passed[number] == Status.DELIVERED else Actor.NOBODY,
                occurred_at=now,
                created_at=now,
            )
            for number in (1, 2)
        )
    DeliveryAttempt.objects.filter(pk=attempt.pk).update(outcome=Outcome.DELIVERED, finished_at=now)
