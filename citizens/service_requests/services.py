"""Accepting service requests. What citizens do to them afterwards: cancelling.py, responding.py."""

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from citizens.identity.assurance import Assurance
from citizens.identity.step_up import stronger_sign_in_needed
from citizens.service_requests import live_services, problems
from citizens.service_requests.acceptance import write_acceptance
from citizens.service_requests.lifecycle import first_event
from citizens.service_requests.live_services import LiveService
from citizens.service_requests.models import IdempotencyKey, ServiceRequest, Status
from citizens.service_requests.nudges import nudge
from citizens.service_requests.receipts import new_receipt_number
from citizens.service_requests.retry import give_up_after
from citizens.service_requests.sent_before import make_room, window_of
from services_catalog.encryption import encrypt_json, fingerprints
from services_catalog.models import ServiceVersion
from services_catalog.problems import FORM_CHANGED, INVALID_DATA, NOT_FOUND, UNKNOWN_SERVICE, Problem
from services_catalog.schemas import form_problems
from services_catalog.services.running import Availability


@dataclass(frozen=True, slots=True)
class Asked:
    """A submission as the phone sent it. `send_again`: also if the same was sent a moment ago."""

    service_code: str
    version: int
    data: Mapping[str, Any]
    send_again: bool = False

    def fingerprints(self) -> list[bytes]:
        """Of this content under each look-up key; the first one is kept."""
        content = json.dumps([self.service_code, self.version, self.data], sort_keys=True, separators=(",", ":"))
        return fingerprints(content.encode(), purpose="submission")


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


def response_place(response_id: UUID) -> str:
    """What a citizen's encrypted answer is bound to."""
    return f"citizen-response:{response_id}"


def request_submit(
    *, citizen_id: UUID, assurance: Assurance, idempotency_key: str, asked: Asked, request_id: str
) -> Accepted:
    """Accepts a service request, in one transaction, and hints at it to the workers on commit.

    Raises Problem: UNKNOWN_SERVICE, SERVICE_CLOSED, STRONGER_SIGN_IN_NEEDED, FORM_CHANGED, INVALID_DATA,
    IDEMPOTENCY_KEY_REUSED when the key came with another body, ALREADY_SENT when the same came with another key a
    moment ago, SUBMISSION_IN_PROGRESS when a twin takes longer than TWIN_WAIT. A refusal leaves no row and frees the
    key.
    """
    remembered = live_services.recall(asked.service_code)
    with suppress(ServiceVersion.DoesNotExist):  # deleted since this process saw it last
        if (
            remembered
            and not _refusal(remembered, asked, assurance)
            and (accepted := _accept(remembered, citizen_id, idempotency_key, asked, request_id))
        ):
            return accepted
    # The key was used before, the same was sent a moment ago, or the service is not as this process remembers it.
    live = live_services.look_up(asked.service_code)
    if earlier := _replay(citizen_id, idempotency_key, asked):
        return earlier
    if refusal := _refusal(live, asked, assurance):
        raise refusal
    if live and (accepted := _accept(live, citizen_id, idempotency_key, asked, request_id)):
        return accepted
    # A twin was faster, the same was sent a moment ago, or the service has just changed again.
    if earlier := _replay(citizen_id, idempotency_key, asked):
        return earlier
    if live and not asked.send_again:
        make_room(citizen_id, asked.fingerprints())
        if accepted := _accept(live, citizen_id, idempotency_key, asked, request_id, looked_back=True):
            return accepted
    raise Problem(problems.SUBMISSION_IN_PROGRESS, headers={"Retry-After": "1"})


def _accept(
    live: LiveService, citizen_id: UUID, key: str, asked: Asked, request_id: str, *, looked_back: bool = False
) -> Accepted | None:
    """Writes the request down; None when the key was used, the same was just sent, or the service has changed.

    `looked_back`: what was sent before this window is known to have come to nothing.
    """
    service_request = _new_request(citizen_id, live, asked.data, request_id)
    known_as = asked.fingerprints()
    idempotency_key = IdempotencyKey(
        citizen_id=citizen_id,
        key=key,
        body_fingerprint=known_as[0],
        service_request=service_request,
        taken_in=None if asked.send_again else window_of(service_request.created_at),
        created_at=service_request.created_at,
    )
    since = None if asked.send_again or looked_back else service_request.created_at - settings.RESEND_WINDOW
    event = first_event(service_request)
    if not write_acceptance(live, idempotency_key, service_request, event, known_as=known_as, sent_since=since):
        return None
    transaction.on_commit(lambda: nudge(live.id), robust=True)
    return _accepted(service_request, replayed=False)


def _replay(citizen_id: UUID, key: str, asked: Asked) -> Accepted | None:
    """What was accepted with this key. Raises Problem IDEMPOTENCY_KEY_REUSED when that was something else."""
    earlier = IdempotencyKey.objects.select_related("service_request").filter(citizen_id=citizen_id, key=key).first()
    if earlier is None:
        return None
    if bytes(earlier.body_fingerprint) not in asked.fingerprints():
        raise Problem(problems.IDEMPOTENCY_KEY_REUSED)
    return _accepted(earlier.service_request, replayed=True)


def _refusal(live: LiveService | None, asked: Asked, assurance: Assurance) -> Problem | None:
    """Why this service does not take this submission of this citizen."""
    if live is None:
        return Problem(UNKNOWN_SERVICE)
    if live.closed:
        return _closed(live.closed)
    if not assurance.reaches(live.min_ial, live.min_aal):
        return stronger_sign_in_needed(live.min_ial, live.min_aal)
    if live.version != asked.version:
        return Problem(FORM_CHANGED, extensions={"current_version": live.version})
    if found := form_problems(live.version_id, live.load_form, asked.data):
        return Problem(INVALID_DATA, errors=problems.in_data(found))
    return None


def _closed(availability: Availability) -> Problem:
    """With the agency's own words, and until when it is known."""
    until = availability.until
    wait = {"Retry-After": str(max(1, math.ceil((until - timezone.now()).total_seconds())))} if until else {}
    told = {"until": timezone.localtime(until).isoformat() if until else None}
    return Problem(problems.SERVICE_CLOSED, detail=availability.message, headers=wait, extensions=told)


def _new_request(citizen_id: UUID, live: LiveService, data: Mapping[str, Any], request_id: str) -> ServiceRequest:
    now = timezone.now()
    new_id = uuid7()
    return ServiceRequest(
        id=new_id,
        receipt_number=new_receipt_number(timezone.localtime(now).year),
        citizen_id=citizen_id,
        service_id=live.id,
        version_id=live.version_id,
        data_encrypted=encrypt_json(data, bound_to=data_place(new_id)),
        next_attempt_at=now,
        give_up_at=now + give_up_after(live.give_up_after_days),
        request_id=request_id,
        created_at=now,
        updated_at=now,
    )


def request_receipt(citizen_id: UUID, request_id: UUID) -> Accepted:
    """The receipt once more, of a request that was accepted before. Raises Problem NOT_FOUND."""
    service_request = ServiceRequest.objects.filter(citizen_id=citizen_id, pk=request_id).first()
    if service_request is None:
        raise Problem(NOT_FOUND)
    return _accepted(service_request, replayed=True)


def _accepted(service_request: ServiceRequest, *, replayed: bool) -> Accepted:
    return Accepted(
        id=service_request.pk,
        receipt_number=service_request.receipt_number,
        # The same receipt whenever it is asked for again; where the request stands now is told at its own address.
        status=Status.RECEIVED,
        created_at=service_request.created_at,
        replayed=replayed,
    )


def forget_old_idempotency_keys() -> int:
    """Deletes keys past their lifetime; returns how many."""
    limit = timezone.now() - settings.IDEMPOTENCY_KEY_LIFETIME
    deleted, _ = IdempotencyKey.objects.filter(created_at__lt=limit).delete()
    return deleted
