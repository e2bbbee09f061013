"""Failures that are asked for: on the consent page for one sign-in, by a call for all until it is ended."""

import json
import time

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError
from joserfc.jwk import KeySet

from superapp.sandbox.client import exchange
from superapp.sandbox.people import check_digit
from superapp.sandbox.server import Sandbox
from tests.superapp.sandbox.identity.client import RelyingParty, basic, landing, switched

PATHS = {
    "thaid": ("/api/v2/oauth2/auth/", "/api/v2/oauth2/token/"),
    "moprom": ("/oauth/redirect", "/api/v1/token"),
    "paotang": ("/oauth2/web/auth", "/oauth2/token"),
}
SCOPES = {"thaid": "openid pid family_name", "moprom": None, "paotang": "openid"}


class Party(RelyingParty):
    """One who signs in at any provider; ThaID wants the header that the others overlook."""

    def __init__(self, sandbox: Sandbox, provider: str, platform_url: str, secret: str) -> None:
        authorize, token = PATHS[provider]
        url = sandbox.urls[provider]
        super().__init__(url, provider, platform_url, secret, authorize_path=authorize, token_path=token)
        self.scope = SCOPES[provider]

    def id_token(self, failure: str) -> str:
        answer = self.token(self.code(failure=failure, scope=self.scope, nonce="n-1"), headers=basic(self.secret))
        return str(answer.json()["id_token"])

    def keys(self) -> KeySet:
        return KeySet.import_key_set(exchange("GET", f"{self.url}/jwks/").json())


@pytest.fixture
def thaid(sandbox: Sandbox, platform_url: str, secret: str) -> Party:
    return Party(sandbox, "thaid", platform_url, secret)


@pytest.fixture(params=PATHS)
def party(request: pytest.FixtureRequest, sandbox: Sandbox, platform_url: str, secret: str) -> Party:
    return Party(sandbox, request.param, platform_url, secret)


def test_one_sign_in_is_slow_and_the_next_is_not(thaid: Party) -> None:
    slow, quick = thaid.code(scope="pid", failure="slow"), thaid.code(scope="pid")
    exchange("POST", f"{thaid.url}/switches", body=json.dumps({"failure": "", "seconds": 0.3}).encode())
    began = time.monotonic()
    assert thaid.token(slow, headers=basic(thaid.secret)).status == 200
    assert time.monotonic() - began > 0.3
    with pytest.raises(TimeoutError):
        thaid.token(thaid.code(scope="pid", failure="slow"), headers=basic(thaid.secret), timeout=0.1)
    assert thaid.token(quick, headers=basic(thaid.secret), timeout=0.25).status == 200


def test_down_is_down_until_it_is_ended(party: Party) -> None:
    with switched(party.url, "down"):
        assert party.authorize(scope=party.scope).status == 503
    assert party.authorize(scope=party.scope).status == 200
    assert party.token(party.code(scope=party.scope, failure="down"), headers=basic(party.secret)).status == 503


def test_denied_by_the_switch(party: Party) -> None:
    with switched(party.url, "denied"):
        back = landing(party.consent(party.authorize(scope=party.scope)))
    assert back["error"] == "access_denied"


def test_an_expired_code_is_refused_where_there_is_no_id_token(
    sandbox: Sandbox, platform_url: str, secret: str
) -> None:
    for provider, status in (("moprom", 422), ("paotang", 400)):
        party = Party(sandbox, provider, platform_url, secret)
        assert party.token(party.code(failure="expired", scope=party.scope)).status == status


def test_an_id_token_has_expired_yesterday(thaid: Party) -> None:
    claims = jwt.decode(thaid.id_token("expired"), thaid.keys(), algorithms=["ES256"]).claims
    assert claims["exp"] < time.time() - 80_000


def test_an_id_token_has_another_nonce(thaid: Party) -> None:
    assert jwt.decode(thaid.id_token("wrong_nonce"), thaid.keys(), algorithms=["ES256"]).claims["nonce"] != "n-1"


def test_an_id_token_is_signed_by_nobody_known(thaid: Party) -> None:
    with pytest.raises(BadSignatureError):
        jwt.decode(thaid.id_token("wrong_key"), thaid.keys(), algorithms=["ES256"])


def test_rotated_keys_are_published_and_the_old_ones_are_gone(thaid: Party) -> None:
    before = thaid.keys()
    id_token = thaid.id_token("rotated_keys")
    with pytest.raises(InvalidKeyIdError):
        jwt.decode(id_token, before, algorithms=["ES256"])
    assert jwt.decode(id_token, thaid.keys(), algorithms=["ES256"]).claims["aud"]


def test_a_name_or_a_number_is_not_what_it_is_elsewhere(thaid: Party) -> None:
    renamed = jwt.decode(thaid.id_token("name_mismatch"), thaid.keys(), algorithms=["ES256"]).claims
    assert (renamed["pid"], renamed["family_name"]) == ("1234567890121", "ชื่อสกุลอื่น")
    number = jwt.decode(thaid.id_token("invalid_number"), thaid.keys(), algorithms=["ES256"]).claims["pid"]
    assert check_digit(number[:12]) != number[12]


def test_what_a_provider_cannot_show_is_refused(sandbox: Sandbox) -> None:
    url = f"{sandbox.urls['paotang']}/switches"
    for told in (b'{"failure": "wrong_nonce"}', b'{"failure": "lunch"}', b"[]", b"{"):
        assert exchange("POST", url, body=told).status == 400
    offered = exchange("GET", url).json()
    assert offered["failure"] == ""
    assert set(offered["offered"]) == {"", "denied", "expired", "name_mismatch", "invalid_number", "slow", "down"}
    assert offered["offered"]["slow"]["en"]
