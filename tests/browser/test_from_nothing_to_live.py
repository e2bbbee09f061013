"""From nothing to live, walked as three people: an editor, a reviewer, a citizen. In both languages."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page
from rest_framework.test import APIClient

from citizens.service_requests.routing.drain import drain_lane
from services_catalog.models import Agency, Service
from tests.browser.conftest import SignIn
from tests.citizens.service_requests.submitting import submission, submit
from tests.counterparts import RECEIPT, Counterpart, http_server
from tests.services_catalog.drafting import make_editor, make_reviewer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CODE = "dlt-plate-reservation"
FORM = {
    "type": "object",
    "properties": {"plate": {"type": "string", "x-label": {"th": "ทะเบียน", "en": "Plate"}}},
    "required": ["plate"],
}
CHANGED_FORM = {**FORM, "properties": {**FORM["properties"], "province": {"type": "string"}}}  # type: ignore[dict-item]
TABS = {
    "en": {"manual": "Manual", "who": "Who and when", "form": "Form", "delivery": "Delivery"},
    "th": {"manual": "คู่มือ", "who": "ผู้ใช้และเวลา", "form": "แบบฟอร์ม", "delivery": "การส่งคำขอ"},
}
Take = Callable[[Page, str], None]


@dataclass
class Hands:
    """Somebody at a page, whose every click and every field is counted."""

    page: Page
    language: str
    done: int = 0

    def click(self, what: str) -> None:
        self.done += 1
        self.page.click(what)

    def fill(self, name: str, text: str) -> None:
        self.done += 1
        self.page.fill(f"[name='{name}']", text)

    def choose(self, name: str, value: str) -> None:
        self.done += 1
        self.page.select_option(f"[name='{name}']", value)

    def tab(self, name: str) -> None:
        self.done += 1
        self.page.locator("nav a", has_text=re.compile(rf"^\s*{TABS[self.language][name]}\s*$")).click()

    def to(self, what: str) -> None:
        """A click that leads to another page."""
        with self.page.expect_navigation():
            self.click(what)


@pytest.fixture
def their_system() -> Iterator[Counterpart]:
    with http_server(RECEIPT) as counterpart:
        yield counterpart


def register(hands: Hands, submit_url: str, take: Take) -> None:
    hands.to("a[href='/admin/services_catalog/servicedraft/']")
    hands.to("a[href*='servicedraft/add']")
    hands.fill("code", CODE)
    hands.fill("name_th", "จองเลขทะเบียนรถ")
    hands.fill("name_en", "Reserve a number plate")
    take(hands.page, "register")
    hands.to("button[name=_save]")
    hands.fill("description_th", "จองเลขทะเบียนสำหรับรถใหม่")
    hands.fill("description_en", "Reserve a number for a new car.")
    take(hands.page, "draft")
    hands.tab("manual")
    hands.fill("decision_days", "3")
    hands.fill("documents-0-name_th", "สำเนาใบคู่มือจดทะเบียนรถ")
    hands.fill("documents-0-name_en", "Copy of the registration book")
    take(hands.page, "manual")
    hands.tab("who")
    hands.fill("privacy_url", "https://www.dlt.go.th/privacy")
    take(hands.page, "who")
    hands.tab("form")
    hands.fill("form", json.dumps(FORM))
    hands.fill("example", json.dumps({"plate": "กก 1"}))
    take(hands.page, "form")
    hands.tab("delivery")
    hands.choose("adapter", "rest_json")
    hands.fill("adapter_options-rest_json-submit_url", submit_url)
    take(hands.page, "delivery")
    hands.to("button[name=_submit]")


def review(page: Page, take: Take, name: str, *expected: str) -> None:
    page.goto("/admin/services_catalog/servicedraft/?lifecycle__exact=submitted")
    with page.expect_navigation():
        page.click("#result_list tbody a")
    with page.expect_navigation():
        page.click("a[href$='/review/']")
    for text in expected:
        page.locator(".differences ins", has_text=text).first.wait_for()
    take(page, name)
    with page.expect_navigation():
        page.click("button[value=approve]")


def change_form(hands: Hands, service: Service) -> None:
    hands.page.goto(f"/admin/services_catalog/servicedraft/{service.pk}/change/")
    hands.tab("form")
    hands.fill("form", json.dumps(CHANGED_FORM))
    hands.to("button[name=_save]")  # what was approved is a draft again
    hands.to("button[name=_submit]")


def publish(page: Page, service_id: Any) -> None:
    page.goto(f"/admin/services_catalog/servicedraft/{service_id}/change/")
    with page.expect_navigation():
        page.click("button[name=_publish]")


@pytest.mark.parametrize("language", ["en", "th"])
def test_from_nothing_to_live(
    language: str,
    agency: Agency,
    api: APIClient,
    anonymous: APIClient,
    their_system: Counterpart,
    sign_in: SignIn,
    take: Take,
    complaints: list[str],
) -> None:
    editor = Hands(sign_in(make_editor(agency), language), language)
    reviewer = sign_in(make_reviewer(), language)

    register(editor, their_system.url, take)
    assert editor.done < 25
    take(editor.page, "submitted")
    service = Service.objects.get(code=CODE)
    assert service.draft.lifecycle == "submitted"
    assert anonymous.get(f"/api/v1/services/{CODE}").status_code == 404

    review(reviewer, take, "review", "Reserve a number for a new car.", "plate: ทะเบียน / Plate")
    publish(editor.page, service.pk)
    take(editor.page, "published")
    assert anonymous.get(f"/api/v1/services/{CODE}").json()["version"] == 1

    assert submit(api, submission({"plate": "กก 1"}, service=CODE)).status_code == 202
    drain_lane(service.pk)
    assert their_system.submissions == 1
    running = submit(api, submission({"plate": "กก 2"}, service=CODE), key="key-2")

    change_form(editor, service)
    review(reviewer, take, "review-of-a-change", "province")
    publish(editor.page, service.pk)
    assert anonymous.get(f"/api/v1/services/{CODE}").json()["version"] == 2
    assert api.get(running["Location"]).json()["version"] == 1
    drain_lane(service.pk)
    posted = [json.loads(request.body) for request in their_system.arrived if request.method == "POST"]
    assert [(one["version"], one["data"]["plate"]) for one in posted] == [(1, "กก 1"), (1, "กก 2")]
    editor.page.goto(f"/admin/services_catalog/service/{service.pk}/change/")
    take(editor.page, "live")
    editor.page.goto(f"/admin/services_catalog/serviceversion/{service.versions.get(number=2).pk}/difference/")
    take(editor.page, "difference")
    assert complaints == []
