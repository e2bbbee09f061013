"""How people bring a service from nothing to live, in a browser: for the test and for the screenshots."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

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


def register(hands: Hands, code: str, submit_url: str, take: Take) -> None:
    """To the point where it is submitted; `take` gets a picture of each page."""
    hands.to("a[href='/admin/services_catalog/servicedraft/']")
    hands.to("a[href*='servicedraft/add']")
    hands.fill("code", code)
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
    hands.click("[data-tab=json]")
    hands.fill("form", json.dumps(FORM, ensure_ascii=False, indent=2))
    hands.fill("example", json.dumps({"plate": "กก 1"}, ensure_ascii=False))
    take(hands.page, "form")
    hands.tab("delivery")
    hands.choose("adapter", "rest_json")
    hands.fill("adapter_options-rest_json-submit_url", submit_url)
    take(hands.page, "delivery")
    hands.to("button[name=_submit]")


def review(page: Page, take: Take, name: str, *expected: str) -> None:
    """Opens what was submitted, waits for the differences that are expected, and approves."""
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


def change_form(hands: Hands, service_id: Any) -> None:
    hands.page.goto(f"/admin/services_catalog/servicedraft/{service_id}/change/")
    hands.tab("form")
    hands.click("[data-tab=json]")
    hands.fill("form", json.dumps(CHANGED_FORM))
    hands.to("button[name=_submit]")


def publish(page: Page, service_id: Any) -> None:
    page.goto(f"/admin/services_catalog/servicedraft/{service_id}/change/")
    with page.expect_navigation():
        page.click("button[name=_publish]")
