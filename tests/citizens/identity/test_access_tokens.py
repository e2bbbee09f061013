import base64
import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import ECKey
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from citizens.identity.tokens import TokenRefused, access_token_check, access_token_issue
from citizens.models import Citizen
from tests.citizens.identity.headers_that_are_none import HEADERS_THAT_ARE_NONE, encoded
from tests.conftest import phone_with
from tests.factories import make_session

OWN_KEY = ECKey.import_key(settings.TOKEN_SIGNING_KEYS[0])


@pytest.fixture
def sign(access_token: str) -> Callable[..., str]:
    """sign(header={…}, key=…, **claims) signs the citizen's token anew, with changes; None takes a member out."""

    def make(header: dict[str, Any] | None = None, key: ECKey = OWN_KEY, **claims: Any) -> str:
        parts = access_token.split(".")
        changed_header = _changed(_content(parts[0]), header or {})
        changed_claims = _changed(_content(parts[1]), claims)
        return jwt.encode(changed_header, changed_claims, key)

    return make


def _content(part: str) -> dict[str, Any]:
    return dict(json.loads(base64.urlsafe_b64decode(part + "==")))


def _changed(content: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**content, **changes}.items() if value is not None}


def _segment(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def assert_refused(token: str) -> None:
    with pytest.raises(TokenRefused):
        access_token_check(token)
    answer = phone_with(token).get("/api/v1/service-requests")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_not_accepted")
    assert answer["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_what_a_token_says(citizen: Citizen) -> None:
    session = make_session(citizen, ial="2.1", aal="2.2")
    header, claims = (_content(part) for part in access_token_issue(session).split(".")[:2])

    assert (header["alg"], header["typ"], header["kid"]) == ("ES256", "at+jwt", OWN_KEY.kid)
    assert claims.pop("jti")
    issued_at = claims.pop("iat")
    assert claims == {
        "iss": settings.PUBLIC_URL,
        "aud": "superapp-api",
        "sub": str(citizen.pk),
        "sid": str(session.pk),
        "exp": issued_at + 900,
        "ial": "2.1",
        "aal": "2.2",
        "amr": ["thaid"],
        "auth_time": int(session.authenticated_at.timestamp()),
    }


def test_a_token_is_checked_without_the_database(
    access_token: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        access_token_check(access_token)
        assert phone_with(access_token).put("/api/v1/notifications").status_code == 405


def test_the_same_token_signed_again_is_good(sign: Callable[..., str], citizen: Citizen) -> None:
    """So that the refusals below are for what each of them changes."""
    assert access_token_check(sign()).id == citizen.pk


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another-api"},
        {"aud": None},
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"exp": None},
        {"sub": None},
        {"sub": "1234567890121"},
        {"sid": None},
        {"ial": None},
        {"ial": "very"},
        {"aal": None},
        {"amr": None},
        {"amr": []},
        {"amr": ["thaid", "moprom"]},
        {"auth_time": None},
        {"jti": None},
        {"iat": None},
        {"iat": 4_102_444_800},
        {"header": {"typ": "JWT"}},
        {"header": {"typ": None}},
    ],
    ids=str,
)
def test_other_tokens_of_ours_are_refused(sign: Callable[..., str], changes: dict[str, Any]) -> None:
    assert_refused(sign(**changes))


def test_a_foreign_key_is_refused(sign: Callable[..., str]) -> None:
    assert_refused(sign(key=ECKey.generate_key("P-256")))


@pytest.mark.parametrize("signature", ["", "AAAA"])
def test_unsigned_tokens_are_refused(access_token: str, signature: str) -> None:
    _, claims, _ = access_token.split(".")
    assert_refused(f"{_segment({'alg': 'none', 'typ': 'at+jwt'})}.{claims}.{signature}")


def test_changed_claims_are_refused(access_token: str) -> None:
    header, claims, signature = access_token.split(".")
    assert_refused(f"{header}.{_segment({**_content(claims), 'ial': '3.0'})}.{signature}")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "...", "ก.ข.ค".encode().decode("latin-1"), "{}", "e30.e30.e30"])
def test_what_is_no_token_is_refused(db: None, token: str) -> None:
    assert_refused(token)


@pytest.mark.parametrize("header", HEADERS_THAT_ARE_NONE, ids=lambda header: header[:20])
def test_a_header_that_is_some_other_json_is_refused(db: None, header: str) -> None:
    assert_refused(f"{encoded(header)}.e30.e30")


def test_an_expired_token_is_refused_though_it_was_good_before(access_token: str) -> None:
    access_token_check(access_token)
    with time_machine.travel(timezone.now() + timedelta(seconds=901)):
        assert_refused(access_token)


@pytest.mark.parametrize("header", ["", "Basic dXNlcjpwYXNz", "bearer", "Token abc"])
def test_no_bearer_token_is_no_sign_in(db: None, header: str) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=header)
    answer = client.get("/api/v1/service-requests")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_published_keys_check_our_tokens_and_hold_nothing_private(access_token: str, anonymous: APIClient) -> None:
    published = anonymous.get("/.well-known/jwks.json").json()["keys"]

    assert published
    assert all(set(key) <= {"kty", "crv", "x", "y", "kid", "alg", "use"} for key in published)
    key = next(key for key in published if key["kid"] == _content(access_token.split(".")[0])["kid"])
    assert jwt.decode(access_token, ECKey.import_key(key), algorithms=["ES256"]).claims["aud"] == "superapp-api"


def test_two_tokens_are_never_the_same(citizen: Citizen) -> None:
    session = make_session(citizen)
    assert access_token_issue(session) != access_token_issue(session)
    assert secrets.compare_digest(str(access_token_check(access_token_issue(session)).session_id), str(session.pk))
