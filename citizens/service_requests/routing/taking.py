"""Taking due requests: one statement moves them, opens their attempts and gives what their payloads are made of.

Plain SQL, for this runs for every request: as models each would be made three times, and stored twice.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from uuid_utils.compat import uuid7

from citizens.models import Citizen
from citizens.service_requests.models import OPEN_OUTCOMES, DeliveryAttempt, Outcome, ServiceRequest

_NAMES = {
    "request": ServiceRequest._meta.db_table,
    "attempt": DeliveryAttempt._meta.db_table,
    "citizen": Citizen._meta.db_table,
    "claimed": Outcome.CLAIMED.value,
    "open": ", ".join(f"'{outcome.value}'" for outcome in OPEN_OUTCOMES),
}

_HAS_DUE = """SELECT EXISTS (SELECT FROM "{request}" WHERE service_id = %s AND next_attempt_at <= %s)""".format_map(
    _NAMES
)

_COUNT_OPEN = """SELECT count(*) FROM "{attempt}" WHERE lane_id = %s AND outcome IN ({open})""".format_map(_NAMES)

# Due is what no attempt is out for: the agency's news may end an errand, and the next one begin, while the attempt at
# the first is still out. OFFSET 0 has PostgreSQL look that up for each request: joined, it reads all that an index of
# open attempts still has of closed ones, which is most of the backlog until the next vacuum.
_TAKE = """
WITH due AS (
    SELECT id, next_attempt_at AS due_at FROM "{request}" AS request
    WHERE service_id = %(lane)s AND next_attempt_at <= %(now)s AND NOT EXISTS (
        SELECT FROM "{attempt}" WHERE service_request_id = request.id AND outcome IN ({open}) OFFSET 0
    )
    ORDER BY next_attempt_at LIMIT %(limit)s FOR UPDATE OF request SKIP LOCKED
), moved AS (
    UPDATE "{request}" AS request
    SET next_attempt_at = NULL, attempt_count = attempt_count + 1, tries = tries + 1
    FROM due, "{citizen}" AS citizen WHERE request.id = due.id AND citizen.id = request.citizen_id
    RETURNING request.id, citizen_id, version_id, errand, data_encrypted, attempt_count, outcome_unknown,
        cancel_asked_at IS NOT NULL AS is_unwanted, request_id, claims_encrypted, national_id_encrypted, due_at
), taken AS (
    SELECT (%(ids)s::uuid[])[row_number() OVER (ORDER BY due_at, id)] AS attempt_id, moved.* FROM moved
), opened AS (
    INSERT INTO "{attempt}" (id, service_request_id, lane_id, number, outcome, errand, look_up_first, lease_expires_at,
        created_at, failure_code)
    SELECT attempt_id, id, %(lane)s, attempt_count, '{claimed}', errand, outcome_unknown, %(lease)s, %(now)s, ''
    FROM taken
)
SELECT attempt_id, id, citizen_id, version_id, errand, data_encrypted, outcome_unknown, is_unwanted, request_id,
    claims_encrypted, national_id_encrypted
FROM taken ORDER BY attempt_id
""".format_map(_NAMES)


@dataclass(frozen=True, slots=True)
class Taken:
    """A due request whose attempt has just been opened, in the order of the statement's columns."""

    attempt_id: UUID
    request_id: UUID
    citizen_id: UUID
    version_id: UUID
    errand: str
    data_encrypted: bytes
    outcome_unknown: bool
    is_unwanted: bool
    trace_id: str
    claims_encrypted: bytes
    national_id_encrypted: bytes

    @property
    def citizen(self) -> Citizen:
        """With what agencies may be told of."""
        return Citizen(
            id=self.citizen_id,
            claims_encrypted=self.claims_encrypted,
            national_id_encrypted=self.national_id_encrypted,
        )


def has_due(lane_id: UUID, now: datetime) -> bool:
    """Whether something waits to be taken: one statement, where a claim is a transaction of several."""
    return bool(_value(_HAS_DUE, [lane_id, now]))


def open_attempts(lane_id: UUID) -> int:
    """Slots of the lane that are in use."""
    return int(_value(_COUNT_OPEN, [lane_id]))


def _value(statement: str, parameters: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()[0]


def take_due(lane_id: UUID, *, at_most: int, lease_expires_at: datetime, now: datetime) -> list[Taken]:
    """Takes what has been due longest. The caller holds the lane's lock and has found `at_most` slots free."""
    parameters: dict[str, Any] = {
        "lane": lane_id,
        "now": now,
        "limit": at_most,
        "lease": lease_expires_at,
        # Ids that grow with the time a request has been due, so that they tell the order.
        "ids": [uuid7() for _ in range(at_most)],
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, parameters)
        return [Taken(*row) for row in cursor.fetchall()]
