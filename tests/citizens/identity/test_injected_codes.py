"""Codes and answers of one sign-in put into another, made up, or sent again: on the phone's leg and the provider's."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.db import connection

from citizens.models import Citizen, Session, SignIn
from superapp.sandbox.listener import json_response
from superapp.sandbox.server import Sandbox
from tests.citizens.identity.begun import Begun
from tests.citizens.identity.conftest import COOKIE, Browser, landing
from tests.citizens.identity.fake_provider import FakeProvider
from tests.factories import make_provider

SOMEBODY, A_THIEF = "1234567890121", "1101700234568"


def answered(browser: Browser, person: str) -> str:
    """A sign-in up to where the provider sends the browser back to."""
    return browser.consent(browser.begin()["Location"], person)


def with_code(answer: str, code: str) -> str:
    query = dict(parse_qsl(urlsplit(answer).query))
    return f"{urlsplit(answer).path}?{urlencode({**query, 'code': code})}"


def code_in(answer: str) -> str:
    return dict(parse_qsl(urlsplit(answer).query))["code"]


def test_our_code_put_into_another_phones_sign_in_signs_nobody_in(browser: Browser) -> None:
    """The phone's leg: a thief shows a verifier of their own, and has not that of the phone that began."""
    thief = Browser()
    own = thief.sign_in(A_THIEF)["code"]
    stolen = browser.sign_in(SOMEBODY)["code"]

    refused = thief.exchange(code=stolen)

    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_grant")
    assert not Session.objects.exists()
    assert browser.exchange(code=stolen).status_code == 400, "who has seen it cannot be told: it is used up"
    assert thief.exchange(code=own).status_code == 200
    assert Session.objects.get().citizen == SignIn.objects.get(client_state=thief.state).citizen


@pytest.mark.parametrize(
    "row", [{"nonce": "if_echoed"}, {"nonce": "unused", "pkce": True}], ids=["by the nonce", "by PKCE"]
)
def test_a_providers_code_put_into_another_browsers_answer_proves_nothing(
    browser: Browser, sandbox: Sandbox, row: dict[str, Any]
) -> None:
    """The provider's leg: state and cookie are right, and the code is of a sign-in that somebody else began."""
    make_provider(sandbox.urls["thaid"], options=row)
    stolen = code_in(answered(browser, SOMEBODY))
    thief = Browser()
    answer = answered(thief, A_THIEF)

    assert landing(thief.come_back(with_code(answer, stolen))) == {"error": "access_denied", "state": thief.state}
    assert not Citizen.objects.exists()


def test_an_answer_with_a_made_up_code_signs_nobody_in(browser: Browser) -> None:
    answer = answered(browser, SOMEBODY)

    assert landing(browser.come_back(with_code(answer, "made-up")))["error"] == "access_denied"
    assert browser.come_back(answer).status_code == 400, "whatever came first was the answer"
    assert not Citizen.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_comes_again_while_the_first_is_looked_at_is_refused(provider: FakeProvider) -> None:
    begun = Begun()
    cookie = begun.browser.client.cookies[COOKIE].value
    again: list[int] = []

    def come_again() -> None:
        """In the thread of the provider's server."""
        twin = Browser()
        twin.client.cookies[COOKIE] = cookie
        query = urlencode({"code": "c", "state": begun.asked["state"]})
        again.append(twin.come_back(f"/api/v1/auth/thaid/callback?{query}").status_code)
        connection.close()

    provider.on_token_request = come_again
    provider.token_answer = json_response(400, {"error": "invalid_grant"})
    begun.come_back()
    assert again == [400]
