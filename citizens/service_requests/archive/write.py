"""Moving final requests past their age into files: each file is on the disk before its rows are deleted."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.core import serializers
from django.db import connection, transaction
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils import timezone

from citizens.service_requests.archive.files import ArchivedRequest, remove_partial_files, write_file
from citizens.service_requests.archive.parts import PARTS
from citizens.service_requests.ids import first_id_of
from citizens.service_requests.lifecycle import FINAL_STATUSES
from citizens.service_requests.models import OPEN_OUTCOMES, DeliveryAttempt, ServiceRequest, Status, StatusEvent

logger = structlog.get_logger(__name__)

_BATCH = 500
# Key of the advisory lock that lets one archiver work at a time, on whichever machine.
_ARCHIVER = 7_302_118_455
_NIL = UUID(int=0)


class Ended(StrEnum):
    """Why a run was over."""

    DONE = "done"
    OUT_OF_TIME = "out_of_time"
    OFF = "off"
    BUSY = "busy"


@dataclass(slots=True)
class Run:
    """What a run moved."""

    requests: int = 0
    files: int = 0
    ended: Ended = Ended.DONE


class _AnotherArchives(Exception):
    """Somebody else holds the archiver's lock."""


def requests_archive(*, for_at_most: timedelta) -> Run:
    """Moves requests past settings.REQUEST_RETENTION to settings.ARCHIVE_DIRECTORY, a file and a transaction a batch.

    Killed at any point it loses nothing, and running it again goes on. Raises OSError where a file cannot be written.
    """
    run = Run()
    if not settings.ARCHIVE_DIRECTORY:
        run.ended = Ended.OFF
    else:
        try:
            _archive_batches(Path(settings.ARCHIVE_DIRECTORY), run, monotonic() + for_at_most.total_seconds())
        except _AnotherArchives:
            run.ended = Ended.BUSY
    logger.info("requests_archived", requests=run.requests, files=run.files, ended=run.ended.value)
    return run


def _archive_batches(directory: Path, run: Run, until: float) -> None:
    limit, after = _limit(), _NIL
    while archived := _archive_batch(directory, limit, after):
        run.requests += len(archived)
        run.files += 1
        after = archived[-1]
        if monotonic() > until:
            run.ended = Ended.OUT_OF_TIME
            return


def requests_past_age() -> QuerySet[ServiceRequest]:
    """What the archive would take now."""
    return _past_age(_limit())


def _limit() -> datetime:
    # A phone that repeats a key within its lifetime must find the request it belongs to.
    return timezone.now() - max(settings.REQUEST_RETENTION, settings.IDEMPOTENCY_KEY_LIFETIME)


def _past_age(limit: datetime) -> QuerySet[ServiceRequest]:
    """Final for long, with nobody left to tell and no call open. Found by the primary key, which is in order of time:
    what is archived is gone, so before the young ones only those come that have been open all the while."""
    untold = StatusEvent.objects.filter(service_request=OuterRef("pk"), notified_at__isnull=True)
    being_sent = DeliveryAttempt.objects.filter(service_request=OuterRef("pk"), outcome__in=OPEN_OUTCOMES)
    return ServiceRequest.objects.filter(
        ~Exists(untold),
        ~Exists(being_sent),
        pk__lt=first_id_of(limit),
        updated_at__lt=limit,
        status__in=[*FINAL_STATUSES, Status.UNDELIVERABLE],
        next_attempt_at__isnull=True,
        parked_reason="",
    )


@transaction.atomic
def _archive_batch(directory: Path, limit: datetime, after: UUID) -> list[UUID]:
    """Archives what comes next after that id, but for what somebody works on; returns the ids, none at the end."""
    _only_one()
    remove_partial_files(directory)
    due = _past_age(limit).filter(pk__gt=after).select_for_update(of=("self",), skip_locked=True).order_by("pk")
    ids = list(due.values_list("pk", flat=True)[:_BATCH])
    if ids:
        rows = [list(part.rows_of(ids)) for part in PARTS]
        write_file(directory, _archived_requests(ids, rows))
        for of_one_table in reversed(rows):
            _delete(of_one_table)
    return ids


def _only_one() -> None:
    """For this transaction: a lock of the session would outlive it behind a pooler."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ARCHIVER])
        if cursor.fetchone() != (True,):
            raise _AnotherArchives


def _archived_requests(ids: Sequence[UUID], rows: Sequence[Sequence[Any]]) -> list[ArchivedRequest]:
    belonging: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in (row for of_one_table in rows for row in of_one_table):
        belonging[row.archived_with].append(row)
    return [
        ArchivedRequest(str(one), belonging[one][0].receipt_number, serializers.serialize("python", belonging[one]))
        for one in ids
    ]


def _delete(rows: Sequence[Model]) -> None:
    """By hand: Django's own deletion would take along what refers to these rows, archived or not."""
    if rows:
        table = rows[0]._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f'DELETE FROM "{table}" WHERE id = ANY(%s)', [[row.pk for row in rows]])  # noqa: S608
