"""Mor Prom and Pao Tang: identities from an envelope, an unsigned payload or a profile call."""

import time
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.utils import timezone
from pytest_django import Settings

from citizens.identity.claims import applicant_claims
from citizens.models import Citizen, IdentityProvider, ProviderHealth, Session, SignIn
from services_catalog.encryption import decrypt_json
from superapp.sandbox.listener import HangUp, Response, json_response
from tests.citizens.identity.begun import Begun
from tests.citizens.identity.conftest import Browser
from tests.citizens.identity.fake_provider import FakeProvider, segment
from tests.factories import make_provider

NUMBER = "1234567890121"
HEALTH_ID = {"id_card": NUMBER, "name_prefix": "นาย", "name": "ทดสอบ", "surname": "ระบบ", "ial": 2.3}
CUSTOMER = {
    "cid": NUMBER,
    "title": "นาย",
    "fullNameTh": {"thaiFirstName": "ทดสอบ", "thaiLastName": "ระบบ"},
    "workProfile": {"occupationCode": "01", "salaryValue": "250000"},
}
PROFILE = "/v1/paotangid/get-customer-profile"


@pytest.fixture
def moprom(provider: FakeProvider) -> FakeProvider:
    _row(
        provider,
        "moprom",
        token_path="data.access_token",
        success={"status": "success"},
        client_authentication="post",
        claims={
            "national_id": "access_token.scopes_detail.id_card",
            "subject": "answer.data.account_id",
            "ial": "access_token.scopes_detail.ial",
            "title_th": "access_token.scopes_detail.name_prefix",
            "given_name_th": "access_token.scopes_detail.name",
            "family_name_th": "access_token.scopes_detail.surname",
        },
    )
    return provider


@pytest.fixture
def paotang(provider: FakeProvider) -> FakeProvider:
    _row(
        provider,
        "paotang",
        scope="openid offline",
        authorize_parameters={"acr": "PIN", "prompt": "login"},
        repeats_state_and_scope=True,
        profile_url=f"{provider.url}{PROFILE}",
        claims={
            "national_id": "profile.data.cid",
            "subject": "profile.sub",
            "name_th": "profile.data.fullNameTh.thaiFirstName profile.data.fullNameTh.thaiLastName",
        },
    )
    provider.token_answer = json_response(200, {"access_token": "abc", "token_type": "bearer"})
    provider.answers[PROFILE] = json_response(200, {"code": "0", "sub": "pt-1", "data": CUSTOMER})
    return provider


def _row(provider: FakeProvider, code: str, **options: Any) -> None:
    url = provider.url
    right = {"authorize_url": f"{url}/authorize", "token_url": f"{url}/token", "client_id": "us"}
    row = make_provider(url, code, is_primary=False, protocol=IdentityProvider.Protocol.OAUTH_PROFILE)
    row.options = {**right, **options}
    row.default_ial, row.max_ial = "1.3", "2.1"
    row.save()


def health_id_answer(detail: dict[str, Any] | None = None, **changes: Any) -> Response:
    payload = {"scopes_detail": HEALTH_ID if detail is None else detail, "exp": int(time.time()) + 31_535_998}
    token = f"{segment({'alg': 'RS256'})}.{segment(payload)}.AAAA"
    data = {"access_token": token, "token_type": "Bearer", "expires_in": 31_535_998, "account_id": "77"}
    return json_response(200, {"status": "success", "data": data, "message": "You logged in successfully", **changes})


def test_mor_prom_signs_in_from_its_envelope(moprom: FakeProvider) -> None:
    moprom.token_answer = health_id_answer()
    assert "code" in Begun("moprom").come_back()
    known = applicant_claims(Citizen.objects.get(), ["national_id", "family_name_th"])
    assert known == {"national_id": NUMBER, "family_name_th": "ระบบ"}
    assert "client_secret=" in moprom.asked("/token")[0].body.decode()


def test_mor_proms_level_is_capped_because_nothing_is_signed(moprom: FakeProvider) -> None:
    moprom.token_answer = health_id_answer({**HEALTH_ID, "ial": 3})
    Begun("moprom").come_back()
    assert str(SignIn.objects.get().ial) == "2.1"


def test_a_token_that_lives_for_a_year_is_kept_nowhere(moprom: FakeProvider) -> None:
    moprom.token_answer = health_id_answer()
    begun = Begun("moprom")
    begun.browser.exchange(code=begun.come_back()["code"])
    assert Session.objects.get().provider_session_encrypted is None
    assert SignIn.objects.get().provider_session_encrypted is None


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (json_response(422, {"status": "error", "message": "Code is invalid"}), "access_denied"),
        (json_response(400, {"status": "error", "message": "This user has not provider id"}), "access_denied"),
        (json_response(401, {"message": "Authentication is required"}), "temporarily_unavailable"),
        (health_id_answer(status="error"), "access_denied"),
        (health_id_answer(status=None), "access_denied"),
        (health_id_answer(data=None), "temporarily_unavailable"),
        (health_id_answer(data=[]), "temporarily_unavailable"),
        (health_id_answer(data={"access_token": "a.b.c"}), "temporarily_unavailable"),
        (health_id_answer(data={"access_token": f"a.{segment({})}.c", "account_id": "77"}), "access_denied"),
        (
            health_id_answer(data={"access_token": f"a.{segment({'exp': 1, 'scopes_detail': HEALTH_ID})}.c"}),
            "access_denied",
        ),
        (health_id_answer({**HEALTH_ID, "id_card": "1234567890123"}), "access_denied"),
        (health_id_answer({**HEALTH_ID, "id_card": [NUMBER]}), "access_denied"),
        (HangUp.RESET, "temporarily_unavailable"),
    ],
    ids=[
        "code-used-before",
        "no-such-user",
        "client-refused",
        "failed-inside-a-200",
        "status-missing",
        "no-data",
        "data-is-a-list",
        "no-jwt",
        "jwt-without-a-person",
        "jwt-expired",
        "number-wrong",
        "number-is-a-list",
        "hung-up",
    ],
)
def test_envelopes_that_prove_nothing(moprom: FakeProvider, answer: Response | HangUp, error: str) -> None:
    moprom.token_answer = answer
    assert Begun("moprom").come_back()["error"] == error
    assert not Citizen.objects.exists()


def test_one_that_refuses_a_code_inside_a_200_is_used_again_once_it_is_back(
    moprom: FakeProvider, settings: Settings
) -> None:
    settings.PROVIDER_BREAKER = {**settings.PROVIDER_BREAKER, "failures": 1}
    moprom.token_answer = Response(503)
    Begun("moprom").come_back()
    ProviderHealth.objects.update(closed_until=timezone.now())

    moprom.token_answer = health_id_answer(status="error")
    assert Browser().begin(provider="moprom").status_code == 302
    assert ProviderHealth.objects.get().closed_until is None


def test_pao_tang_signs_in_from_its_profile(paotang: FakeProvider) -> None:
    begun = Begun("paotang")
    assert "code" in begun.come_back()
    assert (begun.asked["acr"], begun.asked["prompt"]) == ("PIN", "login")
    form = parse_qs(paotang.asked("/token")[0].body.decode())
    assert (form["state"], form["scope"]) == ([begun.asked["state"]], ["openid offline"])
    assert paotang.asked(PROFILE)[0].headers["Authorization"] == "Bearer abc"


def test_pao_tang_says_no_level_and_gets_that_of_its_row(paotang: FakeProvider) -> None:
    Begun("paotang").come_back()
    assert str(SignIn.objects.get().ial) == "1.3"


def test_what_pao_tang_knows_of_work_and_salary_is_dropped(paotang: FakeProvider) -> None:
    Begun("paotang").come_back()
    citizen = Citizen.objects.get()
    assert applicant_claims(citizen, ["name_th"]) == {"name_th": "ทดสอบ ระบบ"}
    kept = decrypt_json(citizen.claims_encrypted, bound_to=f"citizen:{citizen.pk}:claims")
    assert kept == {"name_th": "ทดสอบ ระบบ"}


@pytest.mark.parametrize("status", [401, 429, 500])
def test_a_profile_that_is_given_to_nobody(paotang: FakeProvider, status: int) -> None:
    paotang.answers[PROFILE] = json_response(status, {"code": "E"})
    assert Begun("paotang").come_back()["error"] == "temporarily_unavailable"
    assert ProviderHealth.objects.get().last_failure == f"http_{status}"


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_profile_that_one_person_does_not_have_is_no_failure_of_the_provider(
    paotang: FakeProvider, status: int
) -> None:
    paotang.answers[PROFILE] = json_response(status, {"code": "E"})
    assert Begun("paotang").come_back()["error"] == "access_denied"
    assert not ProviderHealth.objects.exists()
    assert not Citizen.objects.exists()


def test_an_answer_meant_for_another_provider_is_not_taken(moprom: FakeProvider) -> None:
    """Mix-up: the state and code of a sign-in by ThaID arrive at Mor Prom's callback."""
    moprom.token_answer = health_id_answer()
    begun = Begun("thaid")
    answer = begun.browser.come_back(f"/api/v1/auth/moprom/callback?code=c&state={begun.asked['state']}")
    assert (answer.status_code, answer.json()["code"]) == (400, "sign_in_not_found")
    assert not moprom.asked("/token")
    assert not Citizen.objects.exists()
