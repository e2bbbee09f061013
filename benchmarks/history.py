"""A history of finished requests of any length, loaded by COPY: copies of requests that the product itself finished.

Request n was received at history_moment(n): the youngest one just now, one a minute for the first ones, one each half
minute before them (five million are five years). Ids are UUIDv7 of those moments with a hash of n behind.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection, connections
from django.db.models import DateTimeField, Model
from psycopg import sql

from citizens.models import Citizen
from citizens.notifications.models import Notification
from citizens.service_requests.models import DeliveryAttempt, IdempotencyKey, ServiceRequest, StatusEvent

REQUESTS_PER_CITIZEN = 20

_FUNCTIONS = """
CREATE FUNCTION history_moment(n bigint) RETURNS timestamptz STABLE RETURN
    timestamptz {now} - make_interval(secs => 60 * least(n, {recent}) + 30 * greatest(n - {recent}, 0));
CREATE FUNCTION history_id(seed text, moment timestamptz) RETURNS uuid STABLE RETURN
    (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || '7' || substr(md5(seed), 1, 3)
        || '8' || substr(md5(seed), 4, 15))::uuid;
CREATE FUNCTION history_citizen(n bigint) RETURNS uuid STABLE RETURN
    history_id('citizen' || n, timestamptz {now} - interval '6 years' + make_interval(secs => n));
CREATE FUNCTION history_request(n bigint) RETURNS uuid STABLE RETURN
    history_id('request' || n, history_moment(n));
"""

# How the columns of request n come to differ from the template's; t is the template's row, r its request. All other
# columns are the template's, but that times move with the request.
_OVERRIDES: dict[type[Model], dict[str, str]] = {
    Citizen: {
        "id": "history_citizen(n)",
        "national_id_fingerprint": "decode(md5('a' || n) || md5('b' || n), 'hex')",
    },
    ServiceRequest: {
        "id": "history_request(n)",
        "citizen_id": "{citizen}",
        "receipt_number": "'69-' || upper(substr(md5('receipt' || n), 1, 14))",
        "agency_reference": "'A' || n",
    },
    IdempotencyKey: {
        "id": "history_id('key' || n, history_moment(n))",
        "citizen_id": "{citizen}",
        "key": "md5('key' || n)",
        "body_fingerprint": "decode(md5('a' || n) || md5('b' || n), 'hex')",
        "service_request_id": "history_request(n)",
    },
    StatusEvent: {
        "id": "history_id('event' || t.sequence || 'of' || n, history_moment(n))",
        "service_request_id": "history_request(n)",
    },
    DeliveryAttempt: {
        "id": "history_id('attempt' || t.number || 'of' || n, history_moment(n))",
        "service_request_id": "history_request(n)",
    },
    Notification: {
        "id": "history_id('told' || t.sequence || 'of' || n, history_moment(n))",
        "status_event_id": "history_id('event' || t.sequence || 'of' || n, history_moment(n))",
        "citizen_id": "{citizen}",
    },
}
_OF_REQUEST = [ServiceRequest, StatusEvent, DeliveryAttempt, Notification]


@dataclass(frozen=True, slots=True)
class Stage:
    """Requests `start` up to `end` of the history, evenly of its own citizens, REQUESTS_PER_CITIZEN each."""

    start: int
    end: int

    @property
    def citizens(self) -> tuple[int, int]:
        return self.start // REQUESTS_PER_CITIZEN, self.end // REQUESTS_PER_CITIZEN

    @property
    def citizen_of_n(self) -> str:
        first, end = self.citizens
        return f"history_citizen({first} + (n - {self.start}) % {end - first})"


def stages(sizes: Sequence[int]) -> list[Stage]:
    """What each size adds to the one before."""
    return [Stage(start, end) for start, end in pairwise([0, *sizes])]


@contextmanager
def loading() -> Iterator[None]:
    """Within this block the server flushes nothing and writes no more than it must; afterwards it is as before."""
    faster = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "8GB"}
    with connection.cursor() as cursor:
        for name, value in faster.items():
            cursor.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        cursor.execute("SELECT pg_reload_conf()")
    yield
    with connection.cursor() as cursor:
        for name in faster:
            cursor.execute(f"ALTER SYSTEM RESET {name}")
        cursor.execute("SELECT pg_reload_conf()")
        cursor.execute("CHECKPOINT")


def history_begin(*, recent: int) -> None:
    """Makes the functions that number the history; the first `recent` requests are those of the last days."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        now = cursor.fetchone()[0]
        cursor.execute(_FUNCTIONS.format(now=f"'{now.isoformat()}'", recent=recent))


def history_load(stage: Stage, templates: Sequence[UUID], *, keys: bool) -> None:
    """Copies the templates into the current database as the stage's requests; `keys`: idempotency keys, too."""
    with _raw() as source, _raw() as target:
        # The copies refer to what is there: checking 40 million references would be most of the work.
        target.execute("SET session_replication_role = replica")
        _copy(source, target, Citizen, _citizens(stage, templates))
        for model in [*_OF_REQUEST, *([IdempotencyKey] if keys else [])]:
            _copy(source, target, model, _rows(model, stage, templates))
        target.execute("VACUUM (FREEZE, ANALYZE)")


def _raw() -> psycopg.Connection[Any]:
    parameters = connections["default"].get_connection_params()
    wanted = {name: parameters[name] for name in ("host", "port", "user", "dbname") if parameters.get(name)}
    raw = psycopg.connect(**wanted, autocommit=True)
    raw.execute("SET synchronous_commit = off")
    raw.execute("SET maintenance_work_mem = '512MB'")
    return raw


def _copy(
    source: psycopg.Connection[Any], target: psycopg.Connection[Any], model: type[Model], select: sql.Composed
) -> None:
    """One session computes the rows, another one writes them; between them go PostgreSQL's own binary rows."""
    columns = sql.SQL(", ").join([sql.Identifier(str(field.column)) for field in model._meta.concrete_fields])
    table = sql.Identifier(model._meta.db_table)
    reading = sql.SQL("COPY ({}) TO STDOUT (FORMAT binary)").format(select)
    writing = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(table, columns)
    with source.cursor().copy(reading) as rows, target.cursor().copy(writing) as into:
        for block in rows:
            into.write(block)


def _citizens(stage: Stage, templates: Sequence[UUID]) -> sql.Composed:
    first, end = stage.citizens
    return sql.SQL(
        "SELECT {columns} FROM generate_series({first}::bigint, {last}) AS n, {table} AS t"
        " WHERE t.id = (SELECT citizen_id FROM {requests} WHERE id = {template})"
    ).format(
        columns=_columns(Citizen, _OVERRIDES[Citizen], shift=None),
        first=first,
        last=end - 1,
        table=sql.Identifier(Citizen._meta.db_table),
        requests=sql.Identifier(ServiceRequest._meta.db_table),
        template=templates[0],
    )


def _rows(model: type[Model], stage: Stage, templates: Sequence[UUID]) -> sql.Composed:
    """The rows of one table, oldest request first: request n is a copy of the n-th template, modulo their number."""
    overrides = {name: text.format(citizen=stage.citizen_of_n) for name, text in _OVERRIDES[model].items()}
    return sql.SQL(
        "SELECT {columns} FROM generate_series({last}::bigint, {first}, -1) AS n"
        " JOIN unnest({templates}::uuid[]) WITH ORDINALITY AS chosen (id, position)"
        " ON chosen.position = n % {count} + 1"
        " JOIN {requests} AS r ON r.id = chosen.id JOIN ({rows}) AS t ON t.of_request = r.id"
    ).format(
        columns=_columns(model, overrides, shift="history_moment(n) - r.created_at"),
        first=stage.start,
        last=stage.end - 1,
        templates=list(templates),
        count=len(templates),
        requests=sql.Identifier(ServiceRequest._meta.db_table),
        rows=_rows_of_templates(model),
    )


def _rows_of_templates(model: type[Model]) -> sql.Composed:
    table = sql.Identifier(model._meta.db_table)
    if model is Notification:
        events = sql.Identifier(StatusEvent._meta.db_table)
        text = (
            "SELECT told.*, sequence, service_request_id AS of_request FROM {} told JOIN {} e ON e.id = status_event_id"
        )
        return sql.SQL(text).format(table, events)
    of_request = "id" if model is ServiceRequest else "service_request_id"
    return sql.SQL("SELECT *, {} AS of_request FROM {}").format(sql.Identifier(of_request), table)


def _columns(model: type[Model], overrides: Mapping[str, str], *, shift: str | None) -> sql.Composed:
    return sql.SQL(", ").join([_column(field, overrides, shift) for field in model._meta.concrete_fields])


def _column(field: Any, overrides: Mapping[str, str], shift: str | None) -> sql.Composed:
    if field.column in overrides:
        return sql.Composed([sql.SQL(overrides[field.column])])
    text = f"t.{{}} + ({shift})" if shift and isinstance(field, DateTimeField) else "t.{}"
    return sql.SQL(text).format(sql.Identifier(field.column))
