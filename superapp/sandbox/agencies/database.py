import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS arrivals (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    agency_code TEXT NOT NULL,
    reference TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    at REAL NOT NULL,
    answer TEXT NOT NULL,
    request_id TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS arrivals_reference ON arrivals (reference);

CREATE TABLE IF NOT EXISTS cases (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    agency_code TEXT NOT NULL,
    reference TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    agency_reference TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    opened_at REAL NOT NULL,
    request_id TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS cases_reference ON cases (reference);
CREATE INDEX IF NOT EXISTS cases_idempotency_key ON cases (idempotency_key);

CREATE TABLE IF NOT EXISTS cancellations (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    agency_code TEXT NOT NULL,
    reference TEXT NOT NULL,
    at REAL NOT NULL,
    answer TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS responses (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    agency_code TEXT NOT NULL,
    reference TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    at REAL NOT NULL,
    UNIQUE (kind, agency_code, reference, idempotency_key)
);

CREATE TABLE IF NOT EXISTS events (
    webhook_id TEXT PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    status TEXT NOT NULL,
    happened_at REAL NOT NULL,
    due_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    delivered INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS events_due ON events (due_at) WHERE NOT delivered AND NOT refused;
"""


class Database:
    """One SQLite connection that threads take turns on; other processes may read the file meanwhile.

    A turn lasts some tens of microseconds, so one connection serves thousands of submissions a second and
    nobody ever meets "database is locked".
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._turn = threading.Lock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        with self._turn:
            self._connection.execute("BEGIN IMMEDIATE")
            # As a context manager the connection commits, or rolls back when the block raises.
            with self._connection:
                yield self._connection

    def rows(self, sql: str, *parameters: object) -> list[sqlite3.Row]:
        with self._turn:
            return self._connection.execute(sql, parameters).fetchall()

    def close(self) -> None:
        with self._turn:
            self._connection.close()
