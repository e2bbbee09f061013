import socket
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from citizens.identity.citizens import citizen_identify
from citizens.identity.sign_in import forget_expired
from citizens.models import Citizen, IdentityProvider, LinkedIdentity, ProviderHealth, RefreshToken, Session, SignIn
from tests.citizens.identity.conftest import COOKIE, PHONE, PUBLIC_URL, Browser, landing
from tests.conftest import phone_with
from tests.factories import national_id, verified_identity


def test_whole_sign_in(browser: Browser) -> None:
    tokens = browser.tokens()

    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 900
    assert phone_with(tokens["access_token"]).get("/api/v1/service-requests").status_code == 200
    session = Session.objects.get()
    assert (session.citizen, str(session.ial), str(session.aal)) == (Citizen.objects.get(), "2.3", "2.2")


def test_tokens_are_not_to_be_stored(browser: Browser) -> None:
    assert browser.exchange(code=browser.sign_in()["code"])["Cache-Control"] == "no-store"


def test_phone_gets_its_own_state_back(browser: Browser) -> None:
    assert browser.sign_in()["state"] == browser.state


def test_the_cookie_is_bound_to_our_host(browser: Browser) -> None:
    cookie = browser.begin().cookies[COOKIE]

    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    assert (cookie["path"], cookie["domain"]) == ("/", "")


def test_the_cookie_is_taken_back_at_the_end(browser: Browser) -> None:
    back = browser.consent(browser.begin()["Location"], "1234567890121")
    cookie = browser.come_back(back).cookies[COOKIE]

    assert (cookie.value, cookie["max-age"], cookie["secure"]) == ("", 0, True)


@pytest.mark.parametrize("other_cookie", [None, "somebody else's"])
def test_answer_in_another_browser_is_refused_and_the_first_one_can_still_finish(
    browser: Browser, other_cookie: str | None
) -> None:
    back = browser.consent(browser.begin()["Location"], "1234567890121")
    other = APIClient()
    if other_cookie is not None:
        other.cookies[COOKIE] = other_cookie

    refused = other.get(back.removeprefix(PUBLIC_URL))

    assert (refused.status_code, refused.json()["code"]) == (400, "sign_in_not_found")
    assert not Citizen.objects.exists()
    assert "code" in landing(browser.come_back(back))


def test_answer_of_another_sign_in_is_refused(browser: Browser) -> None:
    """An attacker's answer cannot be planted in a browser that has begun a sign-in of its own."""
    attacker = Browser()
    planted = attacker.consent(attacker.begin()["Location"], "1101700234568")
    browser.begin()

    assert browser.come_back(planted).status_code == 400
    assert not Citizen.objects.exists()


def test_answer_comes_once(browser: Browser) -> None:
    back = browser.consent(browser.begin()["Location"], "1234567890121")
    cookie = browser.client.cookies[COOKIE].value
    assert "code" in landing(browser.come_back(back))

    browser.client.cookies[COOKIE] = cookie
    replayed = browser.come_back(back)

    assert (replayed.status_code, replayed.json()["code"]) == (400, "sign_in_not_found")


@pytest.mark.parametrize(
    ("query", "status"), [("state=never-given&code=x", 400), ("code=x", 422), ("state=&code=x", 422)]
)
def test_answer_without_a_state_of_ours_is_refused(browser: Browser, query: str, status: int) -> None:
    browser.begin()
    assert browser.come_back(f"/api/v1/auth/thaid/callback?{query}").status_code == status


def test_answer_comes_too_late(browser: Browser) -> None:
    with time_machine.travel(timezone.now() - timedelta(minutes=11)):
        back = browser.consent(browser.begin()["Location"], "1234567890121")
    assert browser.come_back(back).status_code == 400


def test_code_is_used_once(browser: Browser) -> None:
    code = browser.sign_in()["code"]
    assert browser.exchange(code=code).status_code == 200

    again = browser.exchange(code=code)

    assert (again.status_code, again.json()["code"]) == (400, "invalid_grant")
    assert Session.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [{"code_verifier": "x" * 43}, {"redirect_uri": "https://elsewhere.example/"}],
    ids=lambda it: next(iter(it)),
)
def test_code_of_another_phone_is_refused_and_used_up(browser: Browser, change: dict[str, str]) -> None:
    code = browser.sign_in()["code"]

    assert browser.exchange(code=code, **change).status_code == 400
    assert browser.exchange(code=code).status_code == 400
    assert not Session.objects.exists()


def test_who_comes_back_from_a_provider_that_was_switched_off_meanwhile_is_sent_on_to_the_phone(
    browser: Browser,
) -> None:
    back = browser.consent(browser.begin()["Location"], "1234567890121")
    IdentityProvider.objects.update(is_on=False)

    assert landing(browser.come_back(back)) == {"error": "temporarily_unavailable", "state": browser.state}
    assert not Citizen.objects.exists()


def test_a_code_whose_provider_was_switched_off_meanwhile_gives_no_tokens(browser: Browser) -> None:
    code = browser.sign_in()["code"]
    IdentityProvider.objects.update(is_on=False)

    refused = browser.exchange(code=code)

    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_grant")
    assert not Session.objects.exists()
    IdentityProvider.objects.update(is_on=True)
    assert browser.exchange(code=code).status_code == 400, "used up"


def test_code_that_was_never_given_is_refused(browser: Browser) -> None:
    assert browser.exchange(code="made-up").json()["code"] == "invalid_grant"


@pytest.mark.parametrize(
    ("grant", "missing"),
    [
        ({"grant_type": "authorization_code"}, {"#/code", "#/code_verifier", "#/redirect_uri"}),
        ({"grant_type": "refresh_token"}, {"#/refresh_token"}),
        ({"grant_type": "password"}, {"#/grant_type"}),
    ],
    ids=lambda value: str(value.get("grant_type")) if isinstance(value, dict) else "",
)
def test_incomplete_grant_names_what_is_missing(anonymous: APIClient, grant: dict[str, str], missing: set[str]) -> None:
    refused = anonymous.post("/api/v1/auth/token", grant)

    assert refused.status_code == 422
    assert {error["pointer"] for error in refused.json()["errors"]} == missing


@pytest.mark.parametrize(
    "address",
    [
        *(PHONE + "/", PHONE + "?next=x", PHONE + "#part", PHONE.upper(), PHONE.replace("https", "http")),
        *("https://evil.example/", "javascript:alert(1)", "http://127.0.0.1:4711/signed-in", "th.go.other:/signed-in"),
    ],
)
def test_return_address_must_be_registered_exactly(browser: Browser, address: str) -> None:
    refused = browser.begin(redirect_uri=address)

    assert (refused.status_code, refused.json()["code"]) == (400, "redirect_not_registered")
    assert COOKIE not in refused.cookies
    assert not SignIn.objects.exists()


def test_an_app_link_may_be_registered(browser: Browser, settings: Settings) -> None:
    app_link = "th.go.superapp:/signed-in"
    settings.PHONE_REDIRECT_URIS = [app_link]
    back = browser.consent(browser.begin(redirect_uri=app_link)["Location"], "1234567890121")

    assert browser.come_back(back)["Location"].startswith(f"{app_link}?code=")


def test_code_comes_too_late_to_be_exchanged(browser: Browser) -> None:
    code = browser.sign_in()["code"]
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        refused = browser.exchange(code=code)

    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "change", [{"code_challenge": "short"}, {"code_challenge_method": "plain"}], ids=lambda it: next(iter(it))
)
def test_sign_in_needs_pkce_with_s256(browser: Browser, change: dict[str, str]) -> None:
    assert browser.begin(**change).status_code == 422
    assert not SignIn.objects.exists()


@pytest.mark.parametrize(("device_id", "status"), [("x" * 16, 302), ("short", 422), ("x" * 65, 422), ("x y" * 8, 422)])
def test_a_phone_may_say_which_device_it_is(browser: Browser, device_id: str, status: int) -> None:
    assert browser.begin(device_id=device_id).status_code == status
    assert SignIn.objects.exists() is (status == 302)


def test_unknown_provider(browser: Browser) -> None:
    assert browser.begin(provider="facebook").status_code == 404


def test_denied(browser: Browser) -> None:
    assert browser.sign_in(decision="deny") == {"error": "access_denied", "state": browser.state}
    assert not Citizen.objects.exists()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("server_error", "temporarily_unavailable"),
        ("temporarily_unavailable", "temporarily_unavailable"),
        ("login_required", "access_denied"),
        ("", "access_denied"),
    ],
)
def test_a_provider_that_is_out_of_order_is_no_no_of_the_citizens(browser: Browser, said: str, told: str) -> None:
    state = parse_qs(urlsplit(browser.begin()["Location"]).query)["state"][0]
    answer = browser.come_back(f"/api/v1/auth/thaid/callback?{urlencode({'state': state, 'error': said})}")
    assert landing(answer) == {"error": told, "state": browser.state}
    assert not ProviderHealth.objects.exists(), "anybody can come back with that"


def test_provider_that_is_down_sends_the_phone_back_with_an_error(
    browser: Browser, use_provider: Callable[[str], dict[str, str]]
) -> None:
    back = browser.consent(browser.begin()["Location"], "1234567890121")
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.1", 0))
        use_provider(f"http://127.0.0.1:{taken.getsockname()[1]}")
        answer = landing(browser.come_back(back))

    assert answer == {"error": "temporarily_unavailable", "state": browser.state}
    assert not Citizen.objects.exists()


def test_same_number_is_the_same_citizen(browser: Browser) -> None:
    browser.tokens()
    Browser().tokens()
    browser_of_another_person = Browser()
    browser_of_another_person.tokens("1101700234568")

    assert Citizen.objects.count() == 2
    assert LinkedIdentity.objects.count() == 2
    assert Session.objects.count() == 3


def test_same_number_from_another_account_is_the_same_citizen(db: None) -> None:
    number = national_id()
    first = citizen_identify(verified_identity(number, subject="old account"))

    assert citizen_identify(verified_identity(number, subject="new account")) == first
    assert LinkedIdentity.objects.count() == 1


def test_stateless_person_is_a_citizen(browser: Browser) -> None:
    tokens = browser.tokens("0500789000127")

    assert phone_with(tokens["access_token"]).get("/api/v1/notifications").status_code == 200
    assert str(Session.objects.get().ial) == "2.1"


def test_sign_out_ends_this_device_only(browser: Browser) -> None:
    here, elsewhere = browser.tokens(), Browser().tokens()

    assert phone_with(here["access_token"]).post("/api/v1/auth/sign-out").status_code == 204
    assert browser.refresh(here["refresh_token"]).status_code == 400
    assert browser.refresh(elsewhere["refresh_token"]).status_code == 200


def test_what_has_expired_is_forgotten(browser: Browser) -> None:
    browser.tokens()
    forget_expired()
    assert (SignIn.objects.count(), RefreshToken.objects.count()) == (1, 1)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        forget_expired()
    assert (SignIn.objects.count(), RefreshToken.objects.count()) == (0, 0)


def test_providers_are_listed_in_both_languages(browser: Browser) -> None:
    listed = browser.client.get("/api/v1/auth/providers").json()
    told = {
        "code": "thaid",
        "protocol": "redirect",
        "is_primary": True,
        "position": 10,
        "max_ial": "2.3",
        "max_aal": "2.2",
    }
    names = {"name": {"th": "ThaID (จำลอง)", "en": "ThaID (sandbox)"}, "logo_url": {"th": "", "en": ""}}
    assert listed == [{**told, **names, "is_up": True, "down_until": None}]
