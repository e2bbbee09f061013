"""A provider that is slow: it costs a deadline, its breaker opens, and it does not hold all threads of the web."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Lock

import pytest
from django.db import connection
from pytest_django import Settings
from rest_framework.test import APIClient

from citizens.models import ProviderHealth
from tests.citizens.identity.begun import Begun
from tests.citizens.identity.conftest import Browser
from tests.citizens.identity.fake_provider import FakeProvider
from tests.counterparts import Talk, drip, read_request, tcp_server
from tests.factories import make_provider

TOKEN = "/api/v2/oauth2/token/"


def hang(connection: socket.socket) -> None:
    """Takes the request and says nothing until the other side has gone."""
    read_request(connection)
    connection.recv(1)


def answers(provider: FakeProvider) -> None:
    """It signs in whoever comes: ThaID need not send a nonce back."""
    provider.answers_with(provider.signs(provider.claims("", nonce=None)))


def all_come_back(begun: list[Begun]) -> list[dict[str, str]]:
    """At the same moment, each in a thread of its own."""

    def come_back(one: Begun) -> dict[str, str]:
        try:
            return one.come_back()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(begun)) as browsers:
        return list(browsers.map(come_back, begun))


@pytest.mark.parametrize("where", ["token_url", "jwks_url"])
@pytest.mark.parametrize(
    "talk",
    [hang, drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a"), drip(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b" ")],
    ids=["hangs", "drips headers", "drips a body"],
)
def test_a_provider_slow_to_our_deadline_fails_and_opens_its_own_breaker(
    provider: FakeProvider, other: FakeProvider, settings: Settings, talk: Talk, where: str
) -> None:
    settings.PROVIDER_CALL_DEADLINE = timedelta(seconds=0.5)
    settings.PROVIDER_BREAKER = {**settings.PROVIDER_BREAKER, "failures": 2, "waits": [timedelta(minutes=1)]}
    answers(provider)
    with tcp_server(talk) as port:
        make_provider(provider.url, options={where: f"http://127.0.0.1:{port}/"})
        for _ in range(2):
            began = time.monotonic()
            assert Begun().come_back()["error"] == "temporarily_unavailable"
            assert 0.4 < time.monotonic() - began < 2
    health = ProviderHealth.objects.get()
    assert (health.provider_id, health.failures, health.last_failure) == ("thaid", 2, "no_answer_in_time")

    refused = Browser().begin()
    assert (refused.status_code, refused.json()["providers"]) == (503, ["dga"])
    told = APIClient().get("/api/v1/auth/providers").json()
    assert {one["code"]: one["is_up"] for one in told} == {"thaid": False, "dga": True}
    answers(other)
    assert "code" in Begun("dga").come_back()


@pytest.mark.django_db(transaction=True)
def test_a_slow_provider_has_so_many_calls_of_a_process_and_no_more(
    provider: FakeProvider, other: FakeProvider, settings: Settings
) -> None:
    settings.PROVIDER_CALLS_IN_FLIGHT = 1
    settings.PROVIDER_CALL_IS_SLOW = timedelta(0)
    first, second, elsewhere = Begun(), Begun(), Begun("dga")
    answers(provider)
    answers(other)
    seen: list[dict[str, str]] = []

    def meanwhile() -> None:
        """While the first one's call is out, in the thread of the provider's server."""
        seen.extend([second.come_back(), elsewhere.come_back()])
        connection.close()

    provider.on_token_request = meanwhile
    assert "code" in first.come_back()
    assert [one.get("error", "none") for one in seen] == ["temporarily_unavailable", "none"]
    assert len(provider.asked(TOKEN)) == 1
    assert not ProviderHealth.objects.exists(), "our own limit is no failure of the provider's"

    provider.on_token_request = lambda: None
    assert "code" in Begun().come_back(), "there is a place again"


@pytest.mark.django_db(transaction=True)
def test_many_people_at_a_provider_that_answers_promptly_wait_for_a_place(
    provider: FakeProvider, settings: Settings
) -> None:
    settings.PROVIDER_CALLS_IN_FLIGHT = 2
    begun = [Begun() for _ in range(6)]
    answers(provider)
    out: list[int] = []
    lock, inside = Lock(), []

    def take_a_while() -> None:
        with lock:
            inside.append(1)
            out.append(len(inside))
        time.sleep(0.1)
        with lock:
            inside.pop()

    provider.on_token_request = take_a_while
    assert ["code" in one for one in all_come_back(begun)] == [True] * 6
    assert max(out) == 2


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_keys_that_another_fetches_does_not_add_up_deadlines(
    provider: FakeProvider, settings: Settings
) -> None:
    settings.PROVIDER_CALL_DEADLINE = timedelta(seconds=0.5)
    begun = [Begun() for _ in range(4)]
    answers(provider)
    with tcp_server(hang) as port:
        make_provider(provider.url, options={"jwks_url": f"http://127.0.0.1:{port}/"})
        began = time.monotonic()
        assert [one["error"] for one in all_come_back(begun)] == ["temporarily_unavailable"] * 4
        assert time.monotonic() - began < 1.7
