"""Files of services, agencies, headings and aliases: out of the admin, and in again, in all three formats."""

import csv
import json
from collections.abc import Callable
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client

from services_catalog.models import Agency, AuditEvent, Category, LifeEvent, Officer, SearchAlias, Service, ServiceDraft
from services_catalog.search import search
from tests import factories
from tests.services_catalog.admin.conftest import AgencyRows, signed_in
from tests.services_catalog.admin.pages import page

pytestmark = pytest.mark.django_db

FORMATS = ["csv", "xlsx", "json"]
every_format = pytest.mark.parametrize("name", FORMATS)
Row = dict[str, Any]


def as_csv(rows: list[Row]) -> bytes:
    out = StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def as_xlsx(rows: list[Row]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in [list(rows[0]), *(list(row.values()) for row in rows)]:
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def as_json(rows: list[Row]) -> bytes:
    return json.dumps(rows).encode()


WRITE: dict[str, Callable[[list[Row]], bytes]] = {"csv": as_csv, "xlsx": as_xlsx, "json": as_json}


def upload(client: Client, model: type[Model], content: bytes, name: str = "csv") -> Any:
    """The page of differences, or of what is wrong."""
    file = SimpleUploadedFile(f"file.{name}", content)
    data = {"import_file": file, "format": str(FORMATS.index(name)), "resource": "0"}
    response = client.post(page(model, "import"), data, headers={"accept-language": "en"})
    assert response.status_code == 200
    return response


def confirm(client: Client, model: type[Model], shown: Any) -> str:
    """Clicks; returns what the officer is told."""
    form = shown.context["confirm_form"]
    data = {field.html_name: field.value() for field in form}
    headers = {"accept-language": "en"}
    response = client.post(page(model, "process_import"), data, follow=True, headers=headers)
    assert response.status_code == 200
    return " ".join(str(one) for one in response.context["messages"])


def wrong(response: Any) -> dict[int, str]:
    """Row → what is wrong with it; row 0 is the file."""
    assert "confirm_form" not in response.context or not response.context["confirm_form"]
    if form_errors := response.context["form"].errors:
        return {0: form_errors.as_text()}
    result = response.context["result"]
    said = {row.number: str(row.error_dict) for row in result.invalid_rows}
    said |= {row.number: str([str(one.error) for one in row.errors]) for row in result.error_rows}
    return said | ({0: str([str(one.error) for one in result.base_errors])} if result.base_errors else {})


def export(client: Client, model: type[Model], rows: list[Any], name: str) -> bytes:
    data = {"action": f"export_{name}", "_selected_action": [str(row.pk) for row in rows]}
    response = client.post(page(model, "changelist"), data)
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    return response.content


@pytest.fixture
def own(own: AgencyRows) -> AgencyRows:
    """Before anybody has opened its draft."""
    own.service.draft.delete()
    own.service.refresh_from_db()
    return own


@pytest.fixture
def foreign(foreign: AgencyRows) -> AgencyRows:
    """The same."""
    foreign.service.draft.delete()
    foreign.service.refresh_from_db()
    return foreign


def service_row(code: str, agency: str = "own", **fields: Any) -> Row:
    return {"code": code, "agency": agency, "name_th": f"บริการ {code}", **fields}


@pytest.fixture
def rich(own: AgencyRows) -> ServiceDraft:
    """A draft with something in nearly every field."""
    return ServiceDraft.objects.create(
        service=own.service,
        name_th="ขอใบขับขี่",
        name_en="=1+1",
        aliases=["ใบขับขี่", "a; b"],
        channels=["app", "office"],
        documents=[{"name": {"th": "บัตร"}, "required": True, "source": "upload"}],
        fee_baht="250.00",
        opens_at="2026-12-01T00:00:00Z",
        category=Category.objects.create(code="travel", name_th="เดินทาง", name_en="Travel"),
        claim_purposes={"given_name_th": {"th": "พิมพ์"}},
        electronic_allowed=False,
        places_daily=5,
        form=factories.FORM,
        example=factories.ANSWERS,
        lifecycle="approved",
    )


@every_format
def test_services_go_from_one_platform_to_another(name: str, superuser: Client, rich: ServiceDraft) -> None:
    service = rich.service
    content = export(superuser, Service, [service], name)
    before: Row = dict(ServiceDraft.objects.filter(pk=rich.pk).values().get())
    Service.objects.filter(pk=service.pk).update(publication="unpublished", current_version=None)
    Service.objects.filter(pk=service.pk).update(code="as-it-was")

    shown = upload(superuser, Service, content, name)
    assert not Service.objects.filter(code="own-licence").exists(), "nothing is written before the click"
    assert "1 new" in confirm(superuser, Service, shown)

    arrived = Service.objects.get(code="own-licence")
    assert (arrived.publication, arrived.current_version, arrived.agency) == ("unpublished", None, service.agency)
    assert (arrived.draft.lifecycle, arrived.draft.edited_by) == ("draft", Officer.objects.get(username="root"))
    assert arrived.draft.editors == [arrived.draft.edited_by_id], "who imports does not review"
    after: Row = dict(ServiceDraft.objects.filter(pk=arrived.pk).values().get())
    left_out = {"service_id", "lifecycle", "edited_at", "edited_by_id", "editors"}
    assert {key: after[key] for key in after.keys() - left_out} == {key: before[key] for key in after.keys() - left_out}
    assert arrived in search(Service.objects.all(), "ขอใบขับขี่")


@every_format
def test_the_same_file_again_changes_nothing(name: str, superuser: Client, rich: ServiceDraft) -> None:
    content = export(superuser, Service, [rich.service], name)
    before = list(ServiceDraft.objects.values()), AuditEvent.objects.count()

    shown = upload(superuser, Service, content, name)

    assert shown.context["result"].totals["skip"] == 1
    assert "1 unchanged" in confirm(superuser, Service, shown)
    assert (list(ServiceDraft.objects.values()), AuditEvent.objects.count()) == before


def test_a_change_lands_in_the_draft_and_never_in_the_live_copy(superuser: Client, own: AgencyRows) -> None:
    live = Service.objects.filter(pk=own.service.pk).values().get()

    shown = upload(superuser, Service, as_csv([{"code": "own-licence", "purpose_en": "To drive"}]))
    assert "purpose_en" in shown.content.decode()
    assert "To drive" in shown.content.decode()
    confirm(superuser, Service, shown)

    assert Service.objects.filter(pk=own.service.pk).values().get() == live
    draft = ServiceDraft.objects.get(pk=own.service.pk)
    assert (draft.purpose_en, draft.name_th, draft.form) == ("To drive", own.service.name_th, factories.FORM)
    assert AuditEvent.objects.filter(subject="servicedraft").latest("id").by == "root"


def test_a_file_without_a_column_leaves_that_field_alone(superuser: Client, rich: ServiceDraft) -> None:
    shown = upload(superuser, Service, as_csv([{"code": "own-licence", "name_en": "Licence"}]))
    confirm(superuser, Service, shown)

    rich.refresh_from_db()
    assert (rich.name_en, rich.places_daily, rich.lifecycle) == ("Licence", 5, "draft")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"agency": "nobody"}, "no agency with the code"),
        ({"agency": ""}, "no agency with the code"),
        ({"agency": "foreign"}, "not one of this agency"),
        ({"code": ""}, "empty"),
        ({"code": "two words"}, "Latin letters"),
        ({"name_th": ""}, "blank"),
        ({"min_ial": "9.9"}, "1.1, 1.2, 1.3"),
        ({"min_ial": "much"}, "decimal"),
        ({"places_daily": "1e99999"}, "integer"),
        ({"places_daily": "0"}, "greater"),
        ({"electronic_allowed": "perhaps"}, "true or false"),
        ({"documents": "{"}, "not JSON"),
        ({"documents": "{}"}, "JSON list"),
        ({"channels": "app; pigeon"}, "pigeon"),
        ({"opens_at": "tomorrow"}, "YYYY-MM-DD"),
        ({"category": "missing"}, "missing"),
        ({"privacy_url": "javascript:alert(1)"}, "URL"),
        ({"claim_purposes": '{"shoe_size": {}}'}, "shoe_size"),
        ({"form": '{"type": "object"}', "example": "[]"}, "JSON object"),
        ({"form": '{"type": "nonsense"}'}, "form"),
        ({"name_en": "\x00"}, "cannot be stored"),
        ({"steps": '["\\u0000"]'}, "cannot be stored"),
        ({"steps": "[" * 100_000}, "JSON"),
    ],
)
def test_a_bad_row_is_told_and_nothing_is_written(
    fields: Row, said: str, superuser: Client, own: AgencyRows, foreign: AgencyRows
) -> None:
    before = Service.objects.count()
    taken = {"code": "own-licence"} if fields.get("agency") == "foreign" else {}

    good = service_row("good", **dict.fromkeys(fields.keys() - {"agency", "code", "name_th"}, ""))
    bad = {**service_row("bad"), **taken, **fields}

    told = wrong(upload(superuser, Service, as_csv([good, bad])))

    assert list(told) == [2]
    assert said in told[2]
    assert Service.objects.count() == before
    assert not ServiceDraft.objects.exists()


def test_a_row_twice_is_told(superuser: Client, own: AgencyRows) -> None:
    assert "twice" in wrong(upload(superuser, Service, as_csv([service_row("one"), service_row("one")])))[2]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("csv", b"", "empty"),
        ("csv", "code,agency\nหนึ่ง,own".encode("cp874"), "UTF-8"),
        ("csv", b'code,agency\n"x', "CSV"),
        ("csv", b"code,code\n1,2", "twice"),
        ("csv", b"code\n1,2", "more cells"),
        ("csv", b"code,secret\na,b", "no columns called secret"),
        ("csv", b"agency\nown", "column code is missing"),
        ("csv", b"code\n" + b"a\n" * 1_001, "At most 1000 rows"),
        ("csv", b"x" * (6 << 20), "too large"),
        ("csv", b"code\n", "data"),
        ("xlsx", b"PK\x03\x04", "XLSX"),
        ("xlsx", b"", "empty"),
        ("json", b"{}", "list of objects"),
        ("json", b"[1]", "list of objects"),
        ("json", b'[{"code": "a"}, {}]', "same members"),
        ("json", b"[" * 100_000, "not JSON"),
        ("json", b"\xff", "not JSON"),
    ],
)
def test_an_unreadable_file_is_told(name: str, content: bytes, said: str, superuser: Client, own: AgencyRows) -> None:
    assert said in wrong(upload(superuser, Service, content, name))[0]


def test_a_workbook_that_unpacks_to_much_more_is_refused(superuser: Client) -> None:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (60 << 20))
    assert "too large" in wrong(upload(superuser, Service, out.getvalue(), "xlsx"))[0]


def test_a_lone_cell_at_the_far_corner_is_not_read_as_a_billion(superuser: Client, own: AgencyRows) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for column, text in enumerate(service_row("new"), start=1):
        book.active.cell(1, column, text)
    for column, text in enumerate(service_row("new").values(), start=1):
        book.active.cell(2, column, text)
    book.active.cell(1_048_576, 16_384, "far")
    out = BytesIO()
    book.save(out)

    assert "1 new" in confirm(superuser, Service, upload(superuser, Service, out.getvalue(), "xlsx"))


def test_formulas_are_text_in_spreadsheets(superuser: Client, rich: ServiceDraft) -> None:
    rows = list(csv.DictReader(StringIO(export(superuser, Service, [rich.service], "csv").decode("utf-8-sig"))))
    assert rows[0]["name_en"] == "'=1+1"

    sheet: Any = openpyxl.load_workbook(BytesIO(export(superuser, Service, [rich.service], "xlsx"))).active
    assert {cell.data_type for row in sheet.rows for cell in row} <= {"s", "n", "inlineStr"}


def test_what_a_cell_cannot_hold_is_told_and_json_holds_it(superuser: Client, own: AgencyRows) -> None:
    ServiceDraft.objects.create(service=own.service, name_th="ยาว", description_th="ก" * 40_000)
    data = {"action": "export_xlsx", "_selected_action": [str(own.service.pk)]}

    response = superuser.post(page(Service, "changelist"), data, follow=True, headers={"accept-language": "en"})

    assert "too long for a cell" in response.content.decode()
    assert len(json.loads(export(superuser, Service, [own.service], "json"))[0]["description_th"]) == 40_000


def test_the_filtered_list_is_exported_by_its_own_page(superuser: Client, own: AgencyRows, foreign: AgencyRows) -> None:
    assert superuser.get(page(Service, "export")).status_code == 200
    response = superuser.post(f"{page(Service, 'export')}?q=foreign-licence", {"format": "2", "resource": "0"})
    assert [row["code"] for row in json.loads(response.content)] == ["foreign-licence"]


def test_no_file_has_a_secret_or_a_key(superuser: Client, own: AgencyRows) -> None:
    for model, row in ((Agency, own.agency), (Service, own.service)):
        text = export(superuser, model, [row], "json").decode()
        assert str(row.pk) not in text
        assert "secret" not in text
        assert "api_key" not in text


def test_an_agency_moves_its_own_services_only(agency_officer: Client, own: AgencyRows, foreign: AgencyRows) -> None:
    both = [own.service, foreign.service]
    assert [row["code"] for row in json.loads(export(agency_officer, Service, both, "json"))] == ["own-licence"]
    everything = agency_officer.post(page(Service, "export"), {"format": "2", "resource": "0"})
    assert [row["code"] for row in json.loads(everything.content)] == ["own-licence"]

    told = wrong(upload(agency_officer, Service, as_csv([
        service_row("own-licence"),
        service_row("foreign-licence", "foreign"),
        service_row("foreign-licence", "own") | {"name_th": "ของเรา"},
        service_row("new-one", "foreign"),
    ])))  # fmt: skip
    assert sorted(told) == [2, 3, 4]
    assert "foreign" not in told[2] + told[4]
    assert not ServiceDraft.objects.exists()

    shown = upload(agency_officer, Service, as_csv([service_row("our-new")]))
    assert "1 new" in confirm(agency_officer, Service, shown)
    assert Service.objects.get(code="our-new").agency == own.agency


@pytest.mark.parametrize("model", [Agency, Category, LifeEvent, SearchAlias])
def test_what_all_agencies_share_is_imported_by_the_platform_alone(
    model: type[Model], agency_officer: Client, own: AgencyRows
) -> None:
    for name in ("import", "process_import"):
        assert agency_officer.post(page(model, name), {}).status_code == 403


def test_who_may_only_look_imports_nothing(own: AgencyRows) -> None:
    stranger = signed_in(Officer.objects.create(username="nobody", is_staff=True))
    assert stranger.get(page(Service, "import")).status_code == 403
    assert stranger.get(page(Service, "export")).status_code == 403
    assert Client().get(page(Service, "import")).status_code == 302


@every_format
def test_agencies_headings_and_aliases_come_and_go(name: str, superuser: Client) -> None:
    given: dict[type[Model], Row] = {
        Agency: {"code": "dlt", "name_th": "กรมการขนส่งทางบก", "contact_phone": "+6621234567"},
        Category: {"code": "travel", "name_th": "เดินทาง", "name_en": "Travel", "position": 3},
        LifeEvent: {"code": "birth", "name_th": "เกิด", "name_en": "Birth", "position": 1},
        SearchAlias: {"term": "ใบขับขี่", "means": "ใบอนุญาตขับรถ"},
    }
    for model, row in given.items():
        assert "1 new" in confirm(superuser, model, upload(superuser, model, WRITE[name]([row]), name))
        made = model._default_manager.get()
        assert {key: getattr(made, key) for key in row} == row
        again = export(superuser, model, [made], name)
        assert "1 unchanged" in confirm(superuser, model, upload(superuser, model, again, name))


def test_services_are_found_by_the_imported_name_of_their_agency(superuser: Client, own: AgencyRows) -> None:
    row = {"code": "own", "name_th": "สำนักงานจักรยาน", "name_en": "Bicycle Office"}
    confirm(superuser, Agency, upload(superuser, Agency, as_csv([row])))
    assert own.service in search(Service.objects.all(), "จักรยาน")


@pytest.mark.parametrize(
    "change", [{"format": "9"}, {"format": "x"}, {"import_file_name": "other"}, {"import_file_name": ""}]
)
def test_a_forged_click_is_told(change: Row, superuser: Client, own: AgencyRows) -> None:
    shown = upload(superuser, Service, as_csv([service_row("new")]))
    data = {field.html_name: field.value() for field in shown.context["confirm_form"]}
    headers = {"accept-language": "en"}

    response = superuser.post(page(Service, "process_import"), data | change, follow=True, headers=headers)

    assert response.redirect_chain
    assert "Choose the file again" in response.content.decode()
    assert not Service.objects.filter(code="new").exists()


def test_the_file_of_an_officer_is_nobody_elses(superuser: Client, agency_officer: Client, own: AgencyRows) -> None:
    shown = upload(superuser, Service, as_csv([service_row("new")]))
    data = {field.html_name: field.value() for field in shown.context["confirm_form"]}

    agency_officer.post(page(Service, "process_import"), data)

    assert not Service.objects.filter(code="new").exists()


def test_rows_that_changed_meanwhile_are_not_written(superuser: Client, own: AgencyRows) -> None:
    shown = upload(superuser, Service, as_csv([service_row("one"), service_row("two")]))
    factories.make_service(factories.make_agency("third"), "two")

    assert "nothing was written" in confirm(superuser, Service, shown)
    assert not Service.objects.filter(code="one").exists()
