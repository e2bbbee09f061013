"""The importer of the national list, on small lists made here and on the real one where REAL_LIST names it."""

import os
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from services_catalog.models import Agency, Service
from services_catalog.search import search
from services_catalog.services.moving.national_list import ImportSummary, NotTheList, read_services_csv, services_import

HEADER = "service_id,ministry_id,agency_id,ministry_th,agency_th,service_name_th,status_id"
REAL_LIST = os.environ.get("REAL_LIST", "")


def row(code: str = "SVC1", name: str = "ขอใบอนุญาต", *, agency: str = "AGY1", status: str = "STA01") -> str:
    return f"{code},MIN1,{agency},กระทรวงหนึ่ง,กรมหนึ่ง,{name},{status}"


@pytest.fixture
def csv_file(tmp_path: Path) -> Path:
    return tmp_path / "services.csv"


def bring_in(path: Path, *rows: str, header: str = HEADER, dry_run: bool = False) -> ImportSummary:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return services_import(read_services_csv(path), dry_run=dry_run)


@pytest.mark.django_db
def test_rows_become_agencies_and_drafts(csv_file: Path) -> None:
    summary = bring_in(csv_file, row("SVC1"), row("SVC2", agency="AGY2"), row("SVC3"))

    assert (summary.created, summary.agencies_created) == (["SVC1", "SVC2", "SVC3"], 2)
    service = Service.objects.get(code="SVC1")
    assert (service.name_th, service.source_status, service.publication) == ("ขอใบอนุญาต", "STA01", "unpublished")
    assert (service.agency.name_th, service.agency.ministry_th) == ("กรมหนึ่ง", "กระทรวงหนึ่ง")
    assert search(Service.objects.all(), "ใบอนุญาต").count() == 3


@pytest.mark.django_db
def test_importing_again_changes_nothing(csv_file: Path) -> None:
    bring_in(csv_file, row("SVC1"), row("SVC2"))
    before = list(Service.objects.order_by("code").values())

    summary = bring_in(csv_file, row("SVC1"), row("SVC2"))

    assert (summary.unchanged, summary.created, summary.updated) == (["SVC1", "SVC2"], [], [])
    assert list(Service.objects.order_by("code").values()) == before


@pytest.mark.django_db
def test_a_changed_row_updates_what_the_list_says_and_keeps_what_staff_wrote(csv_file: Path) -> None:
    bring_in(csv_file, row())
    edits = {"description_th": "คำอธิบายของเจ้าหน้าที่", "aliases": ["ชื่อเล่น"], "min_ial": "2.3", "name_en": "Licence"}
    Service.objects.filter(code="SVC1").update(**edits)
    before = Service.objects.get(code="SVC1")

    summary = bring_in(csv_file, row(name="ขอใบรับรอง", status="STA02"))

    service = Service.objects.get(code="SVC1")
    assert summary.updated == ["SVC1"]
    assert (service.name_th, service.source_status) == ("ขอใบรับรอง", "STA02")
    assert (service.description_th, service.name_en) == ("คำอธิบายของเจ้าหน้าที่", "Licence")
    assert service.pk == before.pk
    assert service.updated_at > before.updated_at
    for words in ("ใบรับรอง", "ชื่อเล่น", "licence"):
        assert list(search(Service.objects.all(), words)) == [service]


@pytest.mark.django_db
def test_what_citizens_see_is_not_touched_and_the_draft_has_the_new_name(csv_file: Path) -> None:
    bring_in(csv_file, row())
    service = Service.objects.get(code="SVC1")
    version = service.versions.create(number=1, form={"type": "object"}, example={})
    Service.objects.filter(pk=service.pk).update(publication="published", current_version=version)

    bring_in(csv_file, row(name="ชื่อใหม่"))

    service.refresh_from_db()
    assert (service.publication, service.current_version, service.name_th) == ("published", version, "ขอใบอนุญาต")
    assert service.draft.name_th == "ชื่อใหม่"


@pytest.mark.django_db
def test_invisible_characters_are_tidied(csv_file: Path) -> None:
    csv_file.write_text(
        f"\ufeff{HEADER}\n" + row("SVC\u200b1", "  ขอ\u200bใบ\u00a0อนุญาต \ufeff  ใหม่ ") + "\n", encoding="utf-8"
    )

    services_import(read_services_csv(csv_file))

    assert Service.objects.get().code == "SVC1"
    assert Service.objects.get().name_th == "ขอใบ อนุญาต ใหม่"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row(""), "no service_id"),
        (row(" \u200b"), "no service_id"),
        (row("SVC 1"), "service_id is not a code"),
        (row("บริการ1"), "service_id is not a code"),
        (row("S" * 65), "service_id is longer than 64 characters"),
        (row(agency=""), "agency_id is not a code"),
        (row(agency="A" * 41), "agency_id is longer than 40 characters"),
        (row(name=" \u00a0"), "SVC1: no service_name_th"),
        (row("GOOD", "again"), "GOOD: service_id appears twice"),
        ("SVC1", "agency_id is not a code"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_reason_and_the_others_come_in(
    csv_file: Path, bad: str, reason: str
) -> None:
    summary = bring_in(csv_file, row("GOOD"), bad, row("LAST"))

    assert summary.refused == [(3, reason)]
    assert list(Service.objects.order_by("code").values_list("code", flat=True)) == ["GOOD", "LAST"]


@pytest.mark.django_db
def test_names_of_449_characters_come_in_whole(csv_file: Path) -> None:
    name = "ก" * 449

    bring_in(csv_file, row(name=name))

    assert Service.objects.get().name_th == name


@pytest.mark.django_db
def test_dry_run_says_the_same_and_writes_nothing(csv_file: Path) -> None:
    summary = bring_in(csv_file, row("SVC1"), row("", ""), dry_run=True)

    assert (summary.created, summary.agencies_created, len(summary.refused)) == (["SVC1"], 1, 1)
    assert not Service.objects.exists()
    assert not Agency.objects.exists()


@pytest.mark.parametrize("content", [b"service_id\n", b"", b"\x00\x01", HEADER.replace("status_id", "x").encode()])
def test_a_file_without_the_columns_is_not_the_list(csv_file: Path, content: bytes) -> None:
    csv_file.write_bytes(content)

    with pytest.raises(NotTheList, match=r"columns .* are missing"):
        read_services_csv(csv_file)


def test_other_encodings_are_not_the_list(csv_file: Path) -> None:
    csv_file.write_bytes((HEADER + "\n" + row()).encode("cp874"))

    with pytest.raises(NotTheList, match="not UTF-8"):
        read_services_csv(csv_file)


def test_a_field_without_end_is_not_the_list(csv_file: Path) -> None:
    csv_file.write_text(HEADER + '\nSVC1,"' + "x" * 200_000, encoding="utf-8")

    with pytest.raises(NotTheList, match="not a CSV"):
        read_services_csv(csv_file)


@pytest.mark.django_db
def test_the_command_prints_a_summary_with_reasons(csv_file: Path) -> None:
    csv_file.write_text("\n".join([HEADER, row("SVC1"), row(""), row("SVC1")]), encoding="utf-8")
    out = StringIO()

    call_command("services_import", str(csv_file), stdout=out)

    assert "created    1 (of 1 new agencies)" in out.getvalue()
    assert "refused    2" in out.getvalue()
    assert "line 3: no service_id" in out.getvalue()
    assert "line 4: SVC1: service_id appears twice" in out.getvalue()


@pytest.mark.django_db
def test_the_command_says_that_a_dry_run_wrote_nothing(csv_file: Path) -> None:
    csv_file.write_text("\n".join([HEADER, row("SVC1")]), encoding="utf-8")
    out = StringIO()

    call_command("services_import", str(csv_file), "--dry-run", stdout=out)

    assert "nothing was written" in out.getvalue()
    assert not Service.objects.exists()


def test_the_command_ends_with_a_sentence_where_there_is_no_list(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("services_import", str(tmp_path / "missing.csv"))


@pytest.mark.django_db
@pytest.mark.skipif(not REAL_LIST, reason="REAL_LIST does not name a services.csv of the national list")
def test_the_real_list_comes_in_within_a_minute_and_then_changes_nothing() -> None:
    start = time.monotonic()
    first = services_import(read_services_csv(Path(REAL_LIST)))
    seconds = time.monotonic() - start
    second = services_import(read_services_csv(Path(REAL_LIST)))

    assert len(first.created) == Service.objects.count() == 4906
    assert (first.refused, first.updated) == ([], [])
    assert len(second.unchanged) == 4906
    assert seconds < 60
