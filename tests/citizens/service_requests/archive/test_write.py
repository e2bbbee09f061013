"""Which requests move to files, and that none is lost on the way."""

import gzip
import json
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ForeignObjectRel, Model
from django.utils import timezone
from pytest_django import Settings

from citizens.service_requests.archive import files, write
from citizens.service_requests.archive.parts import PARTS
from citizens.service_requests.archive.write import Ended, requests_archive
from citizens.service_requests.models import DeliveryAttempt, Outcome, ServiceRequest, Status, StatusEvent
from citizens.service_requests.services import data_place
from citizens.service_requests.tasks import archive_requests
from services_catalog.encryption import decrypt_json
from services_catalog.models import Service
from tests.citizens.service_requests.archive.archived import (
    archive,
    files_in,
    make_final,
    move_to,
    read,
    references,
    rows_of,
)
from tests.citizens.service_requests.making import make_attempt, make_request

Later = Callable[[timedelta], None]
FourYearsLater = Callable[[], None]


class Killed(BaseException):
    """Ends the archiver where it stands."""


def killed(*_: Any) -> None:
    raise Killed


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.REJECTED, Status.CANCELLED, Status.UNDELIVERABLE])
def test_what_ended_long_ago_moves_to_a_file_with_all_its_rows(
    service: Service, directory: Path, four_years_later: FourYearsLater, status: Status
) -> None:
    service_request = make_final(service, status)
    before = rows_of(service_request)
    assert all(before.values()), "every table is tried"
    four_years_later()
    run = archive()
    assert (run.requests, run.files, run.ended) == (1, 1, Ended.DONE)
    assert not any(rows_of(service_request).values())
    kept = read(directory)[str(service_request.pk)]
    assert kept.receipt_number == service_request.receipt_number
    assert len(kept.rows) == sum(len(rows) for rows in before.values())


def test_what_citizens_entered_stays_encrypted(
    service: Service, directory: Path, four_years_later: FourYearsLater
) -> None:
    service_request = make_final(service)
    blob = bytes(service_request.data_encrypted)
    assert decrypt_json(blob, bound_to=data_place(service_request.pk)) == {"note": "secret words"}
    four_years_later()
    archive()
    [path] = files_in(directory)
    text = gzip.decompress(path.read_bytes()).decode()
    assert "secret" not in text
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_young_stays(service: Service, directory: Path, later: Later, settings: Settings) -> None:
    service_request = make_final(service)
    later(settings.REQUEST_RETENTION - timedelta(days=1))
    assert archive().requests == 0
    later(settings.REQUEST_RETENTION + timedelta(days=1))
    assert archive().requests == 1
    assert list(read(directory)) == [str(service_request.pk)]


def test_what_ended_lately_stays_however_old_it_is(service: Service, directory: Path, later: Later) -> None:
    service_request = make_final(service, Status.IN_PROGRESS)
    later(timedelta(days=4 * 365))
    move_to(service_request, Status.COMPLETED)
    assert archive().requests == 0


def test_a_key_that_still_counts_keeps_its_request(
    service: Service, directory: Path, later: Later, settings: Settings
) -> None:
    settings.REQUEST_RETENTION = timedelta(0)
    make_final(service)
    later(settings.IDEMPOTENCY_KEY_LIFETIME - timedelta(hours=1))
    assert archive().requests == 0


@pytest.mark.parametrize("status", [Status.DELIVERED, Status.IN_PROGRESS, Status.ACTION_REQUIRED])
def test_what_is_open_stays(
    service: Service, directory: Path, four_years_later: FourYearsLater, status: Status
) -> None:
    make_request(service)
    make_final(service, status)
    four_years_later()
    assert archive().requests == 0
    assert files_in(directory) == []


def test_what_waits_for_a_human_a_call_or_a_word_to_the_citizen_stays(
    service: Service, directory: Path, four_years_later: FourYearsLater
) -> None:
    parked, being_sent, untold = (make_final(service) for _ in range(3))
    ServiceRequest.objects.filter(pk=parked.pk).update(parked_reason="outcome_unknown")
    make_attempt(being_sent)
    StatusEvent.objects.filter(service_request=untold).update(notified_at=None)
    four_years_later()
    assert archive().requests == 0
    ServiceRequest.objects.filter(pk=parked.pk).update(parked_reason="")
    attempts = DeliveryAttempt.objects.filter(service_request=being_sent)
    attempts.update(outcome=Outcome.UNKNOWN, finished_at=timezone.now())
    StatusEvent.objects.filter(service_request=untold).update(notified_at=untold.updated_at)
    assert archive().requests == 3


def test_it_goes_batch_by_batch_and_on_where_the_time_was_over(
    service: Service, directory: Path, four_years_later: FourYearsLater, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "_BATCH", 2)
    requests = [make_final(service) for _ in range(5)]
    open_all_the_while = make_request(service)
    four_years_later()
    run = requests_archive(for_at_most=timedelta(0))
    assert (run.requests, run.files, run.ended) == (2, 1, Ended.OUT_OF_TIME)
    run = archive()
    assert (run.requests, run.files, run.ended) == (3, 2, Ended.DONE)
    assert set(read(directory)) == references(requests)
    assert ServiceRequest.objects.get() == open_all_the_while


@pytest.mark.django_db(transaction=True)
def test_killed_between_file_and_deletion_it_loses_nothing(
    directory: Path, service: Service, four_years_later: FourYearsLater, monkeypatch: pytest.MonkeyPatch
) -> None:
    service_request = make_final(service)
    before = rows_of(service_request)
    four_years_later()

    with monkeypatch.context() as patch:
        patch.setattr(write, "_delete", killed)
        with pytest.raises(Killed):
            archive()
    assert len(files_in(directory)) == 1
    assert rows_of(service_request) == before
    assert archive().requests == 1
    assert len(files_in(directory)) == 2, "in two files, never in none"
    assert not any(rows_of(service_request).values())
    assert list(read(directory)) == [str(service_request.pk)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("owner", "call"), [(os, "fsync"), (Path, "rename")])
def test_killed_while_it_writes_it_leaves_no_half_file_under_a_good_name(
    directory: Path,
    service: Service,
    four_years_later: FourYearsLater,
    monkeypatch: pytest.MonkeyPatch,
    owner: object,
    call: str,
) -> None:
    service_request = make_final(service)
    four_years_later()

    with monkeypatch.context() as patch:
        patch.setattr(owner, call, killed)
        with pytest.raises(Killed):
            archive()
    [left] = files_in(directory)
    assert left.name.endswith(".partial")
    assert ServiceRequest.objects.filter(pk=service_request.pk).exists()
    assert archive().requests == 1
    assert [path.name.endswith(".jsonl.gz") for path in files_in(directory)] == [True]


@pytest.mark.django_db(transaction=True)
def test_what_changes_after_such_a_kill_is_read_as_it_was_at_last(
    directory: Path, service: Service, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    service_request = make_final(service, Status.UNDELIVERABLE)
    later(timedelta(days=4 * 365))

    with monkeypatch.context() as patch:
        patch.setattr(write, "_delete", killed)
        with pytest.raises(Killed):
            archive()
    move_to(service_request, Status.COMPLETED)
    later(timedelta(days=8 * 365))
    assert archive().requests == 1
    [kept] = read(directory).values()
    assert kept.rows[0]["fields"]["status"] == Status.COMPLETED


@pytest.mark.django_db(transaction=True)
def test_a_table_nobody_thought_of_stops_the_deletion(
    directory: Path, service: Service, four_years_later: FourYearsLater, monkeypatch: pytest.MonkeyPatch
) -> None:
    service_request = make_final(service)
    before = rows_of(service_request)
    four_years_later()
    monkeypatch.setattr(write, "PARTS", PARTS[:-1])
    with pytest.raises(IntegrityError):
        archive()
    assert rows_of(service_request) == before


def test_every_table_that_refers_to_requests_is_archived() -> None:
    def referring(model: type[Model]) -> set[type[Model]]:
        fields = model._meta.get_fields(include_hidden=True)
        found = {one.related_model for one in fields if isinstance(one, ForeignObjectRel)}
        return found.union(*(referring(one) for one in found))

    assert referring(ServiceRequest) | {ServiceRequest} == {part.model for part in PARTS}


@pytest.mark.django_db(transaction=True)
def test_what_somebody_works_on_is_left_to_the_next_run(
    directory: Path, service: Service, four_years_later: FourYearsLater
) -> None:
    locked, free = make_final(service), make_final(service)
    four_years_later()
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        ServiceRequest.objects.select_for_update().get(pk=locked.pk)
        assert pool.submit(_archive_elsewhere).result(20).requests == 1
        assert list(read(directory)) == [str(free.pk)]
    assert archive().requests == 1


@pytest.mark.django_db(transaction=True)
def test_one_archiver_works_at_a_time(
    directory: Path, service: Service, four_years_later: FourYearsLater, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_final(service)
    four_years_later()
    writing, go_on, real = Event(), Event(), files.write_file

    def slow(*args: Any) -> Path:
        writing.set()
        assert go_on.wait(20)
        return real(*args)

    monkeypatch.setattr(write, "write_file", slow)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(_archive_elsewhere)
        assert writing.wait(20)
        second = archive()
        go_on.set()
        assert (second.requests, second.ended) == (0, Ended.BUSY)
        assert (first.result(20).requests, first.result().ended) == (1, Ended.DONE)


def _archive_elsewhere() -> write.Run:
    try:
        return archive()
    finally:
        connection.close()


def test_without_a_directory_the_archive_is_off_and_says_so(
    service: Service, settings: Settings, four_years_later: FourYearsLater, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ARCHIVE_DIRECTORY = ""
    make_final(service)
    four_years_later()
    with caplog.at_level(logging.INFO):
        archive_requests()
    assert any("requests_archived" in str(one.msg) and "'off'" in str(one.msg) for one in caplog.records)
    assert ServiceRequest.objects.count() == 1


def test_the_daily_task_archives(service: Service, directory: Path, four_years_later: FourYearsLater) -> None:
    service_request = make_final(service)
    four_years_later()
    archive_requests()
    assert list(read(directory)) == [str(service_request.pk)]


def test_a_line_is_json_that_other_programs_read(
    service: Service, directory: Path, four_years_later: FourYearsLater
) -> None:
    service_request = make_final(service)
    four_years_later()
    archive()
    [path] = files_in(directory)
    [line] = gzip.decompress(path.read_bytes()).decode().splitlines()
    kept = json.loads(line)
    assert kept["reference"] == str(service_request.pk)
    assert kept["rows"][0]["model"] == "service_requests.servicerequest"
    assert kept["rows"][0]["fields"]["created_at"] == service_request.created_at.isoformat()
