"""What citizens can do to service requests."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from psycopg.errors import LockNotAvailable
from uuid_utils.compat import uuid7

from citizens.identity.assurance import Assurance
from citizens.identity.problems import stronger_sign_in_needed
from citizens.service_requests import problems
from citizens.service_requests.lifecycle import (
    FINAL_STATUSES,
    News,
    first_event,
    lock_requests,
    save_transitions,
    transition,
)
from citizens.service_requests.models import (
    IdempotencyKey,
    Outcome,
    ServiceRequest,
    Status,
    StatusEvent,
)
from citizens.service_requests.nudges import nudge
from citizens.service_requests.receipts import new_receipt_number
from citizens.service_requests.retry import current_profile
from services_catalog.encryption import encrypt_json, fingerprint
from services_catalog.models import Service, ServiceVersion
from services_catalog.problems import (
    FORM_CHANGED,
    INVALID_DATA,
    NOT_FOUND,
    UNKNOWN_SERVICE,
    FieldProblem,
    Problem,
)
from services_catalog.schemas import form_problems


@dataclass(frozen=True, slots=True)
class Asked:
    """A submission as the phone sent it."""

    service_code: str
    version: int
    data: Mapping[str, Any]

    def fingerprint(self) -> bytes:
        content = json.dumps([self.service_code, self.version, self.data], sort_keys=True, separators=(",", ":"))
        return fingerprint(content.encode(), purpose="submission")


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the phone is told at once. `replayed` when this key had been accepted before."""

    id: UUID
    receipt_number: str
    status: str
    created_at: datetime
    replayed: bool


def data_place(request_id: UUID) -> str:
    """What a request's encrypted data is bound to."""
    return f"service-request:{request_id}"


def request_submit(
    *, citizen_id: UUID, assurance: Assurance, idempotency_key: str, asked: Asked, request_id: str
) -> Accepted:
    """Accepts a service request, in one transaction, and hints at it to the workers on commit.

    Raises Problem: UNKNOWN_SERVICE, STRONGER_SIGN_IN_NEEDED, FORM_CHANGED, INVALID_DATA, IDEMPOTENCY_KEY_REUSED when
    the key came with another body, SUBMISSION_IN_PROGRESS when a twin takes longer than TWIN_WAIT. A refusal leaves
    no row and frees the key.
    """
    new_id = uuid7()
    body_fingerprint = asked.fingerprint()
    with transaction.atomic():
        if not _take_key(citizen_id, idempotency_key, body_fingerprint, new_id):
            return _replay(citizen_id, idempotency_key, body_fingerprint)
        service_id, version_id = _live_version(asked, assurance)
        service_request = _new_request(new_id, citizen_id, service_id, version_id, asked.data, request_id)
        event = first_event(service_request)
        service_request.save(force_insert=True)
        event.save(force_insert=True)
        transaction.on_commit(lambda: nudge(service_id), robust=True)
    return _accepted(service_request, replayed=False)


def _take_key(citizen_id: UUID, key: str, body_fingerprint: bytes, request_id: UUID) -> bool:
    """Inserts the key; False when it exists. A twin's uncommitted key makes PostgreSQL wait for its end."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {int(settings.TWIN_WAIT.total_seconds() * 1000)}")
        try:
            cursor.execute(
                f'INSERT INTO "{IdempotencyKey._meta.db_table}"'  # noqa: S608
                " (id, citizen_id, key, body_fingerprint, service_request_id, created_at)"
                " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (citizen_id, key) DO NOTHING",
                [uuid7(), citizen_id, key, body_fingerprint, request_id, timezone.now()],
            )
        except OperationalError as error:
            if isinstance(error.__cause__, LockNotAvailable):
                raise Problem(problems.SUBMISSION_IN_PROGRESS, headers={"Retry-After": "2"}) from None
            raise
        return bool(cursor.rowcount == 1)


def _replay(citizen_id: UUID, key: str, body_fingerprint: bytes) -> Accepted:
    earlier = IdempotencyKey.objects.select_related("service_request").get(citizen_id=citizen_id, key=key)
    if bytes(earlier.body_fingerprint) != body_fingerprint:
        raise Problem(problems.IDEMPOTENCY_KEY_REUSED)
    return _accepted(earlier.service_request, replayed=True)


def _live_version(asked: Asked, assurance: Assurance) -> tuple[UUID, UUID]:
    """Ids of the published service and its current version, once all that can be wrong with the asking was checked."""
    live = (
        Service.objects.published()
        .filter(code=asked.service_code)
        .values_list("id", "current_version_id", "current_version__number", "min_ial", "min_aal")
        .first()
    )
    if live is None:
        raise Problem(UNKNOWN_SERVICE)
    service_id, version_id, number, min_ial, min_aal = live
    if not assurance.reaches(min_ial, min_aal):
        raise stronger_sign_in_needed(min_ial, min_aal)
    if number != asked.version:
        raise Problem(FORM_CHANGED, extensions={"current_version": number})

    def load_form() -> dict[str, Any]:
        form: dict[str, Any] = ServiceVersion.objects.values_list("form", flat=True).get(pk=version_id)
        return form

    if found := form_problems(version_id, load_form, asked.data):
        errors = [FieldProblem(f"/data{one.pointer}", one.code, one.message) for one in found]
        raise Problem(INVALID_DATA, errors=errors)
    return service_id, version_id


def _new_request(
    new_id: UUID,
    citizen_id: UUID,
    service_id: UUID,
    version_id: UUID,
    data: Mapping[str, Any],
    request_id: str,
) -> ServiceRequest:
    now = timezone.now()
    return ServiceRequest(
        id=new_id,
        receipt_number=new_receipt_number(timezone.localtime(now).year),
        citizen_id=citizen_id,
        service_id=service_id,
        version_id=version_id,
        data_encrypted=encrypt_json(data, bound_to=data_place(new_id)),
        next_attempt_at=now,
        give_up_at=now + current_profile().give_up_after,
        request_id=request_id,
        created_at=now,
        updated_at=now,
    )


def _accepted(service_request: ServiceRequest, *, replayed: bool) -> Accepted:
    return Accepted(
        id=service_request.pk,
        receipt_number=service_request.receipt_number,
        status=service_request.status,
        created_at=service_request.created_at,
        replayed=replayed,
    )


@transaction.atomic
def request_cancel(*, citizen_id: UUID, request_id: UUID) -> ServiceRequest:
    """Cancels a request that was never sent. Repeating it is harmless.

    Raises Problem: NOT_FOUND, ALREADY_FINAL, or CANNOT_CANCEL when the agency may have it.
    """
    service_request = lock_requests([request_id]).get(request_id)
    if service_request is None or service_request.citizen_id != citizen_id:
        raise Problem(NOT_FOUND)
    if service_request.status == Status.CANCELLED:
        return service_request
    if service_request.status in FINAL_STATUSES:
        raise Problem(problems.ALREADY_FINAL)
    open_attempts = service_request.attempts.filter(outcome__in=[Outcome.CLAIMED, Outcome.SENDING])
    being_sent = open_attempts.filter(outcome=Outcome.SENDING).exists()
    if service_request.status != Status.RECEIVED or service_request.outcome_unknown or being_sent:
        raise Problem(problems.CANNOT_CANCEL)
    _close_unsent(open_attempts)
    event = transition(service_request, Status.CANCELLED, News(source=StatusEvent.Source.CITIZEN))
    save_transitions([service_request], [event])
    return service_request


def _close_unsent(open_attempts: Any) -> None:
    """A worker that has claimed but not sent finds its attempt closed, and does not send."""
    open_attempts.filter(outcome=Outcome.CLAIMED).update(
        outcome=Outcome.RETRYABLE, failure_code="cancelled", finished_at=timezone.now()
    )


def forget_old_idempotency_keys() -> int:
    """Deletes keys past their lifetime; returns how many."""
    limit = timezone.now() - settings.IDEMPOTENCY_KEY_LIFETIME
    deleted, _ = IdempotencyKey.objects.filter(created_at__lt=limit).delete()
    return deleted
