import re
from copy import deepcopy
from html import unescape
from urllib.parse import urlencode

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from superapp.sandbox.client import Reply, exchange
from superapp.sandbox.credentials import CLIENT_ID
from superapp.sandbox.identity.dga.endpoints import hashed
from superapp.sandbox.server import Sandbox
from tests.superapp.sandbox.identity.client import PERSON, PHONE, Browser, RelyingParty, basic

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
ANOTHER = "2000000000007"
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


def test_a_browser_that_is_signed_in_is_not_asked_again_who_the_person_is(party: DgaParty) -> None:
    assert PERSON in people_offered(party)
    assert len(people_offered(party)) > 1

    party.code()

    assert people_offered(party) == [PERSON]
    assert "คุณเข้าสู่ระบบอยู่ในชื่อ" in party.authorize().body.decode()
    another = party.token(party.code(ANOTHER)).json()
    assert party.get("/connect/userinfo", another["access_token"]).json()["citizen_id"] == PERSON
    party.browser = Browser()
    assert len(people_offered(party)) > 1, "in another browser"


def test_the_session_ends_at_once_for_who_shows_its_id_token(party: DgaParty) -> None:
    id_token = party.token(party.code()).json()["id_token"]
    copied = deepcopy(party.browser)

    ended = end_session(party, id_token_hint=id_token, post_logout_redirect_url=PHONE, state="s&1")

    assert (ended.status, ended.headers["Location"]) == (302, f"{PHONE}?state=s%261")
    assert len(people_offered(party)) > 1
    party.browser = copied
    assert len(people_offered(party)) > 1, "a cookie of before is worth nothing"
    again = end_session(party, id_token_hint=id_token, post_logout_redirect_url=PHONE)
    assert (again.status, again.headers["Location"]) == (302, PHONE), "there is nothing left to end"


def test_who_names_the_client_alone_is_asked_before_the_session_ends(party: DgaParty) -> None:
    party.code()
    named = {"client_id": CLIENT_ID, "post_logout_redirect_url": PHONE, "state": 's"1'}

    question = end_session(party, **named, decision="sign_out")

    assert question.status == 200
    assert people_offered(party) == [PERSON], "an address alone ends nothing"
    kept = {name: unescape(value) for name, value in HIDDEN.findall(question.body.decode())}
    assert kept == named
    ended = party.browser.open("POST", f"{party.url}/connect/endsession", {**kept, "decision": "sign_out"})
    assert (ended.status, ended.headers["Location"]) == (302, f"{PHONE}?state=s%221")
    assert len(people_offered(party)) > 1


def test_an_id_token_of_somebody_else_ends_no_session_unasked(party: DgaParty) -> None:
    of_another = party.token(party.code(ANOTHER)).json()["id_token"]
    party.browser = Browser()
    party.code()
    assert end_session(party, id_token_hint=of_another).status == 200
    assert people_offered(party) == [PERSON]


def test_without_an_address_to_return_to_the_page_says_that_it_is_done(party: DgaParty) -> None:
    id_token = party.token(party.code()).json()["id_token"]
    done = end_session(party, id_token_hint=id_token, post_logout_redirect_uri=PHONE)
    assert done.status == 200, "DGA's own name of the parameter has url in it"
    assert "ออกจากระบบแล้ว" in done.body.decode()


@pytest.mark.parametrize(
    "asked",
    [
        {"client_id": CLIENT_ID, "post_logout_redirect_url": "https://elsewhere.example/"},
        {"client_id": CLIENT_ID, "post_logout_redirect_url": f"{PHONE}/more"},
        {"client_id": "somebody-else", "post_logout_redirect_url": PHONE},
        {"id_token_hint": "made.up.token", "post_logout_redirect_url": PHONE},
        {"post_logout_redirect_url": PHONE},
    ],
    ids=["elsewhere", "longer", "another client", "another token", "nobody"],
)
def test_nobody_is_led_to_where_the_client_has_not_registered(party: DgaParty, asked: dict[str, str]) -> None:
    party.code()
    refused = end_session(party, **asked)
    assert refused.status == 400
    assert people_offered(party) == [PERSON]


def people_offered(party: DgaParty) -> list[str]:
    """Whom the page has one choose from."""
    return re.findall(r'name="person" value="(\d{13})"', party.authorize().body.decode())


def end_session(party: DgaParty, **asked: str) -> Reply:
    return party.browser.open("GET", f"{party.url}/connect/endsession?{urlencode(asked)}")
