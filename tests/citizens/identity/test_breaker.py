"""A provider that is down or slow: its own breaker, one probe, and a phone that is told which others are up."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from citizens.models import ProviderHealth
from superapp.sandbox.listener import HangUp, json_response
from tests.citizens.identity.begun import Begun, sign_in_with
from tests.citizens.identity.conftest import Browser
from tests.citizens.identity.fake_provider import FakeProvider

TOKEN = "/api/v2/oauth2/token/"


@pytest.fixture(autouse=True)
def breaker(settings: Settings) -> None:
    waits = [timedelta(seconds=10), timedelta(seconds=100)]
    settings.PROVIDER_BREAKER = {"failures": 3, "waits": waits, "probe_time": timedelta(seconds=30)}


def bring_down(provider: FakeProvider) -> None:
    begun = [Begun() for _ in range(3)]
    provider.token_answer = json_response(500, {})
    for one in begun:
        assert one.come_back()["error"] == "temporarily_unavailable"


def wait_is_over() -> None:
    ProviderHealth.objects.update(closed_until=timezone.now())


def listed() -> dict[str, Any]:
    return {one["code"]: one for one in APIClient().get("/api/v1/auth/providers").json()}


def seconds_closed() -> float:
    closed_until = ProviderHealth.objects.get().closed_until
    assert closed_until is not None
    return (closed_until - timezone.now()).total_seconds()


def test_a_provider_that_fails_again_and_again_is_not_used(provider: FakeProvider, other: FakeProvider) -> None:
    bring_down(provider)

    answer = Browser().begin()
    assert (answer.status_code, answer.json()["code"]) == (503, "identity_provider_down")
    assert 1 <= int(answer["Retry-After"]) <= 10
    assert answer.json()["providers"] == ["dga"]


def test_the_phone_is_told_which_are_up(provider: FakeProvider, other: FakeProvider) -> None:
    bring_down(provider)
    told = listed()
    assert (told["thaid"]["is_up"], told["dga"]["is_up"]) == (False, True)
    assert told["thaid"]["down_until"] is not None


def test_other_providers_are_not_touched(provider: FakeProvider, other: FakeProvider) -> None:
    bring_down(provider)
    begun = Begun("dga")
    other.answers_with(other.signs(other.claims(begun.asked["nonce"])))
    assert "code" in begun.come_back()


def test_who_comes_back_while_it_is_down_does_not_wait_for_it(provider: FakeProvider) -> None:
    late = Begun()
    bring_down(provider)
    calls = len(provider.asked(TOKEN))
    assert late.come_back()["error"] == "temporarily_unavailable"
    assert len(provider.asked(TOKEN)) == calls


def test_an_answer_forgets_failures(provider: FakeProvider) -> None:
    for _ in range(4):
        provider.token_answer = HangUp.RESET
        Begun().come_back()
        assert ProviderHealth.objects.get().failures == 1
        provider.token_answer = json_response(400, {"error": "invalid_grant"})
        Begun().come_back()
        assert ProviderHealth.objects.get().failures == 0


def test_a_provider_that_is_well_writes_nothing(provider: FakeProvider) -> None:
    sign_in_with(provider, lambda nonce: provider.signs(provider.claims(nonce)))
    assert not ProviderHealth.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_after_the_wait_exactly_one_tries(provider: FakeProvider) -> None:
    bring_down(provider)
    wait_is_over()
    calls = len(provider.asked(TOKEN))
    seen: list[int] = []

    def another_comes() -> None:
        """While the probe is out, in the thread of the provider's server."""
        seen.append(Browser().begin().status_code)
        connection.close()

    provider.on_token_request = another_comes
    assert Browser().begin().status_code == 503
    assert seen == [503]
    assert len(provider.asked(TOKEN)) == calls + 1


def test_each_further_failure_is_a_longer_wait(provider: FakeProvider) -> None:
    bring_down(provider)
    assert 5 < seconds_closed() <= 10
    wait_is_over()
    Browser().begin()
    assert 90 < seconds_closed() <= 100


def test_a_provider_that_is_back_is_used_again(provider: FakeProvider) -> None:
    bring_down(provider)
    wait_is_over()
    provider.token_answer = json_response(400, {"error": "invalid_grant"})

    assert "code" in sign_in_with(provider, lambda nonce: provider.signs(provider.claims(nonce)))
    assert ProviderHealth.objects.get().failures == 0
    assert listed()["thaid"]["is_up"]


def test_a_refusal_of_our_own_secret_counts_and_a_refused_code_does_not(provider: FakeProvider) -> None:
    provider.token_answer = json_response(401, {"error": "invalid_client"})
    Begun().come_back()
    assert ProviderHealth.objects.get().last_failure == "client_refused"
