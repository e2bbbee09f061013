"""What the row of an OpenID Connect provider changes: shapes of answers, client authentication, keys, levels."""

import base64
import json
import time
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from joserfc.jwk import RSAKey

from citizens.identity.claims import applicant_claims
from citizens.identity.providers.client import hashed_secret
from citizens.identity.providers.registry import provider as registered
from citizens.models import Citizen, IdentityProvider, ProviderHealth, SignIn
from services_catalog.problems import Problem
from superapp.sandbox.credentials import CLIENT_ID, client_secret
from superapp.sandbox.listener import Response, json_response
from tests.citizens.identity.begun import Begun, sign_in_with
from tests.citizens.identity.conftest import Browser
from tests.citizens.identity.fake_provider import PERSON, FakeProvider, segment
from tests.conftest import phone_with
from tests.factories import SECRET, make_provider

TOKEN = "/api/v2/oauth2/token/"
FLAT = {"claim_source": "token_answer", "scope": "pid given_name", "jwks_url": ""}


def configured(provider: FakeProvider, *, options: dict[str, Any] | None = None, **fields: Any) -> IdentityProvider:
    return make_provider(provider.url, options=options or {}, **fields)


def flat_answer(**changes: Any) -> Response:
    right = {"access_token": "a", "token_type": "Bearer", "expire_in": int(time.time()) + 900, **PERSON}
    return json_response(200, {**right, **changes})


def test_flat_claims_are_read_where_the_row_says_so(provider: FakeProvider) -> None:
    configured(provider, options=FLAT)
    provider.token_answer = flat_answer()
    assert "code" in Begun().come_back()
    assert applicant_claims(Citizen.objects.get(), ["given_name_th"]) == {"given_name_th": "ทดสอบ"}


def test_flat_claims_prove_nothing_where_a_signed_token_is_expected(provider: FakeProvider) -> None:
    provider.token_answer = flat_answer()
    assert Begun().come_back()["error"] == "temporarily_unavailable"
    assert not Citizen.objects.exists()


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        (int(time.time()) + 900, "code"),
        (900, "code"),
        ("900", "code"),
        (None, "code"),
        (10**400, "code"),
        (int(time.time()) - 900, "error"),
        (-900, "error"),
    ],
    ids=["point-in-time", "duration", "text", "unsaid", "absurd", "over", "negative"],
)
def test_expire_in_is_a_point_in_time_or_a_duration(provider: FakeProvider, told: object, outcome: str) -> None:
    configured(provider, options=FLAT)
    provider.token_answer = flat_answer(expire_in=told)
    assert outcome in Begun().come_back()


def test_rs256_where_the_row_says_so(provider: FakeProvider) -> None:
    configured(provider, options={"signing_algorithm": "RS256"})
    provider.key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
    provider.published = [provider.key]
    assert "code" in sign_in_with(provider, lambda nonce: provider.signs(provider.claims(nonce)))


def test_another_algorithm_than_that_of_the_row_proves_nothing(provider: FakeProvider) -> None:
    provider.key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
    provider.published = [provider.key]
    assert sign_in_with(provider, lambda nonce: provider.signs(provider.claims(nonce)))["error"] == "access_denied"


@pytest.mark.parametrize(("rule", "outcome"), [("required", "error"), ("if_echoed", "code"), ("unused", "code")])
def test_a_nonce_that_does_not_come_back(provider: FakeProvider, rule: str, outcome: str) -> None:
    configured(provider, options={"nonce": rule})
    begun = Begun()
    provider.answers_with(provider.signs(provider.claims("", nonce=None)))
    assert ("nonce" in begun.asked) is (rule != "unused")
    assert outcome in begun.come_back()


def test_userinfo_beside_a_signed_token(provider: FakeProvider) -> None:
    options = {"claim_source": "userinfo", "userinfo_url": f"{provider.url}/userinfo"}
    configured(provider, options=options)
    provider.answers["/userinfo"] = json_response(200, {**PERSON, "given_name": "จากโปรไฟล์"})
    begun = Begun()
    id_token = provider.signs(provider.claims(begun.asked["nonce"], pid=None))
    provider.token_answer = json_response(200, {"id_token": id_token, "access_token": "abc"})

    assert "code" in begun.come_back()
    assert provider.asked("/userinfo")[0].headers["Authorization"] == "Bearer abc"
    assert applicant_claims(Citizen.objects.get(), ["given_name_th"]) == {"given_name_th": "จากโปรไฟล์"}


def test_userinfo_about_another_than_the_signed_token_proves_nothing(provider: FakeProvider) -> None:
    configured(provider, options={"claim_source": "userinfo", "userinfo_url": f"{provider.url}/userinfo"})
    provider.answers["/userinfo"] = json_response(200, {**PERSON, "sub": "somebody-else"})
    begun = Begun()
    id_token = provider.signs(provider.claims(begun.asked["nonce"]))
    provider.token_answer = json_response(200, {"id_token": id_token, "access_token": "abc"})
    assert begun.come_back()["error"] == "access_denied"
    assert not Citizen.objects.exists()


@pytest.mark.parametrize(
    ("status", "error"), [(400, "access_denied"), (403, "access_denied"), (401, "temporarily_unavailable")]
)
def test_userinfo_that_is_not_given_to_one_person_is_no_failure_of_the_provider(
    provider: FakeProvider, status: int, error: str
) -> None:
    configured(provider, options={"claim_source": "userinfo", "userinfo_url": f"{provider.url}/userinfo"})
    provider.answers["/userinfo"] = json_response(status, {})
    begun = Begun()
    id_token = provider.signs(provider.claims(begun.asked["nonce"]))
    provider.token_answer = json_response(200, {"id_token": id_token, "access_token": "abc"})
    assert begun.come_back()["error"] == error
    assert ProviderHealth.objects.exists() is (error == "temporarily_unavailable")


@pytest.mark.parametrize("access_token", [None, 7, "a b", "a\nHost: x", "\ud800"])
def test_an_access_token_that_cannot_be_sent_on(provider: FakeProvider, access_token: object) -> None:
    configured(provider, options={"claim_source": "userinfo", "userinfo_url": f"{provider.url}/userinfo"})
    begun = Begun()
    id_token = provider.signs(provider.claims(begun.asked["nonce"]))
    body = f'{{"id_token": "{id_token}", "access_token": {json.dumps(access_token)}}}'
    provider.token_answer = Response(200, body.encode())
    assert begun.come_back()["error"] == "temporarily_unavailable"
    assert not provider.asked("/userinfo")


def test_an_access_token_that_nothing_needs_may_be_anything(provider: FakeProvider) -> None:
    """Half a surrogate pair is JSON and cannot be written down."""
    begun = Begun()
    id_token = provider.signs(provider.claims(begun.asked["nonce"]))
    provider.token_answer = Response(200, f'{{"id_token": "{id_token}", "access_token": "\\ud800"}}'.encode())
    assert "code" in begun.come_back()


@pytest.mark.parametrize("method", ["basic", "basic_hashed", "post"])
def test_we_prove_who_we_are_as_the_row_says(provider: FakeProvider, method: str) -> None:
    configured(provider, options={"client_authentication": method, "extra_headers": {"x-api-key": "k-1"}, "pkce": True})
    begun = Begun()
    begun.come_back()
    [asked] = provider.asked(TOKEN)
    secret = client_secret("thaid", secret=SECRET)
    shown = {"basic": secret, "basic_hashed": hashed_secret(secret)}.get(method)
    if shown is None:
        assert f"client_secret={secret}" in asked.body.decode()
        assert "Authorization" not in asked.headers
    else:
        expected = base64.b64encode(f"{CLIENT_ID}:{shown}".encode()).decode()
        assert asked.headers["Authorization"] == f"Basic {expected}"
        assert "client_secret" not in asked.body.decode()
    assert asked.headers["x-api-key"] == "k-1"
    assert begun.asked["code_challenge_method"] == "S256"
    assert "code_verifier=" in asked.body.decode()


def test_dgas_hash_of_a_secret() -> None:
    """Seven rounds of md5hex(value + "EGA"), computed apart with coreutils."""
    assert hashed_secret("secret") == "f3f25383de5eab0cbfa047b25e10f096"


@pytest.mark.parametrize(("max_aal", "told", "aal"), [("2.2", "3", "2.2"), ("2.2", None, "2.1"), ("3.0", "2.2", "2.2")])
def test_levels_above_the_cap_are_cut(provider: FakeProvider, max_aal: str, told: object, aal: str) -> None:
    claims = {"national_id": "pid", "subject": "sub", "ial": "ial", "aal": "aal"}
    configured(provider, options={"claims": claims}, max_ial="2.1", default_aal="2.1", max_aal=max_aal)
    sign_in_with(provider, lambda nonce: provider.signs(provider.claims(nonce, ial="3", aal=told)))
    sign_in = SignIn.objects.get()
    assert (str(sign_in.ial), str(sign_in.aal)) == ("2.1", aal)


def test_what_ends_the_providers_session(provider: FakeProvider) -> None:
    configured(
        provider,
        options={
            "end_session_url": "https://connect.example/connect/endsession",
            "return_parameter": "post_logout_redirect_url",
        },
    )
    provider.answers["/api/v2/oauth2/revoke/"] = json_response(200, {"status": "OK", "message": "revoked"})
    there = registered("thaid")
    id_token = f"x.{segment({'sub': 'pairwise'})}.z"
    kept = {"access_token": "abc", "id_token": id_token, "expires_at": str(int(time.time()) + 60)}

    assert there.end_session(kept)
    assert provider.asked("/api/v2/oauth2/revoke/")[0].body == b"token=abc"
    assert there.end_session_url(kept, "https://app.example/bye") == (
        "https://connect.example/connect/endsession"
        f"?id_token_hint={id_token}&post_logout_redirect_url=https%3A%2F%2Fapp.example%2Fbye"
    )
    assert not there.end_session({**kept, "expires_at": str(int(time.time()) - 1)})
    assert not there.end_session({})
    by_name = (
        f"https://connect.example/connect/endsession?client_id={CLIENT_ID}"
        "&post_logout_redirect_url=https%3A%2F%2Fapp.example%2Fbye"
    )
    with_number = {**kept, "id_token": f"x.{segment(PERSON)}.z"}
    assert there.end_session_url(with_number, "https://app.example/bye") == by_name, "a number stays out of addresses"
    assert there.end_session_url({}, "https://app.example/bye") == by_name


def test_addresses_that_have_a_query_keep_it(provider: FakeProvider) -> None:
    ending = f"{provider.url}/connect/endsession?tenant=th"
    configured(provider, options={"authorize_url": f"{provider.url}/authorize?tenant=th", "end_session_url": ending})
    begun = Begun()
    assert begun.address.startswith(f"{provider.url}/authorize?tenant=th&")
    assert (begun.asked["tenant"], begun.asked["client_id"]) == ("th", CLIENT_ID)

    provider.answers_with(provider.signs(provider.claims(begun.asked["nonce"])))
    tokens = begun.browser.exchange(code=begun.come_back()["code"]).json()
    address = phone_with(tokens["access_token"]).post("/api/v1/auth/sign-out").json()["provider_sign_out_url"]
    assert address.startswith(f"{ending}&")
    assert dict(parse_qsl(urlsplit(address).query))["tenant"] == "th"


@pytest.mark.parametrize(
    "options",
    [
        {"isuer": "https://misspelt.example"},
        {"scope": "pid name"},
        {**FLAT, "scope": "openid pid"},
        {"jwks_url": ""},
        {"claim_source": "userinfo"},
        {"claims": {"subject": "sub"}},
        {"claims": {"national_id": "pid", "subject": "sub", "salary": "salary"}},
        {"authorize_url": "javascript:alert(1)"},
        {"client_authentication": "none"},
        {"signing_algorithm": "HS256"},
        {"signing_algorithm": "none"},
    ],
    ids=lambda options: ",".join(options),
)
def test_a_row_that_cannot_be_used_sends_nobody_anywhere(provider: FakeProvider, options: dict[str, Any]) -> None:
    configured(provider, options=options)
    with pytest.raises(Problem) as refused:
        registered("thaid")
    assert str(refused.value) == "identity_provider_down"
    answer = Browser().begin()
    assert (answer.status_code, answer.json()["code"]) == (503, "identity_provider_down")


@pytest.mark.parametrize(("said", "outcome"), [(True, "code"), ("true", "code"), (False, "error"), (None, "error")])
def test_a_number_that_the_provider_has_not_verified_proves_nothing_where_the_row_asks(
    provider: FakeProvider, said: object, outcome: str
) -> None:
    row = configured(provider, options=FLAT)
    row.options["claims"]["number_verified"] = "pid_verified"
    row.save()
    provider.token_answer = flat_answer(pid_verified=said)
    assert outcome in Begun().come_back()
    assert Citizen.objects.exists() is (outcome == "code")
