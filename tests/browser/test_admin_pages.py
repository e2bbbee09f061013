"""Every page of the admin as people see it, in both languages: nothing in the console complains."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from pytest_django import Settings

from citizens.service_requests.models import ServiceRequest
from services_catalog.models import Agency, Officer, Service
from services_catalog.models.officers import AGENCY_ROLES
from tests import factories
from tests.browser.conftest import PASSWORD, SignIn
from tests.superapp.officer_sign_in.conftest import app_code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OF_AGENCIES = [
    "service_requests/servicerequest",
    "services_catalog/lane",
    "services_catalog/outage",
    "services_catalog/operatoraction",
    "services_catalog/service",
    "services_catalog/servicedraft",
    "services_catalog/serviceversion",
    "services_catalog/agency",
    "services_catalog/officer",
]
OF_THE_PLATFORM = [
    *OF_AGENCIES,
    "services_catalog/searchalias",
    "services_catalog/category",
    "services_catalog/lifeevent",
    "citizens/citizen",
    "citizens/heldidentity",
    "citizens/identityprovider",
]
Take = Callable[[Page, str], None]


def look_at_all(page: Page, sections: list[str], take: Take) -> None:
    for section in sections:
        page.goto(f"/admin/{section}/")
        name = section.replace("/", "-")
        take(page, name)
        rows = page.locator("#result_list tbody a")
        if rows.count():
            page.goto(rows.first.get_attribute("href") or "")
            take(page, f"{name}-one")


@pytest.mark.parametrize("language", ["th", "en"])
def test_an_officer_of_an_agency_sees_every_page(
    language: str, service: Service, agency: Agency, sign_in: SignIn, take: Take, complaints: list[str]
) -> None:
    other = factories.make_service(factories.make_agency("other"), "other-licence")
    factories.make_request(factories.make_citizen(), service)
    page = sign_in(
        Officer.objects.create(username="officer", is_staff=True, agency=agency, roles=AGENCY_ROLES), language
    )
    look_at_all(page, OF_AGENCIES, take)
    page.goto("/admin/services_catalog/service/")
    assert page.get_by_text(service.code).count() == 1
    assert page.get_by_text(other.code).count() == 0
    page.goto("/admin/operations/?all=1")
    assert page.locator("#operations tbody tr").count() == 1
    assert complaints == []


@pytest.mark.parametrize("language", ["th", "en"])
def test_central_staff_see_every_page(
    language: str, service: Service, sign_in: SignIn, take: Take, complaints: list[str]
) -> None:
    factories.make_request(factories.make_citizen(), service)
    factories.make_held()
    factories.make_provider("https://id.example")
    page = sign_in(Officer.objects.create(username="root", is_staff=True, is_superuser=True), language)
    look_at_all(page, OF_THE_PLATFORM, take)
    page.goto("/admin/operations/")
    assert page.get_by_text(service.name_en if language == "en" else service.name_th).count() == 1
    take(page, "operations")
    assert complaints == []


def test_the_operators_page_renews_itself(service: Service, sign_in: SignIn) -> None:
    page = sign_in(Officer.objects.create(username="root", is_staff=True, is_superuser=True), "en")
    page.goto("/admin/operations/")
    factories.make_request(factories.make_citizen(), service)
    page.get_by_text(service.name_en).wait_for(timeout=12_000)


@pytest.mark.parametrize("language", ["th", "en"])
def test_an_operator_pauses_a_lane_from_the_operators_page(
    language: str, service: Service, sign_in: SignIn, take: Take, complaints: list[str]
) -> None:
    page = sign_in(Officer.objects.create(username="operator", is_staff=True, roles=["operator"]), language)
    page.goto("/admin/operations/?all=1")
    page.check("#operations tbody [type=checkbox]")
    page.wait_for_timeout(6_000)  # the figures are renewed, the tick stays
    with page.expect_navigation():
        page.click("button[value=pause]")
    take(page, "pause")
    page.fill("[name=reason]", "their cables are cut")
    page.click("button[type=submit].primary")
    page.wait_for_url("**/admin/operations/?all=1")
    service.lane.refresh_from_db()
    assert service.lane.paused
    page.goto(f"/admin/services_catalog/lane/{service.pk}/change/")
    page.get_by_text("their cables are cut").wait_for()
    take(page, "lane")
    assert complaints == []


@pytest.mark.parametrize("language", ["th", "en"])
def test_an_officer_requeues_what_was_given_up(
    language: str, service: Service, agency: Agency, sign_in: SignIn, take: Take, complaints: list[str]
) -> None:
    request = factories.make_request(factories.make_citizen(), service)
    ServiceRequest.objects.filter(pk=request.pk).update(status="undeliverable", next_attempt_at=None)
    page = sign_in(
        Officer.objects.create(username="officer", is_staff=True, agency=agency, roles=AGENCY_ROLES), language
    )
    page.goto(f"/admin/service_requests/servicerequest/{request.pk}/change/")
    with page.expect_navigation():
        page.click("button[value=requeue]")
    take(page, "requeue")
    page.fill("[name=reason]", "they are back")
    page.click("button[type=submit].primary")
    page.get_by_text("they are back").wait_for()
    request.refresh_from_db()
    assert request.status == "received"
    take(page, "requeued")
    assert complaints == []


def test_people_change_the_language(service: Service, sign_in: SignIn) -> None:
    page = sign_in(Officer.objects.create(username="root", is_staff=True, is_superuser=True), "th")
    page.locator("#nav-sidebar").get_by_text("root").first.click()
    page.get_by_role("button", name="English").click()
    page.wait_for_load_state()
    assert page.locator("html").get_attribute("lang") == "en"


def test_an_officer_mends_a_name_and_its_documents(
    service: Service, agency: Agency, sign_in: SignIn, complaints: list[str]
) -> None:
    editor = Officer.objects.create(username="officer", is_staff=True, agency=agency, roles=["editor"])
    page = sign_in(editor, "th")
    page.goto(f"/admin/services_catalog/service/{service.pk}/change/")
    with page.expect_navigation():
        page.click("[name=_open]")
    page.fill("[name=name_en]", "A better name")
    page.locator("nav a", has_text="คู่มือ").click()
    page.fill("[name=documents-0-name_th]", "สำเนาทะเบียนบ้าน")
    page.check("[name=documents-0-required]")
    page.click("[data-rows=documents] [data-add-row]")
    page.fill("[name=documents-1-name_th]", "รูปถ่าย")
    with page.expect_navigation():
        page.click("[name=_save]")
    draft = service.draft
    assert draft.name_en == "A better name"
    assert [one["name"]["th"] for one in draft.documents] == ["สำเนาทะเบียนบ้าน", "รูปถ่าย"]
    assert [one["required"] for one in draft.documents] == [True, False]
    assert complaints == []


@pytest.mark.parametrize("language", ["th", "en"])
def test_an_officer_sets_up_the_second_factor(
    language: str, sign_in: SignIn, settings: Settings, take: Take, complaints: list[str]
) -> None:
    officer = Officer.objects.create(username="root", is_staff=True, is_superuser=True)
    page = sign_in(officer, language)
    settings.OFFICER_SECOND_FACTOR_REQUIRED = True
    page.goto("/admin/services_catalog/agency/")
    take(page, "second-factor-enrol")
    page.fill("[name=code]", app_code(officer))
    page.click("button.primary")
    page.locator(".codes").wait_for()
    take(page, "second-factor-recovery-codes")
    page.click("a.primary")
    page.locator("#nav-sidebar").wait_for()
    page.context.clear_cookies()
    page.goto("/admin/")
    page.fill("[name=username]", "root")
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    page.fill("[name=code]", "000000")
    page.click("button.primary")
    page.get_by_role("alert").wait_for()
    take(page, "second-factor")
    assert complaints == []


@pytest.mark.parametrize("language", ["th", "en"])
def test_an_agencys_administrator_makes_a_key(
    language: str, service: Service, agency: Agency, sign_in: SignIn, take: Take, complaints: list[str]
) -> None:
    page = sign_in(
        Officer.objects.create(username="officer", is_staff=True, agency=agency, roles=AGENCY_ROLES), language
    )
    page.goto(f"/admin/services_catalog/agency/{agency.pk}/change/")
    take(page, "agency")
    with page.expect_navigation():
        page.click(".operations-bar a")
    with page.expect_navigation():
        page.click("[name=new_api_key]")
    page.locator(".shown-once code").wait_for()
    take(page, "keys")
    page.goto("/admin/services_catalog/officer/add/")
    take(page, "officer-add")
    assert complaints == []
