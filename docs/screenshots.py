"""Makes the admin's screenshots in docs/images anew: .venv/bin/python docs/screenshots.py

Runs a whole system on a state directory of its own, sends some requests, and looks at the pages with Chromium as an
operator and as an officer of an agency, who brings a new service from nothing to live with a reviewer. Takes about a
minute; needs a Chromium and a font with Thai letters (fonts-noto-core).
"""

import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
WINDOW = {"width": 1440, "height": 900}
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
ADMIN = "/admin"


def main() -> None:
    """Start, fill, look, stop."""
    sys.path.insert(0, str(ROOT))
    import django

    from superapp.embedded.environment import set_local_defaults
    from superapp.embedded.servers import running_servers

    os.environ["SUPERAPP_STATE"] = tempfile.mkdtemp(prefix="superapp-screenshots-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "superapp.settings.local"
    os.environ.setdefault("FLOWER_URL", "http://127.0.0.1:5555")
    # The demo catalogue fills 300 places; one more service is registered.
    os.environ["PUBLISHED_SERVICES_CAP"] = "310"
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("No chromium here. Run: sudo apt-get install -y chromium fonts-noto-core")
    set_local_defaults()
    try:
        with running_servers():
            django.setup()
            look(chromium)
    finally:
        shutil.rmtree(os.environ["SUPERAPP_STATE"], ignore_errors=True)


def look(chromium: str) -> None:
    from services_catalog.models import Lane
    from superapp.sandbox.journey.officers import sandbox_officers
    from superapp.sandbox.journey.system import DEMO, free_ports, load_catalogue, running_system

    ports = free_ports()
    services = load_catalogue(DEMO, ports)
    operator, reviewer, officer = sandbox_officers()
    with running_system(ports, workers=1):
        agency = officer.username.removeprefix("officer-")
        own = [one.code for one in services if one.agency.code == agency]
        others = [one.code for one in services[:40]]
        Lane.objects.filter(service__code__in=others[3:5]).update(paused=True)
        send_requests(ports.web_url, [*others, *own * 8])
        time.sleep(8)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
            as_operator(sign_in(browser, ports.web_url, operator.username, operator.password, "en-GB"))
            as_officer(sign_in(browser, ports.web_url, officer.username, officer.password, "th-TH"))
            from_nothing_to_live(
                sign_in(browser, ports.web_url, officer.username, officer.password, "en-GB"),
                sign_in(browser, ports.web_url, reviewer.username, reviewer.password, "en-GB"),
                f"{agency}-plate-reservation",
                next(one for one in services if one.agency.code == agency).adapter_options["submit_url"],
            )
            browser.close()


def send_requests(platform_url: str, codes: Sequence[str]) -> None:
    from superapp.sandbox.journey import demo

    phones = demo.sign_in_citizens(platform_url)
    for position, code in enumerate(codes):
        phone = phones[position % len(phones)]
        service = phone.get(f"/api/v1/services/{code}")
        phone.submit(code, service["version"], service["example"], secrets.token_hex(16))


def sign_in(browser: Browser, platform_url: str, username: str, password: str, language: str) -> Page:
    page = browser.new_context(viewport=WINDOW, locale=language, base_url=platform_url).new_page()  # type: ignore[arg-type]
    page.goto(f"{ADMIN}/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.click("[type=submit]")
    page.wait_for_url(f"**{ADMIN}/")
    return page


def as_operator(page: Page) -> None:
    save(page, f"{ADMIN}/services_catalog/service/", "admin-services")
    save(page, f"{ADMIN}/operations/", "admin-operations")
    save(page, f"{ADMIN}/services_catalog/lane/?o=2", "admin-lanes")
    save(page, f"{ADMIN}/service_requests/servicerequest/", "admin-requests")


def as_officer(page: Page) -> None:
    page.goto(f"{ADMIN}/services_catalog/service/")
    open_first(page)
    save(page, page.url, "admin-service")
    page.goto(f"{ADMIN}/service_requests/servicerequest/")
    open_first(page)
    save(page, page.url, "admin-request")


def from_nothing_to_live(editor: Page, reviewer: Page, code: str, submit_url: str) -> None:
    """The pictures of docs/agencies.md."""
    from tests.browser.walk import Hands, publish, register, review

    register(Hands(editor, "en"), code, submit_url, picture)
    picture(editor, "submitted")
    service_id = editor.url.split("/")[-3]
    review(reviewer, picture, "review")
    publish(editor, service_id)
    picture(editor, "published")
    editor.goto(f"{ADMIN}/services_catalog/service/{service_id}/change/")
    picture(editor, "live")


def open_first(page: Page) -> None:
    address = page.locator("#result_list tbody a").first.get_attribute("href")
    page.goto(address or "")


def save(page: Page, address: str, name: str) -> None:
    page.goto(address)
    _screenshot(page, name)


def picture(page: Page, name: str) -> None:
    _screenshot(page, f"admin-new-{name}")


def _screenshot(page: Page, name: str) -> None:
    page.wait_for_timeout(400)  # fonts and switches settle
    IMAGES.mkdir(exist_ok=True)
    page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
