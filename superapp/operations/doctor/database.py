"""PostgreSQL: reachable, new enough, with Thai trigrams, migrated, impatient with locks, and of one clock with us."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from superapp.operations.doctor.findings import Finding, failed, ok, reason, warning

_OLDEST = 15
_NOTICEABLE_SKEW = timedelta(seconds=2)


def database_answers() -> Finding:
    try:
        with connection.cursor() as cursor:
            # Somebody's lock on a table must not make us wait for ever.
            cursor.execute("SET statement_timeout = '10s'")
        version = connection.pg_version  # type: ignore[attr-defined]
    except DatabaseError as error:
        return failed("database", reason(error), "Start PostgreSQL or mend DATABASE_URL.")
    if version < _OLDEST * 10000:
        return failed("database", f"PostgreSQL {version // 10000} is too old.", f"Upgrade to {_OLDEST} or newer.")
    return ok("database", f"PostgreSQL {version // 10000} answers.")


def examine_database() -> Iterator[Finding]:
    """Once `database_answers` is not failed."""
    for check, look in _CHECKS.items():
        yield guarded(check, look)


def guarded(check: str, look: Callable[[], Finding]) -> Finding:
    """A query that breaks is a finding, too."""
    try:
        return look()
    except DatabaseError as error:
        return failed(check, reason(error), "Apply the migrations, and look at PostgreSQL's own log.")


def _thai_trigrams() -> Finding:
    if not _value("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'"):
        return failed(
            "thai search", "The extension pg_trgm is missing.", "Run manage.py migrate as the database's owner."
        )
    if not _value("SELECT cardinality(show_trgm('กข'))"):
        return failed(
            "thai search",
            "The database makes no trigrams of Thai text, so the search finds nothing.",
            "Make a database with TEMPLATE template0 LC_CTYPE 'C.UTF-8' and move the data there.",
        )
    return ok("thai search", "pg_trgm makes trigrams of Thai text.")


def _migrations() -> Finding:
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        return failed("migrations", f"{missing} are not applied.", "Run manage.py migrate before this version serves.")
    return ok("migrations", "All are applied.")


def _lock_timeout() -> Finding:
    wanted = settings.TWIN_WAIT // timedelta(milliseconds=1)
    found = _value("SELECT setting::int FROM pg_settings WHERE name = 'lock_timeout'")
    if found != wanted:
        return failed(
            "lock_timeout",
            f"It is {found} ms and not {wanted} ms: a twin of a submission may wait for ever.",
            f"A pooler drops it: give it to the role, ALTER ROLE … SET lock_timeout = '{wanted}ms'.",
        )
    return ok("lock_timeout", f"Nobody waits longer than {wanted} ms for a lock.")


def _clock() -> Finding:
    before = datetime.now(UTC)
    there: datetime = _value("SELECT clock_timestamp()")
    after = datetime.now(UTC)
    # What a slow answer explains is no skew.
    skew = max(before - there, there - after, timedelta(0))
    if skew > settings.LEASE_MARGIN:
        return failed(
            "clock",
            f"This machine and the database differ by {skew.total_seconds():.0f} s, more than a lease can bear.",
            "Run an NTP client on both.",
        )
    if skew > _NOTICEABLE_SKEW:
        return warning(
            "clock",
            f"This machine and the database differ by {skew.total_seconds():.0f} s.",
            "Run an NTP client on both.",
        )
    return ok("clock", "This machine and the database agree.")


def _value(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    return row[0] if row else None


_CHECKS: dict[str, Callable[[], Finding]] = {
    "thai search": _thai_trigrams,
    "migrations": _migrations,
    "lock_timeout": _lock_timeout,
    "clock": _clock,
}
