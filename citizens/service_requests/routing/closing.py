"""Closing delivery attempts: whoever comes second finds them closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from citizens.service_requests.bulk import as_json
from citizens.service_requests.models import DeliveryAttempt, Outcome

# By their keys, and open is what has no end yet: told by their outcome, PostgreSQL looks for them in an index that
# still has the closed ones, until the next vacuum.
_CLOSE = f"""
UPDATE "{DeliveryAttempt._meta.db_table}" AS attempt
SET outcome = given.outcome, failure_code = given.failure_code, http_status = given.http_status, finished_at = %s
FROM json_to_recordset(%s::json) AS given(id uuid, outcome text, failure_code text, http_status smallint)
WHERE attempt.id = ANY(%s) AND attempt.id = given.id AND attempt.finished_at IS NULL
RETURNING attempt.id, attempt.service_request_id, attempt.lane_id, attempt.number, attempt.errand
"""  # noqa: S608  (our own table)


@dataclass(frozen=True)
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
    given = as_json([{"id": attempt_id, **vars(closing)} for attempt_id, closing in closings.items()])
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, [now, given, list(closings)])
        return {
            attempt_id: Closed(attempt_id, request_id, lane_id, number, errand, closings[attempt_id], now)
            for attempt_id, request_id, lane_id, number, errand in cursor.fetchall()
        }
