"""News that waits in the ledger's `events` table until the platform has taken it."""

import time
from dataclasses import dataclass

from superapp.sandbox.agencies.database import Database

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 60.0


@dataclass(frozen=True, slots=True)
class Event:
    """`happened_at` is a Unix time; `attempts` counts the pushes before this one.

    `request_id` came with the submission that opened the case.
    """

    webhook_id: str
    case_id: int
    agency_code: str
    reference: str
    agency_reference: str
    status: str
    happened_at: float
    attempts: int
    request_id: str


class Outbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, *, share: int, shares: int, limit: int = 20) -> list[Event]:
        """What is due, oldest first, of one share of the cases.

        Each pusher thread has a share of its own, so no event needs a lease and no two tell of one case.
        """
        rows = self._database.rows(
            "SELECT webhook_id, case_id, agency_code, reference, agency_reference, e.status, happened_at,"
            " attempts, request_id FROM events e JOIN cases c ON c.id = e.case_id"
            " WHERE NOT delivered AND NOT refused AND due_at <= ? AND case_id % ? = ?"
            " ORDER BY due_at LIMIT ?",
            time.time(), shares, share, limit,
        )  # fmt: skip
        return [Event(**row) for row in rows]

    def begin(self, event: Event) -> None:
        """The case moves on when its news is first told; telling it again changes nothing."""
        self._write("UPDATE events SET attempts = attempts + 1 WHERE webhook_id = ?", event.webhook_id)
        if event.attempts == 0:
            self._write("UPDATE cases SET status = ? WHERE id = ?", event.status, event.case_id)

    def delivered(self, event: Event) -> None:
        self._write("UPDATE events SET delivered = 1 WHERE webhook_id = ?", event.webhook_id)

    def refused(self, event: Event) -> None:
        self._write("UPDATE events SET refused = 1 WHERE webhook_id = ?", event.webhook_id)

    def postpone(self, event: Event) -> None:
        due_at = time.time() + wait_after(event.attempts)
        self._write("UPDATE events SET due_at = ? WHERE webhook_id = ?", due_at, event.webhook_id)

    def waiting(self) -> int:
        """News that the platform has neither taken nor refused."""
        rows = self._database.rows("SELECT count(*) FROM events WHERE NOT delivered AND NOT refused")
        return int(rows[0][0])

    def _write(self, sql: str, *parameters: object) -> None:
        with self._database.transaction() as connection:
            connection.execute(sql, parameters)


def wait_after(attempts: int) -> float:
    """Seconds from one failed push to the next, after so many failed ones before it."""
    return min(_FIRST_WAIT * 2.0 ** min(attempts, 10), _LONGEST_WAIT)
