"""The hottest write of the system: an idempotency key, a request and its first event, in one statement.

The same statement looks for what the citizen has just sent: two sends of one body at the same time are settled by the
unique index over `taken_in`, an earlier one in the window before is found by its time.

One statement is one transaction and one trip to the database; the same three rows written one by one took the web
process more than twice as long (`make bench-accept`).
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model

from citizens.service_requests.lifecycle import NewEvent
from citizens.service_requests.live_services import LiveService
from citizens.service_requests.models import IdempotencyKey, ServiceRequest, StatusEvent
from citizens.service_requests.twins import twin_waited_for
from services_catalog.models import Lane, Outage, Service


def write_acceptance(
    live: LiveService,
    key: IdempotencyKey,
    service_request: ServiceRequest,
    event: NewEvent,
    *,
    known_as: Sequence[bytes],
    sent_since: datetime | None,
) -> bool:
    """Writes the three rows; or none, and False. `known_as` are the fingerprints of what is sent.

    None where the citizen has used the key before, has sent the same since `sent_since` (None: does not matter) or in
    the window `key.taken_in`, or `live` is out of date, or the service takes no requests now.

    A twin that is just being written makes PostgreSQL wait for its end. Raises as `twin_waited_for` does.
    """
    now = service_request.created_at
    still = [live.id, live.version_id, live.min_ial, live.min_aal, live.give_up_after_days, now, now, now, now]
    unsent = [key.citizen_id, list(known_as), sent_since]
    parameters = [*_values(IdempotencyKey, key), *still, *unsent]
    parameters += [*_values(ServiceRequest, service_request), *_values(StatusEvent, event)]
    with twin_waited_for(), connection.cursor() as cursor:
        cursor.execute(_statement(), parameters)
        written: tuple[int] = cursor.fetchone()
    return written[0] == 1


@cache
def _statement() -> str:
    return (
        f"WITH taken AS (INSERT INTO {_target(IdempotencyKey)} SELECT {_marks(IdempotencyKey)}"  # noqa: S608
        f" FROM {Service._meta.db_table} service LEFT JOIN {Lane._meta.db_table} lane ON lane.service_id = service.id"
        " WHERE service.id = %s AND publication = 'published' AND current_version_id = %s"
        " AND min_ial = %s AND min_aal = %s AND give_up_after_days IS NOT DISTINCT FROM %s"
        # Takes requests: services_catalog.services.running.availability_of says the same.
        " AND electronic_allowed AND (service.opens_at <= %s) IS NOT FALSE AND (service.closes_at > %s) IS NOT FALSE"
        f" AND NOT EXISTS (SELECT FROM {Outage._meta.db_table} outage WHERE outage.lane_id = service.id"
        " AND meanwhile = 'closed' AND starts_at <= %s AND (ends_at > %s) IS NOT FALSE)"
        f" AND NOT EXISTS (SELECT FROM {IdempotencyKey._meta.db_table} earlier"
        " WHERE earlier.citizen_id = %s AND earlier.body_fingerprint = ANY(%s) AND earlier.created_at > %s)"
        " ON CONFLICT DO NOTHING RETURNING 1),"
        f" request AS (INSERT INTO {_target(ServiceRequest)} SELECT {_marks(ServiceRequest)} FROM taken),"
        f" event AS (INSERT INTO {_target(StatusEvent)} SELECT {_marks(StatusEvent)} FROM taken)"
        " SELECT count(*) FROM taken"
    )


def _target(model: type[Model]) -> str:
    columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
    return f'"{model._meta.db_table}" ({columns})'


def _marks(model: type[Model]) -> str:
    return ", ".join(["%s"] * len(_attributes(model)))


@cache
def _attributes(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def _values(model: type[Model], row: Model | NewEvent) -> list[Any]:
    """As the driver takes them: no column of these models is stored as something else than its Python value."""
    return [getattr(row, attribute) for attribute in _attributes(model)]
