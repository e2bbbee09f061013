"""A Chromium of the system, signed in to the admin."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from services_catalog.models import Officer

_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PASSWORD = "a password of the browser tests"

SignIn = Callable[[Officer, str], Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium here: make test-browser installs it")
    # Playwright's loop runs in this thread, and Django's tests use the database beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
        yield running
        running.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def complaints() -> list[str]:
    """What a page's console and the server's answers complained of."""
    return []


@pytest.fixture
def sign_in(browser: Browser, live_server: LiveServer, complaints: list[str]) -> Iterator[SignIn]:
    """sign_in(officer, "th") opens a window, signs in through the form and returns the page."""
    contexts = []

    def open_window(officer: Officer, language: str) -> Page:
        officer.set_password(PASSWORD)
        officer.save()
        context = browser.new_context(
            base_url=live_server.url, locale=language, viewport={"width": 1440, "height": 900}
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: _note(complaints, message.type == "error", f"{page.url}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("response", lambda answer: _note(complaints, answer.status >= 400, f"{answer.status} {answer.url}"))
        page.goto("/admin/")
        page.fill("[name=username]", officer.username)
        page.fill("[name=password]", PASSWORD)
        page.click("[type=submit]")
        page.wait_for_url("**/admin/")
        return page

    yield open_window
    for context in contexts:
        context.close()


def _note(complaints: list[str], is_bad: bool, what: str) -> None:
    if is_bad:
        complaints.append(what)


@pytest.fixture
def take(tmp_path: Path) -> Callable[[Page, str], None]:
    """take(page, "services") keeps a picture in the test's folder."""

    def screenshot(page: Page, name: str) -> None:
        path = tmp_path / f"{name}.png"
        page.screenshot(path=path)
        assert path.stat().st_size > 5_000

    return screenshot
