"""Claiming due requests of a lane, and marking them as being sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from citizens.identity.claims import applicant_claims
from citizens.service_requests.models import OPEN_OUTCOMES, DeliveryAttempt, Outcome, ServiceRequest
from citizens.service_requests.services import data_place
from services_catalog.adapters.types import Submission
from services_catalog.encryption import CannotDecrypt, decrypt_json
from services_catalog.models import Lane

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Claimed:
    """An attempt that holds a slot of its lane, and what it is going to send."""

    attempt_id: UUID
    request_id: UUID
    submission: Submission
    look_up_first: bool
    lease_expires_at: datetime
    trace_id: str


@transaction.atomic
def claim(lane_id: UUID, *, at_most: int) -> list[Claimed]:
    """Takes up to `at_most` due requests of the lane, never more than it has free slots.

    The lane's row is locked for the moment, so that two workers cannot both see the same slot free; a worker that
    finds it locked takes nothing, for the other one is just claiming.
    """
    lane = Lane.objects.select_for_update(skip_locked=True).filter(pk=lane_id).first()
    if lane is None:
        return []
    free = lane.usable_slots - DeliveryAttempt.objects.filter(lane=lane, outcome__in=OPEN_OUTCOMES).count()
    if (wanted := min(free, at_most)) <= 0:
        return []
    now = timezone.now()
    due = list(
        ServiceRequest.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(service_id=lane_id, next_attempt_at__lte=now)
        .select_related("citizen", "service", "version")
        .defer("version__form", "version__example")
        .order_by("next_attempt_at")[:wanted]
    )
    readable = [(one, submission) for one in due if (submission := _submission(one)) is not None]
    attempts = [_new_attempt(service_request, lane, now) for service_request, _ in readable]
    DeliveryAttempt.objects.bulk_create(attempts)
    ServiceRequest.objects.bulk_update(due, ["next_attempt_at", "attempt_count", "parked_reason"])
    return [_claimed(attempt, submission) for attempt, (_, submission) in zip(attempts, readable, strict=True)]


def _new_attempt(service_request: ServiceRequest, lane: Lane, now: datetime) -> DeliveryAttempt:
    service_request.next_attempt_at = None
    service_request.attempt_count += 1
    return DeliveryAttempt(
        id=uuid7(),
        service_request=service_request,
        lane=lane,
        number=service_request.attempt_count,
        look_up_first=service_request.outcome_unknown,
        lease_expires_at=now + _lease(lane),
        created_at=now,
    )


def _lease(lane: Lane) -> timedelta:
    """Covers a look-up and a submission, each with its own deadline, and the margin."""
    return 2 * lane.call_deadline + settings.LEASE_MARGIN


def _submission(service_request: ServiceRequest) -> Submission | None:
    """What goes to the agency. A request whose data no key opens is parked, or it would block its lane for ever."""
    try:
        data: Mapping[str, Any] = decrypt_json(service_request.data_encrypted, bound_to=data_place(service_request.pk))
        applicant = applicant_claims(service_request.citizen, service_request.version.claims)
    except CannotDecrypt:
        logger.error("cannot_decrypt", reference=str(service_request.pk))
        service_request.next_attempt_at = None
        service_request.parked_reason = "cannot_decrypt"
        return None
    return Submission(
        reference=str(service_request.pk),
        idempotency_key=str(service_request.pk),
        service_code=service_request.service.code,
        version=service_request.version.number,
        data=data,
        applicant=applicant,
    )


def _claimed(attempt: DeliveryAttempt, submission: Submission) -> Claimed:
    return Claimed(
        attempt_id=attempt.pk,
        request_id=attempt.service_request.pk,
        submission=submission,
        look_up_first=attempt.look_up_first,
        lease_expires_at=attempt.lease_expires_at,
        trace_id=attempt.service_request.request_id,
    )


def mark_sending(claimed: Sequence[Claimed]) -> list[Claimed]:
    """Commits that these calls are about to start; returns those whose attempt was not closed in the meantime."""
    if not claimed:
        return []
    now = timezone.now()
    attempts = DeliveryAttempt.objects.filter(
        pk__in=[one.attempt_id for one in claimed], outcome=Outcome.CLAIMED, lease_expires_at__gt=now
    )
    with transaction.atomic():
        still_ours = set(attempts.select_for_update().order_by("pk").values_list("pk", flat=True))
        DeliveryAttempt.objects.filter(pk__in=still_ours).update(outcome=Outcome.SENDING, sending_at=now)
    return [one for one in claimed if one.attempt_id in still_ours]
