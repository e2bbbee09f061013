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

from services_catalog.adapters import http
from superapp.sandbox.client import Reply, exchange
from superapp.sandbox.credentials import THAID_CLIENT_ID, thaid_client_secret
from superapp.sandbox.server import Sandbox, serve
from tests.factories import SECRET

PUBLIC_URL = "http://127.0.0.1:8000"
PHONE = "https://app.superapp.example/signed-in"
COOKIE = "__Host-sign-in"


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

    def sign_in(self, person: str = "1234567890121", decision: str = "allow") -> dict[str, str]:
        """What the phone is opened with in the end."""
        back = self.consent(self.begin()["Location"], person, decision)
        return landing(self.come_back(back))

    def exchange(self, **changes: str) -> Any:
        asked = {"grant_type": "authorization_code", "code_verifier": self.verifier, "redirect_uri": PHONE}
        return self.client.post("/api/v1/auth/token", {**asked, **changes})

    def tokens(self, person: str = "1234567890121") -> dict[str, Any]:
        answer = self.exchange(code=self.sign_in(person)["code"])
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
def use_provider(settings: Settings) -> Callable[[str], dict[str, str]]:
    """use_provider(url) makes what listens there our ThaID; returns its configuration."""

    def use(url: str) -> dict[str, str]:
        configuration = {
            "protocol": "oidc",
            "name_th": "ThaID",
            "name_en": "ThaID",
            "issuer": url,
            "authorize_url": f"{url}/api/v2/oauth2/auth/",
            "token_url": f"{url}/api/v2/oauth2/token/",
            "jwks_url": f"{url}/jwks/",
            "client_id": THAID_CLIENT_ID,
            "client_secret": thaid_client_secret(secret=SECRET),
            "max_ial": "2.3",
            "aal": "2.2",
        }
        settings.PUBLIC_URL = PUBLIC_URL
        settings.IDENTITY_PROVIDERS = {"thaid": configuration}
        return configuration

    return use


@pytest.fixture
def browser(db: None, sandbox: Sandbox, use_provider: Callable[[str], dict[str, str]]) -> Browser:
    use_provider(sandbox.urls["thaid"])
    return Browser()
