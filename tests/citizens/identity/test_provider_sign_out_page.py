"""The page that ends the session at DGA Digital ID: over HTTP from the phone to the provider and back."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from citizens.models import Session
from services_catalog.adapters import http
from superapp.sandbox.credentials import CLIENT_ID
from superapp.sandbox.journey.phone import REDIRECT_URI, Phone
from superapp.sandbox.server import serve
from tests.citizens.identity.conftest import use_sandbox
from tests.factories import SECRET
from tests.number_spellings import spellings

PERSON = "1234567890121"


@pytest.fixture
def phone(live_server: LiveServer, settings: Settings, tmp_path: Path) -> Iterator[Phone]:
    """It and its browser keep their cookies together."""
    settings.PUBLIC_URL = live_server.url
    addresses = settings.PHONE_REDIRECT_URIS
    sandbox = serve(platform_url=live_server.url, phone_addresses=addresses, state=tmp_path, secret=SECRET)
    use_sandbox(sandbox, "dga")
    phone = Phone(live_server.url)
    yield phone
    phone.close()
    sandbox.stop()
    http.close_idle_connections()


def people_offered(phone: Phone) -> list[str]:
    """Whom DGA's page has one choose from at the next sign-in."""
    query = {
        "provider": "dga",
        "redirect_uri": REDIRECT_URI,
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
    }
    to_provider = phone._http.get("/api/v1/auth/authorize", params=query).headers["Location"]
    return re.findall(r'name="person" value="(\d{13})"', phone._http.get(to_provider).text)


def test_signing_out_leads_over_the_providers_page_and_ends_its_session(phone: Phone) -> None:
    phone.sign_in(PERSON, provider="dga")
    assert people_offered(phone) == [PERSON], "the provider remembers who is signed in in this browser"

    answer = phone._http.post("/api/v1/auth/sign-out", headers=phone._headers())

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert Session.objects.get().ended_because == "signed_out"
    address = answer.json()["provider_sign_out_url"]
    assert dict(parse_qsl(urlsplit(address).query)) == {
        "client_id": CLIENT_ID,
        "post_logout_redirect_url": REDIRECT_URI,
    }
    assert not [spelling for spelling in spellings(PERSON) if spelling in unquote(address)]
    assert people_offered(phone) == [PERSON], "until the browser has been there"

    question = phone._http.get(address)
    assert question.status_code == 200
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', question.text)
    form = {name: unescape(value) for name, value in hidden}
    agreed = phone._http.post(str(question.url.copy_with(query=None)), data={**form, "decision": "sign_out"})

    assert (agreed.status_code, agreed.headers["Location"]) == (302, REDIRECT_URI)
    assert len(people_offered(phone)) > 1, "the person is asked for again"
