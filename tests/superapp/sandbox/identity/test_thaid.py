import base64
import hashlib
import time
from urllib.parse import urlencode

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from superapp.sandbox.client import Reply, exchange
from superapp.sandbox.credentials import CLIENT_ID
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.identity.expiring import Expiring
from superapp.sandbox.identity.thaid.claims import SCOPES
from superapp.sandbox.people import TEST_PEOPLE, check_digit
from superapp.sandbox.server import Sandbox
from tests.superapp.sandbox.identity.client import FORM, RelyingParty, basic, landing

OAUTH = "/api/v2/oauth2"


class ThaidParty(RelyingParty):
    """Asks for two claims, and shows its secret in the header."""

    def authorize(self, **changes: str | None) -> Reply:
        return super().authorize(**{"scope": "pid name", **changes})

    def token(self, code: str, *, headers: dict[str, str] | None = None, timeout: float = 5, **changes: str) -> Reply:
        return super().token(code, headers=headers or basic(self.secret), timeout=timeout, **changes)

    def post(self, endpoint: str, form: dict[str, str], *, headers: dict[str, str] | None = None) -> Reply:
        sent = {**FORM, **(headers or basic(self.secret))}
        return exchange("POST", f"{self.url}{OAUTH}/{endpoint}/", headers=sent, body=urlencode(form).encode())


@pytest.fixture
def party(sandbox: Sandbox, platform_url: str, secret: str) -> ThaidParty:
    return ThaidParty(
        sandbox.urls["thaid"],
        "thaid",
        platform_url,
        secret,
        authorize_path=f"{OAUTH}/auth/",
        token_path=f"{OAUTH}/token/",
    )


def test_without_openid_claims_are_flat(party: ThaidParty) -> None:
    back = party.consent(party.authorize())
    assert back.headers["Location"].startswith(party.redirect_uri + "?")
    assert landing(back)["state"] == "s&1"
    assert "1234567890121" not in back.headers["Location"]

    answer = party.token(landing(back)["code"]).json()
    assert answer["pid"] == "1234567890121"
    assert answer["name"] == "นายทดสอบ ระบบดี"
    assert "id_token" not in answer
    assert "birthdate" not in answer
    assert answer["scope"] == "pid name"
    assert answer["token_type"] == "Bearer"
    assert answer["expire_in"] == answer["expires_in"] == pytest.approx(time.time() + 900, abs=5)


def test_with_openid_claims_are_in_an_id_token_that_verifies(party: ThaidParty) -> None:
    code = party.code(person="1101700234568", scope=" ".join(SCOPES), nonce="n-1")
    answer = party.token(code).json()
    keys = KeySet.import_key_set(exchange("GET", f"{party.url}/jwks/").json())
    id_token = jwt.decode(answer["id_token"], keys, algorithms=["ES256"])

    assert "pid" not in answer
    assert set(id_token.header) == {"alg", "kid", "typ"}
    claims = id_token.claims
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (party.url, CLIENT_ID, "n-1")
    assert (claims["pid"], claims["ial"], claims["birthdate"]) == ("1101700234568", "2.3", "1998-11-02")
    assert claims["exp"] - claims["iat"] == 900
    half = hashlib.sha256(answer["access_token"].encode()).digest()[:16]
    assert claims["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()
    assert {"iss", "aud", "sub", "iat", "exp", "auth_time", "at_hash", "version", "nonce"} <= set(claims)
    assert set(SCOPES) - {"openid"} <= set(claims)


def test_the_published_key_shows_nothing_private(party: ThaidParty) -> None:
    (key,) = exchange("GET", f"{party.url}/jwks/").json()["keys"]
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")
    assert "d" not in key


def test_wrong_secret_is_refused_and_leaves_the_code_good(party: ThaidParty) -> None:
    code = party.code()
    for headers in (basic("wrong"), {"Authorization": "Basic ***"}, {"Authorization": "Bearer x"}):
        refused = party.token(code, headers=headers)
        assert (refused.status, refused.json()["error"]) == (401, "invalid_client")
    assert party.token(code).status == 200


def test_a_code_works_once(party: ThaidParty) -> None:
    code = party.code()
    assert party.token(code).status == 200
    again = party.token(code)
    assert (again.status, again.json()["error"]) == (400, "invalid_request")


def test_codes_expire(monkeypatch: pytest.MonkeyPatch) -> None:
    codes: Expiring[str] = Expiring(60)
    old = codes.keep("old")
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 59)
    assert codes.get(old) == "old"
    fresh = codes.keep("fresh")
    monkeypatch.setattr(time, "monotonic", lambda: now + 61)
    assert codes.take(old) is None
    assert codes.take(fresh) == "fresh"
    assert codes.take(fresh) is None


@pytest.mark.parametrize("decision", ["deny", ""])
def test_denied(party: ThaidParty, decision: str) -> None:
    back = landing(party.consent(party.authorize(), decision=decision))
    assert (back["error"], back["state"]) == ("access_denied", "s&1")
    assert "code" not in back


def test_pkce(party: ThaidParty) -> None:
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {"code_challenge": challenge, "code_challenge_method": "S256"}

    assert party.token(party.code(**asked), code_verifier=verifier).status == 200
    assert party.token(party.code(**asked), code_verifier="x" * 43).status == 400
    assert party.token(party.code(**asked)).status == 400
    assert landing(party.authorize(**{**asked, "code_challenge_method": "plain"}))["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"redirect_uri": "https://elsewhere.example/callback"}, 400, "invalid_request"),
        ({"redirect_uri": None}, 400, "invalid_request"),
        ({"client_id": "someone"}, 401, "unauthorized_client"),
    ],
)
def test_strangers_are_never_redirected(
    party: ThaidParty, changes: dict[str, str | None], status: int, error: str
) -> None:
    reply = party.authorize(**changes)
    assert (reply.status, reply.json()["error"]) == (status, error)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "pid th_fullname"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"state": None}, "invalid_request"),
    ],
)
def test_errors_of_the_client_go_back_to_it(party: ThaidParty, changes: dict[str, str | None], error: str) -> None:
    back = landing(party.authorize(**changes))
    assert back["error"] == error
    assert {"error_description", "error_uri"} <= set(back)


def test_redirect_uri_must_be_the_same_at_the_token_endpoint(party: ThaidParty) -> None:
    assert party.token(party.code(), redirect_uri="https://elsewhere.example/").status == 400


def test_other_grant_types_are_refused(party: ThaidParty) -> None:
    refused = party.token(party.code(), grant_type="refresh_token")
    assert refused.json()["error"] == "unsupported_grant_type"


def test_a_changed_authorization_request_is_refused(party: ThaidParty) -> None:
    forged = {"request": "eyJhbGciOiJub25lIn0.eyJzY29wZSI6InBpZCJ9.", "decision": "allow"}
    body = urlencode(forged).encode()
    reply = exchange("POST", f"{party.url}/consent", headers=FORM, body=body)
    assert (reply.status, reply.json()["error"]) == (400, "invalid_request")


def test_any_valid_number_may_sign_in_and_an_invalid_one_may_not(party: ThaidParty) -> None:
    number = "159990000004" + check_digit("159990000004")
    assert party.token(party.code(person=number)).json()["pid"] == number
    assert party.consent(party.authorize(), person="1234567890123").status == 400


def test_the_consent_page_shows_people_scopes_and_that_it_is_a_sandbox(party: ThaidParty) -> None:
    page = party.authorize(scope="openid pid birthdate")
    text = page.body.decode()
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.headers["Cache-Control"] == "no-store"
    assert "SANDBOX" in text
    shown = [person.name_th in text and person.name_en in text for person in TEST_PEOPLE]
    assert shown == [person.is_known_to(ProviderCode.THAID) for person in TEST_PEOPLE]
    assert "วันเกิด" in text
    assert "ที่อยู่ตามบัตร" not in text
    assert party.authorize(scope=" ".join(SCOPES)).status == 200


@pytest.mark.parametrize("prefix", ["", "Bearer "])
def test_introspect_and_revoke(party: ThaidParty, prefix: str) -> None:
    access_token = party.token(party.code()).json()["access_token"]
    posted = {"token": prefix + access_token}

    active = party.post("introspect", posted)
    assert active.json() == {"active": True, "sub": "1234567890121", "scope": "pid name"}
    assert party.post("revoke", posted).json() == {"status": "OK", "message": "revoked"}
    assert party.post("introspect", posted).json() == {"active": False}
    empty = party.post("introspect", {})
    assert (empty.status, empty.json()) == (
        400,
        {"error": "invalid_request", "error_description": "The body is invalid"},
    )
    assert party.post("introspect", posted, headers={"Authorization": "Basic eDp5"}).status == 401


@pytest.mark.parametrize(("scope", "status"), [("openid pid", 200), ("pid", 400)])
def test_userinfo_is_for_openid_only(party: ThaidParty, scope: str, status: int) -> None:
    access_token = party.token(party.code(scope=scope)).json()["access_token"]
    reply = party.get(f"{OAUTH}/userinfo/", access_token)
    assert reply.status == status
    assert ("pid" in reply.json()) == (status == 200)


def test_userinfo_refuses_unknown_tokens(party: ThaidParty) -> None:
    assert party.get(f"{OAUTH}/userinfo/", "made up").status == 401


def test_discovery_points_to_endpoints_that_exist(party: ThaidParty) -> None:
    document = exchange("GET", f"{party.url}/.well-known/openid-configuration").json()

    assert document["issuer"] == party.url
    for name in ("authorization_endpoint", "userinfo_endpoint", "jwks_uri"):
        assert exchange("GET", document[name]).status != 404, name
    for name in ("token_endpoint", "revocation_endpoint"):
        assert exchange("POST", document[name], body=b"").status == 401, name
    assert exchange("GET", f"{party.url}/nowhere").status == 404
