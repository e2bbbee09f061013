"""What an OpenID Connect provider may answer, and what proves nothing."""

import base64
import hmac
import time
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey
from pytest_django import Settings

from citizens.identity.claims import applicant_claims
from citizens.models import Citizen, Session, SignIn
from superapp.sandbox.listener import HangUp, Response, json_response
from tests.citizens.identity.begun import Begun, sign_in_with
from tests.citizens.identity.fake_provider import FakeProvider, new_key, segment
from tests.citizens.identity.headers_that_are_none import HEADERS_THAT_ARE_NONE, encoded


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
        {"iat": int(time.time()) + 3600},
        {"nbf": int(time.time()) + 3600},
        {"aud": ["superapp-sandbox", "another-client"]},
        {"aud": ["superapp-sandbox", "another-client"], "azp": "another-client"},
        {"sub": None},
        {"pid": "1234567890122"},
        {"pid": "9111111111114"},
        {"pid": "0994000617721"},
        {"pid": None},
    ],
    ids=lambda changes: "-".join(f"{name}={value}" for name, value in changes.items() if name not in ("iat", "nbf")),
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


def test_keys_are_not_fetched_for_every_forged_token(provider: FakeProvider, settings: Settings) -> None:
    settings.PROVIDER_KEYS_ASKED_EVERY = timedelta(seconds=60)
    for _ in range(3):
        sign_in_with(provider, lambda nonce: provider.signs(provider.claims(nonce), new_key()))

    assert len(provider.asked("/jwks/")) == 1


@pytest.mark.parametrize("number", ["1234567890121", "0123456789016"], ids=["citizen", "stateless"])
def test_stateless_people_are_citizens_too(provider: FakeProvider, number: str) -> None:
    assert "code" in sign_in_with(provider, lambda nonce: provider.signs(provider.claims(nonce, pid=number)))


def test_a_code_of_another_issuer_is_not_shown_to_this_provider(provider: FakeProvider) -> None:
    """Mix-up, where the answer names its issuer (RFC 9207)."""
    assert Begun().come_back(iss="https://another.example")["error"] == "access_denied"
    assert not provider.asked("/api/v2/oauth2/token/")


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
    answer: Response | HangUp,
    error: str,
) -> None:
    provider.token_answer = answer
    assert Begun().come_back()["error"] == error
    assert not Session.objects.exists()


@pytest.mark.parametrize("id_token", ["", "a.b", "a.b.c", "....", "ก.ข.ค", "e30.e30.e30"])
def test_tokens_that_are_no_jwt(provider: FakeProvider, id_token: str) -> None:
    provider.answers_with(id_token)
    assert Begun().come_back()["error"] == "access_denied"


@pytest.mark.parametrize("header", HEADERS_THAT_ARE_NONE, ids=lambda header: header[:20])
def test_a_token_whose_header_is_some_other_json_proves_nothing(provider: FakeProvider, header: str) -> None:
    provider.answers_with(f"{encoded(header)}.e30.e30")
    assert Begun().come_back()["error"] == "access_denied"


def test_an_account_that_was_another_citizens_is_refused(provider: FakeProvider) -> None:
    """One subject, two numbers: the provider is wrong in one of them, and we cannot tell in which."""
    sign_in_with(provider, lambda nonce: provider.signs(provider.claims(nonce)))
    second = sign_in_with(provider, lambda nonce: provider.signs(provider.claims(nonce, pid="1101700234568")))

    assert second["error"] == "number_changed"
    assert Citizen.objects.count() == 1
