"""What a provider may answer, and what proves nothing: a small provider of our own over real HTTP."""

import base64
import hmac
import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from citizens.identity.claims import applicant_claims
from citizens.models import Citizen, IdentityProvider, Session, SignIn
from services_catalog.adapters import http
from superapp.sandbox.credentials import THAID_CLIENT_ID
from superapp.sandbox.listener import HangUp, Listener, Request, Response, json_response
from tests.citizens.identity.conftest import Browser, landing

PERSON = {"sub": "1234567890121", "pid": "1234567890121", "given_name": "ทดสอบ", "ial": "2.3"}


class FakeProvider:
    """Answers its token endpoint with whatever the test puts into `token_answer`."""

    def __init__(self) -> None:
        self.key = new_key()
        self.published = [self.key]
        self.token_answer: Response | HangUp = json_response(500, {})
        self.listener = Listener(0, lambda _url: self._answer)
        self.url = self.listener.url

    def _answer(self, request: Request) -> Response | HangUp:
        if request.path == "/jwks/":
            return json_response(200, {"keys": [key.as_dict(private=False) for key in self.published]})
        return self.token_answer

    def claims(self, nonce: str, /, **changes: Any) -> dict[str, Any]:
        """Right claims; None takes one out."""
        now = int(time.time())
        right = {"iss": self.url, "aud": THAID_CLIENT_ID, "iat": now, "exp": now + 900, "nonce": nonce, **PERSON}
        return {name: value for name, value in {**right, **changes}.items() if value is not None}

    def answers_with(self, id_token: str) -> None:
        self.token_answer = json_response(200, {"id_token": id_token, "token_type": "Bearer"})

    def signs(self, claims: dict[str, Any], key: ECKey | None = None) -> str:
        key = key or self.key
        return jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key)


def new_key() -> ECKey:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    assert key.kid
    return key


@pytest.fixture
def provider(use_provider: Callable[[str], IdentityProvider]) -> Iterator[FakeProvider]:
    fake = FakeProvider()
    use_provider(fake.url)
    yield fake
    fake.listener.stop()
    http.close_idle_connections()


@pytest.fixture
def come_back() -> Callable[[Browser], dict[str, str]]:
    """Begins a sign-in in the browser and comes straight back with a code."""

    def go(browser: Browser) -> dict[str, str]:
        asked = dict(parse_qsl(urlsplit(browser.begin()["Location"]).query))
        return landing(browser.come_back(f"/api/v1/auth/thaid/callback?code=c&state={asked['state']}"))

    return go


def sign_in_with(provider: FakeProvider, make_token: Callable[[str], str]) -> dict[str, str]:
    """Signs in while the provider answers with the id_token made for the nonce it was given."""
    browser = Browser()
    asked = dict(parse_qsl(urlsplit(browser.begin()["Location"]).query))
    provider.answers_with(make_token(asked["nonce"]))
    return landing(browser.come_back(f"/api/v1/auth/thaid/callback?code=c&state={asked['state']}"))


def test_right_answer_signs_in(provider: FakeProvider) -> None:
    answer = sign_in_with(provider, lambda nonce: provider.signs(provider.claims(nonce)))

    assert "code" in answer
    citizen = Citizen.objects.get()
    assert applicant_claims(citizen, ["given_name_th", "national_id"]) == {
        "given_name_th": "ทดสอบ",
        "national_id": "1234567890121",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "of another sign-in"},
        {"iss": "https://imauth.bora.dopa.go.th"},
        {"iss": None},
        {"aud": "another-client"},
        {"aud": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"pid": "1234567890122"},
        {"pid": None},
    ],
    ids=lambda changes: "-".join(f"{name}={value}" for name, value in changes.items()),
)
def test_wrong_claims_prove_nothing(provider: FakeProvider, changes: dict[str, Any]) -> None:
    answer = sign_in_with(provider, lambda nonce: provider.signs(provider.claims(nonce, **changes)))

    assert answer["error"] == "access_denied"
    assert not Citizen.objects.exists()
    assert SignIn.objects.get().code_hash is None


def test_token_signed_with_a_key_that_is_not_published_proves_nothing(provider: FakeProvider) -> None:
    answer = sign_in_with(provider, lambda nonce: provider.signs(provider.claims(nonce), new_key()))

    assert answer["error"] == "access_denied"
    assert not Citizen.objects.exists()


def test_token_that_lends_a_published_key_id_to_another_key_proves_nothing(provider: FakeProvider) -> None:
    forger = ECKey.import_key({**new_key().as_dict(private=True), "kid": provider.key.kid or ""})
    answer = sign_in_with(provider, lambda nonce: provider.signs(provider.claims(nonce), forger))

    assert answer["error"] == "access_denied"


@pytest.mark.parametrize("signature", ["", "AAAA"])
def test_unsigned_token_proves_nothing(provider: FakeProvider, signature: str) -> None:
    def unsigned(nonce: str) -> str:
        return f"{segment({'alg': 'none'})}.{segment(provider.claims(nonce))}.{signature}"

    assert sign_in_with(provider, unsigned)["error"] == "access_denied"
    assert not Citizen.objects.exists()


def test_token_keyed_with_the_public_key_proves_nothing(provider: FakeProvider) -> None:
    """The published key taken for a shared secret (HS256)."""

    def confused(nonce: str) -> str:
        signed = f"{segment({'alg': 'HS256', 'kid': provider.key.kid})}.{segment(provider.claims(nonce))}"
        digest = hmac.digest(provider.key.as_pem(private=False), signed.encode(), "sha256")
        return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"

    assert sign_in_with(provider, confused)["error"] == "access_denied"


def test_keys_are_fetched_again_when_the_provider_has_changed_them(provider: FakeProvider) -> None:
    sign_in_with(provider, lambda nonce: provider.signs(provider.claims(nonce)))
    provider.key = new_key()
    provider.published = [provider.key]

    assert "code" in sign_in_with(provider, lambda nonce: provider.signs(provider.claims(nonce)))


@pytest.mark.parametrize(
    ("claimed", "ial"),
    [("2.3", "2.3"), (2.1, "2.1"), ("3.0", "2.3"), (None, "1.1"), ("high", "1.1"), ("NaN", "1.1"), ("2.29", "2.2")],
)
def test_assurance_is_what_the_provider_claims_up_to_its_cap(provider: FakeProvider, claimed: object, ial: str) -> None:
    sign_in_with(provider, lambda nonce: provider.signs(provider.claims(nonce, ial=claimed)))
    assert str(SignIn.objects.get().ial) == ial


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (json_response(400, {"error": "invalid_request"}), "access_denied"),
        (json_response(401, {"error": "access_denied"}), "access_denied"),
        (json_response(401, {"error": "invalid_client"}), "temporarily_unavailable"),
        (json_response(401, {}), "temporarily_unavailable"),
        (json_response(400, {"error": "server_error"}), "temporarily_unavailable"),
        (json_response(500, {}), "temporarily_unavailable"),
        (json_response(302, {}, {"Location": "http://127.0.0.1:1/"}), "temporarily_unavailable"),
        (json_response(200, {}), "temporarily_unavailable"),
        (json_response(200, {"id_token": 7}), "temporarily_unavailable"),
        (Response(200, b"<html>"), "temporarily_unavailable"),
        (Response(200, b"[]"), "temporarily_unavailable"),
        (Response(200, b"[" * 200_000), "temporarily_unavailable"),
        (HangUp.RESET, "temporarily_unavailable"),
    ],
    ids=[
        "400",
        "code-refused",
        "client-refused",
        "refused-without-words",
        "broken",
        "500",
        "redirect",
        "no-id-token",
        "id-token-is-a-number",
        "no-json",
        "no-object",
        "deeply-nested",
        "hung-up",
    ],
)
def test_answers_that_are_no_token(
    provider: FakeProvider,
    come_back: Callable[[Browser], dict[str, str]],
    answer: Response | HangUp,
    error: str,
) -> None:
    provider.token_answer = answer
    assert come_back(Browser())["error"] == error
    assert not Session.objects.exists()


@pytest.mark.parametrize("id_token", ["", "a.b", "a.b.c", "....", "ก.ข.ค", "e30.e30.e30"])
def test_tokens_that_are_no_jwt(
    provider: FakeProvider, come_back: Callable[[Browser], dict[str, str]], id_token: str
) -> None:
    provider.answers_with(id_token)
    assert come_back(Browser())["error"] == "access_denied"


def test_an_account_that_was_another_citizens_is_refused(provider: FakeProvider) -> None:
    """One subject, two numbers: the provider is wrong in one of them, and we cannot tell in which."""
    sign_in_with(provider, lambda nonce: provider.signs(provider.claims(nonce)))
    second = sign_in_with(provider, lambda nonce: provider.signs(provider.claims(nonce, pid="1101700234568")))

    assert second["error"] == "access_denied"
    assert Citizen.objects.count() == 1


def segment(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()
