"""What reaches an agency after the submission: wishes to cancel, and citizens' answers. None of their data is kept."""

import sqlite3
import time
import uuid
from dataclasses import dataclass

from superapp.sandbox.agencies.database import Database


@dataclass(frozen=True, slots=True)
class CaseKey:
    """Where a case is found: at an agency of that kind, under our reference."""

    kind: str
    agency_code: str
    reference: str


class Afterwards:
    """The part of the ledger that is written once a case is open."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_wish(self, key: CaseKey, *, answer: str) -> None:
        """A wish to cancel that arrived; `answer` is the HTTP status."""
        self._write(
            "INSERT INTO cancellations (kind, agency_code, reference, at, answer) VALUES (?, ?, ?, ?, ?)",
            *_columns(key), time.time(), answer,
        )  # fmt: skip

    def record_response(self, key: CaseKey, idempotency_key: str) -> None:
        """An answer that arrived; one that is known by its key changes nothing."""
        self._write(
            "INSERT OR IGNORE INTO responses (kind, agency_code, reference, idempotency_key, at)"
            " VALUES (?, ?, ?, ?, ?)",
            *_columns(key), idempotency_key, time.time(),
        )  # fmt: skip

    def cancel(self, key: CaseKey, *, tells: bool) -> bool:
        """Ends the case unless it has ended; False when it cannot. With `tells` news of it is put down to be pushed.

        News that was not told yet is not told any more.
        """
        with self._database.transaction() as connection:
            case = _open_case(connection, key)
            if case is None:
                return False
            connection.execute(
                "UPDATE events SET refused = 1 WHERE case_id = ? AND NOT delivered AND status <> 'cancelled'", case
            )
            connection.execute("UPDATE cases SET status = 'cancelled' WHERE id = ?", case)
            if tells:
                now = time.time()
                connection.execute(
                    "INSERT INTO events (webhook_id, case_id, status, happened_at, due_at)"
                    " VALUES (?, ?, 'cancelled', ?, ?)",
                    (f"msg_{uuid.uuid4().hex}", *case, now, now),
                )
            return True

    def count_wishes(self, reference: str) -> int:
        return self._count("cancellations", reference)

    def count_responses(self, reference: str) -> int:
        return self._count("responses", reference)

    def _count(self, table: str, reference: str) -> int:
        rows = self._database.rows(
            f"SELECT count(*) FROM {table} WHERE reference = ?",  # noqa: S608 - one of our two table names
            reference,
        )
        return int(rows[0][0])

    def _write(self, sql: str, *parameters: object) -> None:
        with self._database.transaction() as connection:
            connection.execute(sql, parameters)


def _columns(key: CaseKey) -> tuple[str, str, str]:
    return key.kind, key.agency_code, key.reference


def _open_case(connection: sqlite3.Connection, key: CaseKey) -> tuple[int] | None:
    row = connection.execute(
        "SELECT id FROM cases WHERE kind = ? AND agency_code = ? AND reference = ?"
        " AND status NOT IN ('completed', 'rejected', 'cancelled') ORDER BY id LIMIT 1",
        _columns(key),
    ).fetchone()
    return (int(row[0]),) if row else None
