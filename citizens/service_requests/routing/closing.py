"""Closing delivery attempts: whoever comes second finds them closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from citizens.service_requests.models import OPEN_OUTCOMES, DeliveryAttempt, Outcome

_CLOSE = """
UPDATE "{attempt}" AS attempt
SET outcome = given.outcome, failure_code = given.failure_code, http_status = given.http_status, finished_at = %s
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::smallint[]) AS given(id, outcome, failure_code, http_status)
WHERE attempt.id = given.id AND attempt.outcome IN ({open})
RETURNING attempt.id, attempt.service_request_id, attempt.lane_id, attempt.number, attempt.errand
""".format(attempt=DeliveryAttempt._meta.db_table, open=", ".join(f"'{outcome.value}'" for outcome in OPEN_OUTCOMES))


@dataclass(frozen=True, slots=True)
class Closing:
    """How an attempt ends. `failure_code` is stable and free of personal data."""

    outcome: Outcome
    failure_code: str = ""
    http_status: int | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """An attempt that has just been closed."""

    id: UUID
    request_id: UUID
    lane_id: UUID
    number: int
    errand: str
    closing: Closing
    finished_at: datetime


def close_attempts(closings: Mapping[UUID, Closing]) -> dict[UUID, Closed]:
    """Closes those that are still open, by id. The caller has locked their requests."""
    now = timezone.now()
    ended = closings.values()
    parameters: list[Any] = [
        now,
        list(closings),
        [str(one.outcome) for one in ended],
        [one.failure_code for one in ended],
        [one.http_status for one in ended],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, parameters)
        return {
            attempt_id: Closed(attempt_id, request_id, lane_id, number, errand, closings[attempt_id], now)
            for attempt_id, request_id, lane_id, number, errand in cursor.fetchall()
        }
