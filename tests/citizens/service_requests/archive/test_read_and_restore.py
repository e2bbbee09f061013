"""Archived requests are read and put back, from the command line."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from citizens.models import Citizen
from citizens.service_requests.models import ServiceRequest
from services_catalog.models import Service
from tests.citizens.service_requests.archive.archived import archive, files_in, make_final, rows_of

FourYearsLater = Callable[[], None]


def output_of(command: str, *args: Any, **options: Any) -> str:
    out = StringIO()
    call_command(command, *args, stdout=out, stderr=out, **options)
    return out.getvalue()


def test_what_was_archived_is_put_back_as_it_was(
    service: Service, directory: Path, four_years_later: FourYearsLater
) -> None:
    requests = [make_final(service) for _ in range(3)]
    before = rows_of(*requests)
    assert all(before.values())
    four_years_later()
    assert "3 requests moved to 1 files" in output_of("requests_archive")
    assert ServiceRequest.objects.count() == 0
    assert output_of("requests_restore", *files_in(directory)) == "3 requests put back, 0 were there.\n"
    assert rows_of(*requests) == before
    assert output_of("requests_restore", *files_in(directory)) == "0 requests put back, 3 were there.\n"
    assert rows_of(*requests) == before


def test_one_receipt_is_put_back_alone(service: Service, directory: Path, four_years_later: FourYearsLater) -> None:
    wanted, _ = make_final(service), make_final(service)
    four_years_later()
    archive()
    output_of("requests_restore", *files_in(directory), receipt=wanted.receipt_number)
    assert ServiceRequest.objects.get() == wanted


def test_files_are_printed_as_json_lines(service: Service, directory: Path, four_years_later: FourYearsLater) -> None:
    first, second = make_final(service), make_final(service)
    four_years_later()
    archive()
    lines = output_of("requests_archive_read", *files_in(directory)).splitlines()
    assert [json.loads(line)["reference"] for line in lines] == [str(first.pk), str(second.pk)]
    [line] = output_of("requests_archive_read", *files_in(directory), receipt=second.receipt_number).splitlines()
    assert json.loads(line)["receipt_number"] == second.receipt_number
    with pytest.raises(CommandError, match="none of these files"):
        output_of("requests_archive_read", *files_in(directory), receipt="69-0000-0000-0000")


@pytest.mark.django_db(transaction=True)
def test_a_request_whose_citizen_is_gone_is_refused_whole_and_the_others_come_back(
    service: Service, directory: Path, four_years_later: FourYearsLater
) -> None:
    orphan, other = make_final(service), make_final(service)
    four_years_later()
    archive()
    Citizen.objects.filter(pk=orphan.citizen_id).delete()
    out = StringIO()
    with pytest.raises(CommandError, match="1 could not be put back"):
        call_command("requests_restore", *files_in(directory), stdout=out, stderr=out)
    assert f"{orphan.pk}: ForeignKeyViolation" in out.getvalue()
    assert "1 requests put back" in out.getvalue()
    assert not any(rows_of(orphan).values())
    assert ServiceRequest.objects.get() == other


@pytest.mark.parametrize("command", ["requests_archive_read", "requests_restore"])
@pytest.mark.parametrize(
    "content", [b"", b"no gzip", b"\x1f\x8b\x08\x00cut off"], ids=["empty", "something else", "cut off"]
)
def test_a_damaged_file_is_named(tmp_path: Path, command: str, content: bytes) -> None:
    (path := tmp_path / "requests-damaged.jsonl.gz").write_bytes(content)
    with pytest.raises(CommandError, match="requests-damaged"):
        output_of(command, path)


@pytest.mark.django_db
def test_a_file_that_lost_its_end_is_damaged(
    service: Service, directory: Path, four_years_later: FourYearsLater
) -> None:
    make_final(service)
    four_years_later()
    archive()
    [path] = files_in(directory)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(CommandError, match="damaged"):
        output_of("requests_restore", path)


def test_a_dry_run_counts_and_moves_nothing(
    service: Service, directory: Path, four_years_later: FourYearsLater
) -> None:
    make_final(service)
    four_years_later()
    assert "1 requests have been final for more than 1095 days" in output_of("requests_archive", dry_run=True)
    assert ServiceRequest.objects.count() == 1
    assert files_in(directory) == []


@pytest.mark.django_db
def test_switched_off_the_command_says_so(settings: Settings) -> None:
    settings.ARCHIVE_DIRECTORY = ""
    with pytest.raises(CommandError, match="ARCHIVE_DIRECTORY is empty"):
        output_of("requests_archive")
    assert "ARCHIVE_DIRECTORY is empty" in output_of("requests_archive", dry_run=True)


@pytest.mark.django_db(transaction=True)
def test_a_directory_that_is_not_there_stops_it_before_anything_is_deleted(
    service: Service, settings: Settings, tmp_path: Path, four_years_later: FourYearsLater
) -> None:
    settings.ARCHIVE_DIRECTORY = str(tmp_path / "missing")
    make_final(service)
    four_years_later()
    with pytest.raises(CommandError, match="missing"):
        output_of("requests_archive")
    assert ServiceRequest.objects.count() == 1
