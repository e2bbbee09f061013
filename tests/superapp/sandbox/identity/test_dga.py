from urllib.parse import urlencode

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from superapp.sandbox.client import Reply, exchange
from superapp.sandbox.credentials import CLIENT_ID
from superapp.sandbox.identity.dga.endpoints import hashed
from superapp.sandbox.server import Sandbox
from tests.superapp.sandbox.identity.client import PERSON, RelyingParty, basic

SCOPE = "openid profile user_id citizen_id ial_level"


class DgaParty(RelyingParty):
    def authorize(self, **changes: str | None) -> Reply:
        return super().authorize(**{"scope": SCOPE, **changes})

    def token(self, code: str, *, headers: dict[str, str] | None = None, timeout: float = 5, **changes: str) -> Reply:
        return super().token(code, headers=headers or basic(hashed(self.secret)), timeout=timeout, **changes)


@pytest.fixture
def party(sandbox: Sandbox, platform_url: str, secret: str) -> DgaParty:
    return DgaParty(
        sandbox.urls["dga"],
        "dga",
        platform_url,
        secret,
        authorize_path="/connect/authorize",
        token_path="/connect/token",
    )


def test_the_hash_is_seven_rounds_of_md5() -> None:
    assert hashed("secret") == "f3f25383de5eab0cbfa047b25e10f096"


def test_the_secret_itself_is_refused(party: DgaParty) -> None:
    code = party.code()
    assert party.token(code, headers=basic(party.secret)).status == 401
    assert party.token(code).status == 200


def test_an_rs256_id_token_has_the_claims_of_its_scopes(party: DgaParty) -> None:
    answer = party.token(party.code(nonce="n-1")).json()
    document = exchange("GET", f"{party.url}/.well-known/openid-configuration").json()
    keys = KeySet.import_key_set(exchange("GET", document["jwks_uri"]).json())
    id_token = jwt.decode(answer["id_token"], keys, algorithms=["RS256"])

    claims = id_token.claims
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (document["issuer"], CLIENT_ID, "n-1")
    assert (claims["citizen_id"], claims["citizen_id_verified"], claims["ial_level"]) == (PERSON, True, "2.3")
    assert (claims["given_name"], claims["family_name"]) == ("ทดสอบ", "ระบบดี")
    assert claims["sub"] == claims["user_id"]
    assert PERSON not in claims["sub"]
    assert "email" not in claims
    assert answer["expires_in"] == 3600


def test_userinfo_tells_the_same_as_the_id_token(party: DgaParty) -> None:
    answer = party.token(party.code()).json()
    told = party.get("/connect/userinfo", answer["access_token"]).json()
    assert (told["citizen_id"], told["ial_level"]) == (PERSON, "2.3")
    assert party.get("/connect/userinfo", "made up").status == 401


def test_the_session_ends_for_who_shows_an_id_token_and_leads_to_registered_addresses_only(party: DgaParty) -> None:
    id_token = party.token(party.code()).json()["id_token"]

    ended = end_session(party, id_token, party.redirect_uri)
    assert (ended.status, ended.headers["Location"]) == (302, party.redirect_uri)
    assert end_session(party, id_token, "https://elsewhere.example/").status == 400
    assert end_session(party, "made.up.token", party.redirect_uri).status == 400


def end_session(party: DgaParty, id_token: str, back: str) -> Reply:
    query = urlencode({"id_token_hint": id_token, "post_logout_redirect_url": back})
    return exchange("GET", f"{party.url}/connect/endsession?{query}")
