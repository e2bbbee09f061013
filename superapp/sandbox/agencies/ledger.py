"""What reached the agencies and what became of it: an independent witness of what was lost or sent twice."""

import json
import sqlite3
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from superapp.sandbox.agencies.database import Database
from superapp.sandbox.agencies.progress import Step

_THAILAND = timezone(timedelta(hours=7))
_BUDDHIST_ERA = 543


@dataclass(frozen=True, slots=True)
class Submission:
    """As much of a submission as an agency of the sandbox keeps: none of the citizen's data."""

    agency_code: str
    reference: str
    idempotency_key: str
    # X-Request-ID of the call.
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    agency_reference: str
    status: str

    def as_receipt(self) -> dict[str, str]:
        return {"agency_reference": self.agency_reference, "status": self.status}


class Ledger:
    """Kept in `<state>/ledger.sqlite3`. Many threads may use it while other processes read it."""

    def __init__(self, state: Path) -> None:
        self.database = Database(state / "ledger.sqlite3")

    def close(self) -> None:
        self.database.close()

    def record_arrival(self, kind: str, submission: Submission, *, answer: str) -> None:
        """`answer` is the HTTP status, or "closed" or "reset" for a connection that ended without one."""
        with self.database.transaction() as connection:
            connection.execute(
                "INSERT INTO arrivals (kind, agency_code, reference, idempotency_key, request_id, at, answer)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (kind, *_columns(submission), time.time(), answer),
            )

    def open_case(
        self, kind: str, submission: Submission, *, status: str, steps: Iterable[Step], honours_key: bool
    ) -> tuple[Case, bool]:
        """The case and whether it is new. News of `steps` is put down to be pushed in the same transaction.

        With `honours_key` a key seen before gives the case it opened then.
        """
        with self.database.transaction() as connection:
            if honours_key and (known := _case_by_key(connection, kind, submission)):
                return known, False
            case_id = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM cases").fetchone()[0]
            case = Case(_agency_reference(submission.agency_code, case_id), status)
            opened_at = time.time()
            connection.execute(
                "INSERT INTO cases (id, kind, agency_code, reference, idempotency_key, request_id,"
                " agency_reference, status, opened_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (case_id, kind, *_columns(submission), case.agency_reference, status, opened_at),
            )
            connection.executemany(
                "INSERT INTO events (webhook_id, case_id, status, happened_at, due_at) VALUES (?, ?, ?, ?, ?)",
                [_event(case_id, step, opened_at + step.after) for step in steps],
            )
            return case, True

    def find_by_reference(self, kind: str, agency_code: str, reference: str) -> Case | None:
        """The first case opened for this reference."""
        rows = self.database.rows(
            "SELECT agency_reference, status FROM cases"
            " WHERE reference = ? AND kind = ? AND agency_code = ? ORDER BY id LIMIT 1",
            reference, kind, agency_code,
        )  # fmt: skip
        return Case(**rows[0]) if rows else None

    def count_arrivals(self, kind: str, submission: Submission) -> int:
        rows = self.database.rows(
            "SELECT count(*) FROM arrivals WHERE reference = ? AND kind = ? AND agency_code = ?",
            submission.reference, kind, submission.agency_code,
        )  # fmt: skip
        return int(rows[0][0])

    def arrivals_by_reference(self, references: Iterable[str]) -> dict[str, int]:
        """How many submissions of each reference arrived, whatever was answered; 0 for those never seen."""
        return self._counts("arrivals", references)

    def cases_by_reference(self, references: Iterable[str]) -> dict[str, int]:
        """How many cases each reference has: 0 is a lost request, 2 or more a duplicate."""
        return self._counts("cases", references)

    def count_cases(self) -> int:
        """All cases of all agencies."""
        return int(self.database.rows("SELECT count(*) FROM cases")[0][0])

    def _counts(self, table: str, references: Iterable[str]) -> dict[str, int]:
        counts = dict.fromkeys(references, 0)
        rows = self.database.rows(
            f"SELECT reference, count(*) FROM {table}"  # noqa: S608 - one of our two table names
            " WHERE reference IN (SELECT value FROM json_each(?)) GROUP BY reference",
            json.dumps(list(counts)),
        )
        return counts | {row[0]: row[1] for row in rows}


def _columns(submission: Submission) -> tuple[str, str, str, str]:
    return submission.agency_code, submission.reference, submission.idempotency_key, submission.request_id


def _event(case_id: int, step: Step, happens_at: float) -> tuple[str, int, str, float, float]:
    return f"msg_{uuid.uuid4().hex}", case_id, step.status, happens_at, happens_at


def _case_by_key(connection: sqlite3.Connection, kind: str, submission: Submission) -> Case | None:
    row = connection.execute(
        "SELECT agency_reference, status FROM cases"
        " WHERE idempotency_key = ? AND kind = ? AND agency_code = ? ORDER BY id LIMIT 1",
        (submission.idempotency_key, kind, submission.agency_code),
    ).fetchone()
    return Case(**row) if row else None


def _agency_reference(agency_code: str, number: int) -> str:
    """Such as DLT-2569-000123: agency, year of the Buddhist era, running number."""
    return f"{agency_code.upper()}-{datetime.now(_THAILAND).year + _BUDDHIST_ERA}-{number:06d}"
