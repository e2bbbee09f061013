import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.http import HttpResponse
from pytest_django import Settings
from rest_framework.test import APIClient

from citizens.identity.providers.secret import secret_seal
from citizens.identity.tokens import access_token_issue
from citizens.models import Citizen, IdentityProvider, Session
from services_catalog.adapters import http
from superapp.sandbox.client import Reply, exchange
from superapp.sandbox.credentials import client_secret
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.journey.providers import provider_row
from superapp.sandbox.server import Sandbox, serve
from tests.citizens.identity.fake_provider import FakeProvider
from tests.conftest import phone_with
from tests.factories import SECRET, make_provider, make_session

PUBLIC_URL = "http://127.0.0.1:8000"
PHONE = "https://app.superapp.example/signed-in"
COOKIE = "__Host-sign-in"


def use_sandbox(sandbox: Sandbox, code: str) -> str:
    """The platform knows that provider of the sandbox; returns where it is."""
    secret = secret_seal(code, client_secret(code, secret=SECRET))
    fields = {**provider_row(ProviderCode(code), sandbox.urls[code]), "secret_encrypted": secret}
    IdentityProvider.objects.update_or_create(code=code, defaults=fields)
    return sandbox.urls[code]


@pytest.fixture
def session(citizen: Citizen) -> Session:
    return make_session(citizen)


@pytest.fixture
def phone(session: Session) -> APIClient:
    return phone_with(access_token_issue(session))


class Browser:
    """A phone and its system browser, one step of a sign-in at a time."""

    def __init__(self) -> None:
        self.client = APIClient()
        self.verifier = secrets.token_urlsafe(48)
        self.state = secrets.token_urlsafe(16)

    def begin(self, **changes: str) -> Any:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        asked = {
            "provider": "thaid",
            "redirect_uri": PHONE,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            "state": self.state,
        }
        return self.client.get("/api/v1/auth/authorize", {**asked, **changes})

    def consent(self, to_provider: str, person: str, decision: str = "allow") -> str:
        """Where the provider sends the browser once the person has decided."""
        page = exchange("GET", to_provider)
        assert page.status == 200, page.body
        sealed = re.search(r'name="request"\s+value="([^"]+)"', page.body.decode())
        assert sealed
        form = urlencode({"request": sealed[1], "person": person, "decision": decision}).encode()
        address = f"http://{urlsplit(to_provider).netloc}/consent"
        answer: Reply = exchange(
            "POST", address, headers={"Content-Type": "application/x-www-form-urlencoded"}, body=form
        )
        assert answer.status == 302
        return str(answer.headers["Location"])

    def come_back(self, callback: str) -> Any:
        return self.client.get(callback.removeprefix(PUBLIC_URL))

    def sign_in(self, person: str = "1234567890121", decision: str = "allow", **changes: str) -> dict[str, str]:
        """What the phone is opened with in the end."""
        back = self.consent(self.begin(**changes)["Location"], person, decision)
        return landing(self.come_back(back))

    def exchange(self, **changes: str) -> Any:
        asked = {"grant_type": "authorization_code", "code_verifier": self.verifier, "redirect_uri": PHONE}
        return self.client.post("/api/v1/auth/token", {**asked, **changes})

    def tokens(self, person: str = "1234567890121", **changes: str) -> dict[str, Any]:
        answer = self.exchange(code=self.sign_in(person)["code"], **changes)
        assert answer.status_code == 200
        return dict(answer.json())

    def refresh(self, refresh_token: str) -> Any:
        return self.client.post("/api/v1/auth/token", {"grant_type": "refresh_token", "refresh_token": refresh_token})


def landing(response: HttpResponse) -> dict[str, str]:
    """The query a redirect to the phone carries."""
    assert response.status_code == 302, response.content
    assert response["Location"].startswith(PHONE)
    return dict(parse_qsl(urlsplit(response["Location"]).query))


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    state: Path = tmp_path_factory.mktemp("sandbox")
    running = serve(platform_url=PUBLIC_URL, state=state, secret=SECRET)
    yield running
    running.stop()
    http.close_idle_connections()  # what it keeps open leads nowhere now


@pytest.fixture
def empty_cache(settings: Settings) -> Callable[[], None]:
    """empty_cache() is a cache that was started anew, and nobody else's."""

    def start() -> None:
        one = {**settings.CACHES["default"], "KEY_PREFIX": secrets.token_hex(8)}
        settings.CACHES = {"default": one}

    return start


@pytest.fixture
def use_provider(db: None, settings: Settings) -> Callable[[str], IdentityProvider]:
    """use_provider(url) makes what listens there our ThaID."""

    def use(url: str) -> IdentityProvider:
        settings.PUBLIC_URL = PUBLIC_URL
        return make_provider(url)

    return use


@pytest.fixture
def browser(sandbox: Sandbox, use_provider: Callable[[str], IdentityProvider]) -> Browser:
    use_provider(sandbox.urls["thaid"])
    return Browser()


@pytest.fixture
def provider(use_provider: Callable[[str], IdentityProvider]) -> Iterator[FakeProvider]:
    fake = FakeProvider()
    use_provider(fake.url)
    yield fake
    fake.listener.stop()
    http.close_idle_connections()


@pytest.fixture
def other(provider: FakeProvider) -> Iterator[FakeProvider]:
    """A second provider beside ThaID."""
    fake = FakeProvider()
    make_provider(fake.url, "dga", is_primary=False, position=20)
    yield fake
    fake.listener.stop()
    http.close_idle_connections()
