"""Platform staff change a digital ID, try it, and read in the history what they did. In both languages."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page
from pytest_django import Settings

from citizens.identity.revocation import provider_switched_on
from citizens.models import IdentityProvider
from services_catalog.models import Officer
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.server import Sandbox
from tests.browser.conftest import SignIn
from tests.citizens.identity.conftest import PUBLIC_URL, sandbox  # noqa: F401  (a fixture)
from tests.citizens.provider_admin.conftest import make_sandbox_row

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = "/admin/citizens/identityprovider/"
WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "selected": "5 of 5 selected",
        "knows us": "thaid: It is there and knows us.",
        "wrong key address": "thaid: It answers with the HTTP status 404. Check the addresses.",
        "wrong": "Enter a valid URL.",
        "history": ["On Yes → No", "Highest IAL 2.3 → 2.1", "Order 10 → 45"],
        "option": "Options: jwks_url",
    },
    "th": {
        "selected": "เลือกไว้ 5 จาก 5",
        "knows us": "thaid: ติดต่อได้และรู้จักเรา",
        "wrong key address": "thaid: ตอบด้วยสถานะ HTTP 404 ตรวจสอบที่อยู่",
        "wrong": "กรอก URL ให้ถูกต้อง",
        "history": ["เปิด ใช่ → ไม่", "IAL สูงสุด 2.3 → 2.1", "ลำดับ 10 → 45"],
        "option": "ตัวเลือก: jwks_url",
    },
}
Take = Callable[[Page, str], None]


@pytest.fixture
def thaid(sandbox: Sandbox, settings: Settings) -> Iterator[IdentityProvider]:  # noqa: F811
    settings.PUBLIC_URL = PUBLIC_URL
    for provider in ProviderCode:
        make_sandbox_row(provider, sandbox.urls[provider])
    yield IdentityProvider.objects.get(code="thaid")
    provider_switched_on("thaid")  # the cache outlives the rows


def save(page: Page) -> None:
    with page.expect_navigation():
        page.click("button[name=_continue]")


def try_it(page: Page) -> None:
    with page.expect_navigation():
        page.click("button[value=try_it]")


def asked_before_trying(page: Page) -> list[str]:
    """What kinds of questions the browser asks; the answer is to stay."""
    kinds: list[str] = []

    def stay(dialog: Dialog) -> None:
        kinds.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.click("button[value=try_it]")
    return kinds


def text_of(page: Page) -> str:
    return re.sub(r"\s+", " ", page.locator("#content, main").first.inner_text())


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_digital_id_is_changed_tried_and_its_history_read(
    language: str, thaid: IdentityProvider, sign_in: SignIn, take: Take, complaints: list[str]
) -> None:
    words = WORDS[language]
    head = Officer.objects.create(username="head", is_staff=True, roles=["platform_administrator"])
    page = sign_in(head, language)
    page.goto(LIST)
    take(page, "providers")
    page.check("#action-toggle")
    page.get_by_text(words["selected"]).wait_for()
    page.goto(f"{LIST}thaid/change/")
    try_it(page)
    page.get_by_text(words["knows us"]).wait_for()
    take(page, "tried")

    page.select_option("[name=max_ial]", "2.1")
    assert asked_before_trying(page) == ["beforeunload"], "what was not saved would be lost"
    page.fill("[name=position]", "45")
    page.uncheck("[name=is_on]")
    save(page)
    thaid.refresh_from_db()
    assert (thaid.is_on, str(thaid.max_ial), thaid.position) == (False, "2.1", 45)

    page.fill("[name=options-jwks_url]", "no address")
    save(page)
    assert page.locator("#id_options-jwks_url-wrong").inner_text() == words["wrong"]
    take(page, "refused")
    page.fill("[name=options-jwks_url]", f"{thaid.options['issuer']}/nowhere")
    save(page)
    try_it(page)
    page.get_by_text(words["wrong key address"]).wait_for()

    page.goto(f"{LIST}thaid/history/")
    take(page, "history")
    told = text_of(page)
    for line in [*words["history"], words["option"]]:
        assert line in told
    assert "head" in told
    page.goto(LIST)
    codes = page.locator("#result_list tbody .field-code").all_inner_texts()
    assert codes == ["moprom", "paotang", "ndid", "thaid", "dga"]
    assert complaints == []


@pytest.mark.parametrize("language", ["th", "en"])
def test_an_operator_reads_each_digital_id(
    language: str, thaid: IdentityProvider, sign_in: SignIn, take: Take, complaints: list[str]
) -> None:
    page = sign_in(Officer.objects.create(username="watch", is_staff=True, roles=["operator"]), language)
    for code in ProviderCode:
        page.goto(f"{LIST}{code}/change/")
        assert page.locator("#identityprovider_form :is(input, select, textarea):not([type=hidden])").count() == 0
        assert "{" not in page.locator(".content-table").inner_text()
        take(page, code)
    assert complaints == []
