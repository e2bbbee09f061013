"""Who overdoes it is told to wait; neighbours behind the same address are not, until the address overdoes it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import redis
from django.conf import settings
from django.http import HttpResponse
from rest_framework.test import APIClient

from citizens.identity.tokens import access_token_issue
from citizens.models import Citizen
from services_catalog.models import Agency
from tests.citizens.identity.redeeming import redeem
from tests.conftest import phone_with
from tests.factories import make_session

LimitRate = Callable[[str, str], None]
CONSENT_REQUESTS = "/api/v1/auth/consent-requests"
PROTECTED = "/api/v1/service-requests"


@dataclass(frozen=True)
class Attempt:
    """A call by somebody who is not signed in and is told apart by `who`."""

    scope: str
    path: str
    by: str  # where `who` is: a parameter, a field of the body, the cookie, the bearer token, or the path
    method: str = "post"

    def __call__(self, who: str, address: str, **extra: Any) -> HttpResponse:
        client, path, given = APIClient(), self.path.replace("WHO", who), {}
        if self.by == "cookie":
            client.cookies["__Host-sign-in"] = who
        elif self.by == "bearer":
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {who}")
        elif self.by != "path":
            given = {self.by: who}
        answer: HttpResponse = getattr(client, self.method)(path, given, REMOTE_ADDR=address, **extra)
        return answer


ATTEMPTS = {
    "authorize, by device": Attempt("sign_in", "/api/v1/auth/authorize", "device_id", "get"),
    "authorize, by challenge": Attempt("sign_in", "/api/v1/auth/authorize", "code_challenge", "get"),
    "callback, by cookie": Attempt("sign_in", "/api/v1/auth/thaid/callback", "cookie", "get"),
    "callback, by state": Attempt("sign_in", "/api/v1/auth/thaid/callback", "state", "get"),
    "token, by code": Attempt("credential", "/api/v1/auth/token", "code"),
    "token, by refresh token": Attempt("credential", "/api/v1/auth/token", "refresh_token"),
    "token, by what it replaces": Attempt("credential", "/api/v1/auth/token", "replaces"),
    "consent request": Attempt("sign_in", CONSENT_REQUESTS, "device_id"),
    "consent request, looked at": Attempt("reading", f"{CONSENT_REQUESTS}/WHO", "path", "get"),
    "consent request, finished": Attempt("credential", f"{CONSENT_REQUESTS}/WHO/finish", "path"),
    "consent request, cancelled": Attempt("credential", f"{CONSENT_REQUESTS}/WHO/cancel", "path"),
    "news of the node": Attempt("node_news", f"{CONSENT_REQUESTS}/callback/WHO", "path"),
    "wrong token": Attempt("wrong_token", PROTECTED, "bearer", "get"),
}
FOR_EVERYBODY = [
    "/api/v1/services",
    "/api/v1/catalogue",
    "/api/v1/auth/providers",
    "/api/v1/auth/providers/ndid/banks",
    "/.well-known/jwks.json",
]


def somebody() -> str:
    return str(uuid4())


def elsewhere(address: str) -> str:
    """An address that is no neighbour of that one."""
    return address.replace("2001:db8:", "2001:db9:")


def assert_told_to_wait(answer: HttpResponse) -> None:
    assert answer.status_code == 429
    assert answer["Content-Type"] == "application/problem+json"
    assert 0 < int(answer["Retry-After"]) <= 86_401


@pytest.mark.django_db
@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_who_tries_too_often_is_told_to_wait_and_neighbours_are_not(
    attempt: Attempt, limit_rate: LimitRate, address: str
) -> None:
    limit_rate(attempt.scope, "2/day")
    who = somebody()

    assert all(attempt(who, address).status_code != 429 for _ in range(2))
    assert_told_to_wait(attempt(who, address))
    assert_told_to_wait(attempt(who, elsewhere(address)))
    assert attempt(somebody(), address).status_code != 429


@pytest.mark.django_db
@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_an_address_that_tries_far_too_often_is_told_to_wait_whoever_calls(
    attempt: Attempt, limit_rate: LimitRate, address: str
) -> None:
    limit_rate("address", "2/day")

    assert all(attempt(somebody(), address).status_code != 429 for _ in range(2))
    assert_told_to_wait(attempt(somebody(), address))
    assert_told_to_wait(attempt(somebody(), address, HTTP_X_FORWARDED_FOR="203.0.113.7"))
    assert attempt(somebody(), elsewhere(address)).status_code != 429


@pytest.mark.django_db
def test_a_caller_who_changes_the_address_within_their_own_network_escapes_no_limit(
    anonymous: APIClient, limit_rate: LimitRate, address: str
) -> None:
    limit_rate("address", "2/day")

    def read(suffix: str) -> HttpResponse:
        answer: HttpResponse = anonymous.get("/api/v1/services", REMOTE_ADDR=address.replace("::1", suffix))
        return answer

    assert [read(suffix).status_code for suffix in ("::1", "::2")] == [200, 200]
    assert_told_to_wait(read(":ffff:1:2:3"))


@pytest.mark.django_db
@pytest.mark.parametrize("path", FOR_EVERYBODY)
def test_what_is_the_same_for_everybody_counts_by_address(
    path: str, anonymous: APIClient, limit_rate: LimitRate, address: str
) -> None:
    limit_rate("address", "1/day")

    assert anonymous.get(path, REMOTE_ADDR=address).status_code != 429
    assert_told_to_wait(anonymous.get(path, REMOTE_ADDR=address))


@pytest.mark.django_db
def test_who_overdoes_it_does_not_use_up_the_limit_of_their_address(limit_rate: LimitRate, address: str) -> None:
    limit_rate("credential", "1/day")
    limit_rate("address", "2/day")
    attempt, who = ATTEMPTS["token, by code"], somebody()

    assert [attempt(who, address).status_code for _ in range(4)] == [422, 429, 429, 429]
    assert attempt(somebody(), address).status_code == 422


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "status"), [("{", 400), ("[]", 422), ('{"code": 1}', 422), ('{"code": ""}', 422)], ids=repr
)
def test_bodies_that_name_nobody_count_by_address(
    body: str, status: int, anonymous: APIClient, limit_rate: LimitRate, address: str
) -> None:
    limit_rate("credential", "1/day")
    limit_rate("address", "2/day")

    def post() -> HttpResponse:
        path, kind = "/api/v1/auth/token", "application/json"
        answer: HttpResponse = anonymous.post(path, body, content_type=kind, REMOTE_ADDR=address)
        return answer

    assert [post().status_code for _ in range(2)] == [status, status]
    assert_told_to_wait(post())


def test_wrong_keys_of_agencies_count_by_address_and_right_ones_by_agency(
    agency: Agency, limit_rate: LimitRate, address: str
) -> None:
    limit_rate("wrong_key", "2/day")

    def guess() -> HttpResponse:
        key = f"Bearer {secrets.token_urlsafe(32)}"
        answer: HttpResponse = redeem(agency, "x", HTTP_AUTHORIZATION=key, REMOTE_ADDR=address)
        return answer

    assert [guess().status_code for _ in range(2)] == [401, 401]
    assert_told_to_wait(guess())
    assert redeem(agency, "x", REMOTE_ADDR=address).status_code != 429
    limit_rate("agency", "1/day")
    assert redeem(agency, "x", REMOTE_ADDR=address).status_code != 429
    assert_told_to_wait(redeem(agency, "x", REMOTE_ADDR=elsewhere(address)))


@pytest.mark.django_db
def test_a_device_counts_whichever_way_it_begins(limit_rate: LimitRate, address: str) -> None:
    limit_rate("sign_in", "2/day")
    by_redirect, by_consent, device = ATTEMPTS["authorize, by device"], ATTEMPTS["consent request"], somebody()

    assert [attempt(device, address).status_code for attempt in (by_redirect, by_consent)] == [422, 422]
    assert_told_to_wait(by_redirect(device, address))
    assert_told_to_wait(by_consent(device, address))


@pytest.mark.django_db
def test_a_refresh_token_counts_wherever_it_is_shown(limit_rate: LimitRate, address: str) -> None:
    limit_rate("credential", "1/day")
    token = somebody()

    assert ATTEMPTS["token, by refresh token"](token, address).status_code == 422
    assert_told_to_wait(ATTEMPTS["token, by what it replaces"](token, address))
    finish = Attempt("credential", f"{CONSENT_REQUESTS}/{somebody()}/finish", "replaces")
    assert_told_to_wait(finish(token, address))


def test_a_phone_that_goes_on_with_a_token_that_is_over_is_told_to_wait(
    citizen: Citizen, api: APIClient, limit_rate: LimitRate, address: str
) -> None:
    limit_rate("wrong_token", "2/day")
    over = phone_with(access_token_issue(make_session(citizen), lifetime=timedelta(seconds=-1)))

    assert [over.get(PROTECTED, REMOTE_ADDR=address).status_code for _ in range(2)] == [401, 401]
    assert_told_to_wait(over.get(PROTECTED, REMOTE_ADDR=address))
    assert api.get(PROTECTED, REMOTE_ADDR=address).status_code == 200, "the citizen's good token"


@pytest.mark.parametrize("wrong", ["", "Bearer made.up.token", "Basic eDp5"])
def test_calls_that_do_not_prove_who_calls_count_by_address_and_right_ones_do_not(
    wrong: str, api: APIClient, limit_rate: LimitRate, address: str
) -> None:
    limit_rate("address", "2/day")

    def call() -> HttpResponse:
        headers = {"authorization": wrong} if wrong else {}
        answer: HttpResponse = APIClient().get(PROTECTED, headers=headers, REMOTE_ADDR=address)
        return answer

    assert [api.get(PROTECTED, REMOTE_ADDR=address).status_code for _ in range(3)] == [200, 200, 200]
    assert [call().status_code for _ in range(2)] == [401, 401]
    assert_told_to_wait(call())
    assert api.get(PROTECTED, REMOTE_ADDR=address).status_code == 200


@pytest.mark.django_db
def test_the_cache_keeps_counts_and_nothing_of_whom_they_are(address: str, api: APIClient) -> None:
    cache = redis.Redis.from_url(str(settings.CACHES["default"]["LOCATION"]))
    before = set(cache.scan_iter("rate:*", count=10_000))
    callers = [somebody() for _ in ATTEMPTS]
    for who, attempt in zip(callers, ATTEMPTS.values(), strict=True):
        attempt(who, address)
    api.get("/api/v1/requests")

    written = set(cache.scan_iter("rate:*", count=10_000)) - before
    kept = b" ".join(key + b"=" + (cache.get(key) or b"") for key in written).decode()

    assert len(written) >= len(ATTEMPTS) + 1
    assert all(0 < cache.ttl(key) <= 60 for key in written)
    assert not [value for value in (address, *callers) if value in kept]
