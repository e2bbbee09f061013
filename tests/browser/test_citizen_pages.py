"""Platform staff look at a citizen, reveal the number, and decide about a held digital ID. In both languages."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from citizens.identity.claims import open_national_id
from citizens.models import HeldIdentity
from services_catalog.models import Officer
from superapp.sandbox.identity.codes import ProviderCode
from tests.browser.conftest import SignIn
from tests.citizens.provider_admin.conftest import make_sandbox_row
from tests.factories import make_held

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = {
    "en": {"held": "Mor Prom (sandbox) (held)", "differs": "Given name differs", "decided": "Decided."},
    "th": {"held": "หมอพร้อม (จำลอง) (รอตรวจสอบ)", "differs": "ชื่อ ไม่ตรงกัน", "decided": "บันทึกการตัดสินแล้ว"},
}
Take = Callable[[Page, str], None]


@pytest.fixture
def held() -> HeldIdentity:
    for provider in (ProviderCode.THAID, ProviderCode.MOPROM):
        make_sandbox_row(provider, "https://id.example")
    return make_held()


@pytest.fixture
def head() -> Officer:
    return Officer.objects.create(username="head", is_staff=True, roles=["platform_administrator"])


def act(page: Page, action: str, reason: str) -> None:
    with page.expect_navigation():
        page.click(f"button[value={action}]")
    page.fill("[name=reason]", reason)
    with page.expect_navigation():
        page.click("button[type=submit].primary")


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_number_is_masked_until_it_is_revealed_for_a_reason(
    language: str, held: HeldIdentity, head: Officer, sign_in: SignIn, take: Take, complaints: list[str]
) -> None:
    number = open_national_id(held.citizen)
    page = sign_in(head, language)
    page.goto("/admin/citizens/citizen/")
    assert number not in page.content()
    take(page, "citizens")
    page.goto(page.locator("#result_list tbody a").first.get_attribute("href") or "")
    assert number not in page.content()
    take(page, "citizen")
    act(page, "reveal", "their letter of today")
    assert page.locator(".shown-once code").inner_text() == number
    take(page, "number")
    with page.expect_navigation():
        page.click(".operate footer a")
    assert number not in page.content()
    page.get_by_text("their letter of today").wait_for()
    assert complaints == []


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_held_digital_id_is_compared_and_accepted(
    language: str, held: HeldIdentity, head: Officer, sign_in: SignIn, take: Take, complaints: list[str]
) -> None:
    words = WORDS[language]
    page = sign_in(head, language)
    page.goto("/admin/citizens/heldidentity/")
    take(page, "held")
    page.goto(page.locator("#result_list tbody a").first.get_attribute("href") or "")
    assert page.locator(".actions-done thead th").nth(1).inner_text() == words["held"]
    assert page.locator(".actions-done tbody th", has=page.locator(".badge")).inner_text() == words["differs"]
    take(page, "both-sides")
    act(page, "accept", "they showed their card")
    page.get_by_text(words["decided"]).wait_for()
    assert page.locator(".operations-bar").count() == 0, "it is decided once"
    held.refresh_from_db()
    assert (held.decision, held.decided_by, held.reason) == ("accepted", head, "they showed their card")
    take(page, "decided")
    assert complaints == []
