"""The national list, uploaded in the admin and taken in by the workers."""

import csv
import time
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from services_catalog.models import Agency, AuditEvent, ImportJob, Officer, Service, ServiceDraft
from services_catalog.services.moving import jobs
from services_catalog.tasks import continue_imports
from tests.services_catalog.admin.conftest import AgencyRows, signed_in
from tests.services_catalog.admin.pages import page

pytestmark = pytest.mark.django_db

HEADINGS = ["service_id", "ministry_th", "agency_id", "agency_th", "service_name_th", "status_id"]
AS_MANY_AS_REAL = 4_906


def rows(count: int) -> list[list[str]]:
    """As in the real list: 263 agencies, names of up to 449 characters, some with characters that nobody sees."""
    names = ["ขออนุญาตใช้\u200bพื้นที่", "ขอใบรับรอง\u00a0", "ตรวจสอบข้อมูล" + "ระบบงานทะเบียน" * 31]
    return [
        [
            *(f"SVC{number:04d}", f"กระทรวงที่ {number % 20}", f"AGY{number % 263:03d}", f"กรมที่ {number % 263}"),
            *(f"{names[number % len(names)]} {number}", f"STA0{number % 5 + 1}"),
        ]
        for number in range(1, count + 1)
    ]


def as_csv(given: list[list[str]]) -> bytes:
    out = StringIO()
    csv.writer(out).writerows([HEADINGS, *given])
    return out.getvalue().encode("utf-8-sig")


def upload(client: Client, content: bytes) -> ImportJob:
    data = {"file": SimpleUploadedFile("services.csv", content)}
    response = client.post(page(ImportJob, "add"), data)
    assert response.status_code == 302, response.context["errors"]
    job = ImportJob.objects.latest("created_at")
    assert response["Location"] == page(ImportJob, "change", job)
    return job


def progress(client: Client, job: ImportJob) -> dict[str, object]:
    told: dict[str, object] = client.get(page(ImportJob, "progress", job)).json()
    return told


def test_a_list_as_long_as_the_real_one_comes_in_within_a_minute(superuser: Client) -> None:
    job = upload(superuser, as_csv(rows(AS_MANY_AS_REAL)))
    assert progress(superuser, job)["done"] == 0

    start = time.monotonic()
    turns = 0
    while not progress(superuser, job)["finished"]:
        continue_imports()
        turns += 1
    assert time.monotonic() - start < 60

    told = progress(superuser, job)
    assert (told["created"], told["agencies_created"], told["refused"]) == (AS_MANY_AS_REAL, 263, 0)
    assert Service.objects.count() == ServiceDraft.objects.count() == AS_MANY_AS_REAL
    assert not Service.objects.exclude(publication="unpublished").exists()
    assert not Service.objects.filter(name_th__contains="\u200b").exists()
    assert len(max(Service.objects.values_list("name_th", flat=True), key=len)) > 440
    assert AuditEvent.objects.filter(subject="service", by="root").count() == AS_MANY_AS_REAL
    job.refresh_from_db()
    assert job.content is None, "the file is gone when it is in"


def test_the_same_list_again_changes_nothing(superuser: Client) -> None:
    content = as_csv(rows(300))
    upload(superuser, content)
    continue_imports()
    before = list(Service.objects.order_by("pk").values()), AuditEvent.objects.count()

    again = upload(superuser, content)
    continue_imports()

    told = progress(superuser, again)
    assert (told["unchanged"], told["created"], told["updated"]) == (300, 0, 0)
    assert (list(Service.objects.order_by("pk").values()), AuditEvent.objects.count()) == before


def test_a_worker_that_dies_between_batches_leaves_the_rest_to_the_next(
    superuser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = upload(superuser, as_csv(rows(450)))
    monkeypatch.setattr(jobs, "_TURN", jobs._TURN * 0)
    continue_imports()
    told = progress(superuser, job)
    assert (told["done"], told["finished"]) == (200, False)
    assert Service.objects.count() == 200

    while not progress(superuser, job)["finished"]:
        continue_imports()
    assert progress(superuser, job)["created"] == Service.objects.count() == 450


@pytest.mark.django_db(transaction=True)
def test_a_batch_and_its_progress_are_written_together_or_not_at_all(superuser: Client) -> None:
    """The database refuses the second batch once: nothing of it is in, and another turn takes it in."""
    job = upload(superuser, as_csv(rows(250)))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE services_catalog_service ADD CONSTRAINT trouble CHECK (code <> 'SVC0230')")
    with pytest.raises(Exception, match="trouble"):
        continue_imports()
    assert (progress(superuser, job)["done"], Service.objects.count()) == (200, 200)

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE services_catalog_service DROP CONSTRAINT trouble")
    continue_imports()
    assert progress(superuser, job)["created"] == Service.objects.count() == 250


def test_refused_rows_are_a_file_with_lines_and_reasons(superuser: Client) -> None:
    given = rows(205)
    given[1][0] = "=HYPERLINK(1)"
    given[203][0] = given[0][0]
    job = upload(superuser, as_csv(given))
    continue_imports()

    response = superuser.get(page(ImportJob, "refused", job))

    assert list(csv.reader(StringIO(response.content.decode("utf-8-sig")))) == [
        ["line", "reason"],
        ["3", "service_id is not a code"],
        ["205", "SVC0001: service_id appears twice"],
    ]
    assert (progress(superuser, job)["created"], progress(superuser, job)["refused"]) == (203, 2)


def test_an_officer_stops_it_and_what_is_in_stays(superuser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    job = upload(superuser, as_csv(rows(450)))
    monkeypatch.setattr(jobs, "_TURN", jobs._TURN * 0)
    continue_imports()

    assert superuser.get(page(ImportJob, "cancel", job)).status_code == 403
    assert superuser.post(page(ImportJob, "cancel", job)).status_code == 302
    continue_imports()

    job.refresh_from_db()
    assert (job.state, job.done, job.content, Service.objects.count()) == ("cancelled", 200, None, 200)
    assert superuser.post(page(ImportJob, "cancel", job)).status_code == 302, "again: nothing to stop"


def test_the_page_shows_the_progress_and_asks_for_more(superuser: Client) -> None:
    job = upload(superuser, as_csv(rows(10)))
    text = superuser.get(page(ImportJob, "change", job)).content.decode()
    assert page(ImportJob, "progress", job) in text
    assert "import_job.js" in text
    continue_imports()
    assert 'data-finished="true"' in superuser.get(page(ImportJob, "change", job)).content.decode()
    assert superuser.get(page(ImportJob, "changelist")).status_code == 200


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"service_id\n1", "missing"),
        ("service_id,ชื่อ".encode("cp874"), "UTF-8"),
        (as_csv([]) + b'"' + b"x" * 200_000, "CSV"),
        (b"x" * (21 << 20), "too large"),
    ],
)
def test_what_is_not_the_list_is_told_at_once(content: bytes, said: str, superuser: Client) -> None:
    data = {"file": SimpleUploadedFile("services.csv", content)}
    response = superuser.post(page(ImportJob, "add"), data, headers={"accept-language": "en"})
    assert response.status_code == 200
    assert said in str(response.context["errors"])
    assert not ImportJob.objects.exists()


def test_agencies_have_no_part_in_it(agency_officer: Client, own: AgencyRows, superuser: Client) -> None:
    job = upload(superuser, as_csv(rows(3)))
    stranger = signed_in(Officer.objects.create(username="nobody", is_staff=True))
    for client in (agency_officer, stranger):
        for name in ("progress", "refused", "cancel", "change"):
            assert client.get(page(ImportJob, name, job)).status_code in (302, 403, 404)
        assert client.post(page(ImportJob, "cancel", job)).status_code in (403, 404)
        assert client.post(page(ImportJob, "add"), {"file": SimpleUploadedFile("x.csv", b"x")}).status_code == 403
    job.refresh_from_db()
    assert job.state == "waiting"
    assert not Agency.objects.filter(code="AGY001").exists()
