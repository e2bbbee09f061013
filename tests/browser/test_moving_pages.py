"""Files and the audit trail as people see them: the difference before the click, the progress after it, the history."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from services_catalog.models import Agency, Officer, Service
from services_catalog.tasks import continue_imports
from tests.browser.conftest import SignIn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Take = Callable[[Page, str], None]


@pytest.fixture
def administrator() -> Officer:
    return Officer.objects.create(username="root", is_staff=True, is_superuser=True)


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_file_shows_its_difference_and_the_history_says_who_imported_it(
    language: str,
    administrator: Officer,
    service: Service,
    sign_in: SignIn,
    take: Take,
    complaints: list[str],
    tmp_path: Path,
) -> None:
    page = sign_in(administrator, language)
    page.goto("/admin/services_catalog/service/")
    take(page, "list")
    file = tmp_path / "services.json"
    new = {"code": "new-service", "agency": service.agency.code, "name_th": "บริการใหม่", "purpose_en": ""}
    changed = {"code": service.code, "agency": service.agency.code, "name_th": "ชื่อใหม่", "purpose_en": "To drive"}
    file.write_text(json.dumps([new, changed, {**new, "code": "other", "agency": "nobody"}]))
    page.goto("/admin/services_catalog/service/import/")
    take(page, "upload")
    send(page, file)
    page.get_by_text("nobody").wait_for()
    take(page, "wrong")

    file.write_text(json.dumps([new, changed]))
    send(page, file)
    page.get_by_text("To drive").wait_for()
    take(page, "difference")
    page.click(".import-confirm button")
    page.wait_for_url("**/service/")
    take(page, "imported")

    page.goto(f"/admin/services_catalog/service/{service.pk}/history/")
    page.get_by_text("To drive").wait_for()
    assert page.get_by_text("root").count() >= 1
    take(page, "history")
    page.goto("/admin/services_catalog/auditevent/")
    take(page, "audit")
    page.locator("#result_list tbody a").first.click()
    take(page, "audit-one")
    page.goto("/admin/services_catalog/service/export/")
    take(page, "export")
    assert complaints == []


def test_the_national_list_shows_its_progress(
    administrator: Officer, sign_in: SignIn, take: Take, complaints: list[str], tmp_path: Path
) -> None:
    headings = "service_id,ministry_th,agency_id,agency_th,service_name_th,status_id"
    rows = [f"SVC{number},กระทรวง,AGY{number % 9},กรม,บริการ {number},STA01" for number in range(300)]
    file = tmp_path / "services.csv"
    file.write_text("\n".join([headings, *rows, ",,,,,"]), encoding="utf-8")
    page = sign_in(administrator, "en")
    page.goto("/admin/services_catalog/importjob/add/")
    take(page, "upload")
    page.set_input_files("[name=file]", file)
    page.click("[name=_save]")
    page.get_by_text("Waiting").wait_for()
    take(page, "waiting")

    continue_imports()

    page.get_by_text("which, and why").wait_for(timeout=10_000)
    take(page, "done")
    assert page.locator("[data-name=created]").inner_text() == "300"
    assert Agency.objects.count() == 9
    assert complaints == []


def send(page: Page, file: Path) -> None:
    page.set_input_files("[name=import_file]", file)
    page.select_option("[name=format]", label="json")
    page.locator("form[enctype] [type=submit]").click()
