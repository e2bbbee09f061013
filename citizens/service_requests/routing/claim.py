"""Claiming due requests of a lane, and marking them as being sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from uuid_utils.compat import uuid7

from citizens.service_requests.bulk import insert_rows
from citizens.service_requests.models import OPEN_OUTCOMES, DeliveryAttempt, Outcome, ServiceRequest
from citizens.service_requests.routing.payloads import Payload, answers_to_send, payload_of
from services_catalog import breaker, rate
from services_catalog.encryption import CannotDecrypt
from services_catalog.models import Lane, Standing

logger = structlog.get_logger(__name__)

CANNOT_DECRYPT = "cannot_decrypt"
CANNOT_PREPARE = "cannot_prepare"

# What a claim, and the payload of one, needs to know of a request.
_CLAIMED_FIELDS = [
    *("service_id", "version_id", "data_encrypted", "errand", "attempt_count", "outcome_unknown"),
    *("cancel_asked_at", "request_id", "citizen__claims_encrypted", "citizen__national_id_encrypted"),
]


@dataclass(frozen=True, slots=True)
class Claimed:
    """An attempt that holds a slot of its lane, and what it is going to send."""

    attempt_id: UUID
    request_id: UUID
    lane_id: UUID
    service_code: str
    payload: Payload
    look_up_first: bool
    # The citizen does not want it any more: it may be asked for, and must not be sent anew.
    is_unwanted: bool
    lease_expires_at: datetime
    trace_id: str


@transaction.atomic
def claim(lane_id: UUID, *, at_most: int) -> list[Claimed]:
    """Takes up to `at_most` due requests of the lane, never more than its slots, rate and breaker allow.

    The lane's row is locked for the moment, so that two workers cannot both see the same slot free.
    """
    now = timezone.now()
    lane = _lock_lane(lane_id, now)
    if lane is None or (slots := lane.usable_slots(now)) == 0:
        return []
    # Counted by a statement of its own: one that began before the lock would not see what was claimed meanwhile.
    free = slots - _open_attempts().filter(lane=lane).count()
    if free <= 0 or (wanted := rate.calls_allowed(lane, min(free, at_most), now)) <= 0:
        return []
    due = _lock_due(lane, wanted, now)
    payloads = _payloads(due, lane.service.code)
    claimed = [(one, payloads[one.pk], _new_attempt(one, lane, now)) for one in due if one.pk in payloads]
    if not claimed:
        return []
    insert_rows(DeliveryAttempt, [attempt for _, _, attempt in claimed])
    ServiceRequest.objects.filter(pk__in=payloads).update(
        next_attempt_at=None, attempt_count=F("attempt_count") + 1, tries=F("tries") + 1
    )
    _note_started(lane, len(claimed), now)
    return [_claimed(*one) for one in claimed]


def _lock_lane(lane_id: UUID, now: datetime) -> Lane | None:
    lanes = Lane.objects.with_outage(now).with_service_code()
    return lanes.select_for_update(of=("self",)).filter(pk=lane_id).first()


def _open_attempts() -> QuerySet[DeliveryAttempt]:
    return DeliveryAttempt.objects.filter(outcome__in=OPEN_OUTCOMES)


def _lock_due(lane: Lane, wanted: int, now: datetime) -> list[ServiceRequest]:
    # The agency's news may end an errand, and the next one begin, while the attempt at the first is still out.
    still_out = Exists(_open_attempts().filter(service_request=OuterRef("pk")))
    due = ServiceRequest.objects.select_for_update(of=("self",), skip_locked=True).filter(
        ~still_out, service_id=lane.pk, next_attempt_at__lte=now
    )
    return list(due.select_related("citizen").only(*_CLAIMED_FIELDS).order_by("next_attempt_at")[:wanted])


def _payloads(due: Sequence[ServiceRequest], service_code: str) -> dict[UUID, Payload]:
    """What goes out, by request. One of which that cannot be told is parked, or it would block its lane for ever."""
    payloads: dict[UUID, Payload] = {}
    answers = answers_to_send(due)
    for service_request in due:
        try:
            payloads[service_request.pk] = payload_of(service_request, service_code, answers)
        except CannotDecrypt:
            _park(service_request, CANNOT_DECRYPT)
        except Exception as error:  # noqa: BLE001  (a bug of ours: no reason to stop the lane)
            _park(service_request, CANNOT_PREPARE, error=type(error).__name__)
    return payloads


def _park(service_request: ServiceRequest, reason: str, **more: str) -> None:
    logger.error(reason, reference=str(service_request.pk), **more)
    ServiceRequest.objects.filter(pk=service_request.pk).update(next_attempt_at=None, parked_reason=reason)


def _new_attempt(service_request: ServiceRequest, lane: Lane, now: datetime) -> DeliveryAttempt:
    return DeliveryAttempt(
        id=uuid7(),
        service_request=service_request,
        lane=lane,
        number=service_request.attempt_count + 1,
        errand=service_request.errand,
        look_up_first=service_request.outcome_unknown,
        lease_expires_at=now + _lease(lane),
        created_at=now,
    )


def _lease(lane: Lane) -> timedelta:
    """Covers a look-up and a submission, each with its own deadline, and the margin."""
    return 2 * lane.call_deadline + settings.LEASE_MARGIN


def _note_started(lane: Lane, calls: int, now: datetime) -> None:
    fields: list[str] = []
    if rate.has_limit(lane):
        rate.note_started(lane, calls, now)
        fields += rate.WRITTEN_FIELDS
    if lane.standing(now) == Standing.PROBING:
        breaker.begin_probe(lane)
        fields += breaker.WRITTEN_FIELDS
    if fields:
        lane.save(update_fields=fields)


def _claimed(service_request: ServiceRequest, payload: Payload, attempt: DeliveryAttempt) -> Claimed:
    return Claimed(
        attempt_id=attempt.pk,
        request_id=service_request.pk,
        lane_id=attempt.lane_id,
        service_code=attempt.lane.service.code,
        payload=payload,
        look_up_first=attempt.look_up_first,
        is_unwanted=service_request.cancel_asked_at is not None,
        lease_expires_at=attempt.lease_expires_at,
        trace_id=service_request.request_id,
    )


# Not one of the attempts that have been closed meanwhile, and none that has outlived its lease.
_MARK = (
    f'UPDATE "{DeliveryAttempt._meta.db_table}" SET outcome = %s, sending_at = %s'  # noqa: S608  (our own table)
    " WHERE id = ANY(%s) AND outcome = %s AND lease_expires_at > %s RETURNING id"
)


def mark_sending(claimed: Sequence[Claimed]) -> list[Claimed]:
    """Commits that these calls are about to start; returns those whose attempt was not closed in the meantime."""
    if not claimed:
        return []
    now = timezone.now()
    ids = [one.attempt_id for one in claimed]
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [Outcome.SENDING.value, now, ids, Outcome.CLAIMED.value, now])
        still_ours = {row[0] for row in cursor.fetchall()}
    return [one for one in claimed if one.attempt_id in still_ours]
