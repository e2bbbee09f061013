"""Claiming due requests of a lane, and marking them as being sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from citizens.service_requests.models import DeliveryAttempt, Outcome, ServiceRequest
from citizens.service_requests.routing.payloads import Payload, answers_to_send, payload_of, service_code
from citizens.service_requests.routing.taking import Taken, open_attempts, take_due
from services_catalog import breaker, rate
from services_catalog.encryption import CannotDecrypt
from services_catalog.models import Lane, Standing
from services_catalog.prepared import PreparedQuery

logger = structlog.get_logger(__name__)

CANNOT_DECRYPT = "cannot_decrypt"
CANNOT_PREPARE = "cannot_prepare"


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
    # The lane's at the moment of the claim: the lease is made for it.
    call_deadline: timedelta
    lease_expires_at: datetime
    trace_id: str


@transaction.atomic
def claim(lane_id: UUID, *, at_most: int) -> list[Claimed]:
    """Takes up to `at_most` due requests of the lane, never more than its slots, rate and breaker allow.

    The lane's row is locked for the moment, so that two workers cannot both see the same slot free.
    """
    _spare_the_wait_for_the_disk()
    now = timezone.now()
    lane = _lane_to_lock.first(lane_id, now)
    if lane is None or (slots := lane.usable_slots(now)) == 0:
        return []
    # Counted by a statement of its own: one that began before the lock would not see what was claimed meanwhile.
    free = slots - open_attempts(lane_id)
    if free <= 0 or (wanted := rate.calls_allowed(lane, min(free, at_most), now)) <= 0:
        return []
    taken = take_due(lane_id, at_most=wanted, lease_expires_at=now + _lease(lane), now=now)
    payloads = _payloads(taken, service_code(lane_id))
    claimed = [_claimed(one, payloads[one.request_id], lane, now) for one in taken if one.request_id in payloads]
    if claimed:
        _note_started(lane, len(claimed), now)
    return claimed


def _spare_the_wait_for_the_disk() -> None:
    """What a crash of the database undoes of a claim was not sent: the mark that follows is waited for, and with it
    all that was written before.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")


_lane_to_lock = PreparedQuery[Lane](
    lambda lane_id, now: Lane.objects.with_outage(now).select_for_update(of=("self",)).filter(pk=lane_id)
)


def _payloads(taken: Sequence[Taken], service_code: str) -> dict[UUID, Payload]:
    """What goes out, by request. One of which that cannot be told is parked, or it would block its lane for ever."""
    payloads: dict[UUID, Payload] = {}
    answers = answers_to_send(taken)
    for one in taken:
        try:
            payloads[one.request_id] = payload_of(one, service_code, answers)
        except CannotDecrypt:
            _park(one, CANNOT_DECRYPT)
        except Exception as error:  # noqa: BLE001  (a bug of ours: no reason to stop the lane)
            _park(one, CANNOT_PREPARE, error=type(error).__name__)
    return payloads


def _park(taken: Taken, reason: str, **more: str) -> None:
    """As if it had not been taken: nothing was tried."""
    logger.error(reason, reference=str(taken.request_id), **more)
    DeliveryAttempt.objects.filter(pk=taken.attempt_id).delete()
    ServiceRequest.objects.filter(pk=taken.request_id).update(
        parked_reason=reason, attempt_count=F("attempt_count") - 1, tries=F("tries") - 1
    )


def _lease(lane: Lane) -> timedelta:
    """Covers a look-up and a submission, each with its own deadline, and the margin."""
    return 2 * lane.call_deadline + settings.LEASE_MARGIN


def _note_started(lane: Lane, calls: int, now: datetime) -> None:
    fields: list[str] = []
    if lane.standing(now) == Standing.PROBING:  # asked first: the call may be the day's last
        breaker.begin_probe(lane)
        fields += breaker.WRITTEN_FIELDS
    if rate.has_limit(lane):
        rate.note_started(lane, calls, now)
        fields += rate.WRITTEN_FIELDS
    if fields:
        lane.save(update_fields=fields)


def _claimed(taken: Taken, payload: Payload, lane: Lane, now: datetime) -> Claimed:
    return Claimed(
        attempt_id=taken.attempt_id,
        request_id=taken.request_id,
        lane_id=lane.pk,
        service_code=service_code(lane.pk),
        payload=payload,
        look_up_first=taken.outcome_unknown,
        is_unwanted=taken.is_unwanted,
        call_deadline=lane.call_deadline,
        lease_expires_at=now + _lease(lane),
        trace_id=taken.trace_id,
    )


# Not one of the attempts that have been closed meanwhile; by their keys, as they are closed (routing/closing.py).
_MARK = (
    f'UPDATE "{DeliveryAttempt._meta.db_table}" SET outcome = %s, sending_at = %s'  # noqa: S608  (our own table)
    " WHERE id = ANY(%s) AND sending_at IS NULL AND finished_at IS NULL RETURNING id"
)


def mark_sending(claimed: Sequence[Claimed]) -> list[Claimed]:
    """Commits that these calls are about to start; returns those that still hold their lease."""
    now = timezone.now()
    leased = [one for one in claimed if one.lease_expires_at > now]
    if not leased:
        return []
    ids = [one.attempt_id for one in leased]
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [Outcome.SENDING.value, now, ids])
        still_ours = {row[0] for row in cursor.fetchall()}
    return [one for one in leased if one.attempt_id in still_ours]
