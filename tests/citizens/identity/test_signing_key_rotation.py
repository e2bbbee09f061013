"""The key of access tokens is changed while people are signed in: the procedure of docs/operators.md, step by step."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as project
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from pytest_django import Settings
from rest_framework.test import APIClient

from citizens.identity import tokens
from citizens.identity.tokens import TokenRefused, access_token_check, access_token_issue
from citizens.models import Citizen
from tests.factories import make_session

Deploy = Callable[..., None]


@pytest.fixture
def deploy(settings: Settings) -> Iterator[Deploy]:
    """deploy(first, second, …) starts processes that have these keys."""

    def forget() -> None:
        tokens._keys.cache_clear()
        tokens._checked.cache_clear()

    def start(*keys: dict[str, Any]) -> None:
        settings.TOKEN_SIGNING_KEYS = list(keys)
        forget()

    yield start
    settings.TOKEN_SIGNING_KEYS = project.TOKEN_SIGNING_KEYS
    forget()


@pytest.fixture
def old() -> dict[str, Any]:
    return _new_key("old")


@pytest.fixture
def new() -> dict[str, Any]:
    return _new_key("new")


def _new_key(kid: str) -> dict[str, Any]:
    return dict(ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"}).as_dict(private=True))


def published(anonymous: APIClient) -> Any:
    return anonymous.get("/.well-known/jwks.json").json()


def kid_of(token: str, keys: Any) -> Any:
    """Checks the token as somebody else does who has kept these keys."""
    return jwt.decode(token, KeySet.import_key_set(keys), algorithms=["ES256"]).header["kid"]


def test_nobody_is_signed_out_and_no_token_is_signed_by_a_key_that_was_not_published_before(
    deploy: Deploy, old: dict[str, Any], new: dict[str, Any], citizen: Citizen, anonymous: APIClient
) -> None:
    session = make_session(citizen)
    deploy(old)
    of_old_key = access_token_issue(session)

    deploy(old, new)
    kept_by_others = published(anonymous)
    assert kid_of(access_token_issue(session), kept_by_others) == "old"

    deploy(new, old)
    of_new_key = access_token_issue(session)
    assert kid_of(of_new_key, kept_by_others) == "new"
    assert access_token_check(of_old_key).id == access_token_check(of_new_key).id == citizen.pk

    deploy(new)
    assert access_token_check(of_new_key).id == citizen.pk
    with pytest.raises(TokenRefused):
        access_token_check(of_old_key)


def test_what_is_published_names_each_key_once_and_holds_nothing_private(
    deploy: Deploy, old: dict[str, Any], new: dict[str, Any], anonymous: APIClient
) -> None:
    deploy(new, old)
    answer = anonymous.get("/.well-known/jwks.json")
    assert [key["kid"] for key in answer.json()["keys"]] == ["new", "old"]
    assert all("d" not in key for key in answer.json()["keys"])
    assert answer["Cache-Control"] == "public, max-age=300", "docs/operators.md waits as long"
