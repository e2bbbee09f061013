import secrets
from collections.abc import Callable

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from services_catalog.models import Service
from tests.citizens.service_requests.submitting import NO_ROWS, PATH, assert_problem, rows, submission, submit
from tests.factories import ANSWERS

LimitRate = Callable[[str, str], None]


def test_too_many_submissions(api: APIClient, stranger: APIClient, service: Service, limit_rate: LimitRate) -> None:
    limit_rate("submission", "2/day")
    bodies = [submission({**ANSWERS, "copies": copies}) for copies in (1, 2)]
    assert [submit(api, body, key=f"key-{copies}").status_code for copies, body in enumerate(bodies)] == [202, 202]
    before = rows()

    refused = submit(api, key="3")

    assert_problem(refused, 429, "too_many_requests")
    assert 0 < int(refused["Retry-After"]) <= 86_401
    assert rows() == before
    assert api.get(PATH).status_code == 200
    assert submit(stranger, key="3").status_code == 202


def test_refused_submissions_count_too(api: APIClient, service: Service, limit_rate: LimitRate) -> None:
    limit_rate("submission", "1/day")
    assert submit(api, b"{").status_code == 400
    assert submit(api).status_code == 429
    assert rows() == NO_ROWS


def test_too_many_reads(api: APIClient, limit_rate: LimitRate) -> None:
    limit_rate("reading", "2/day")
    assert [api.get(PATH).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.django_db
def test_an_address_cannot_be_invented(anonymous: APIClient, limit_rate: LimitRate, address: str) -> None:
    """Without a trusted proxy X-Forwarded-For is just something the caller says."""
    limit_rate("address", "1/day")
    statuses = [
        anonymous.get("/api/v1/services", REMOTE_ADDR=address, HTTP_X_FORWARDED_FOR=f"10.0.0.{number}").status_code
        for number in range(2)
    ]
    assert statuses == [200, 429]


@pytest.mark.django_db
def test_behind_a_proxy_callers_are_told_apart(
    anonymous: APIClient, limit_rate: LimitRate, settings: Settings, address: str
) -> None:
    settings.TRUSTED_PROXIES = 1
    limit_rate("address", "1/day")

    def read(forwarded: str) -> int:
        return int(anonymous.get("/api/v1/services", HTTP_X_FORWARDED_FOR=forwarded).status_code)

    assert read(f"10.9.9.9, {address}") == 200
    assert read(f"10.8.8.8, {address}") == 429
    assert read(f"{address}, {address.replace('2001:db8:', '2001:db9:')}") == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("{v4}", "{v4}:4711"),
        ("{v4}:4711", "{v4}:4712"),
        ("{v4}", "::ffff:{v4}"),
        ("{v6}", "[{v6}]"),
        ("[{v6}]:4711", "[{v6}]:4712"),
    ],
)
def test_a_port_that_the_proxy_writes_down_tells_no_callers_apart(
    anonymous: APIClient, limit_rate: LimitRate, settings: Settings, address: str, first: str, again: str
) -> None:
    settings.TRUSTED_PROXIES = 1
    limit_rate("address", "1/day")
    who = {"v4": ".".join(str(part) for part in secrets.token_bytes(4)), "v6": address}

    def read(forwarded: str) -> int:
        return int(anonymous.get("/api/v1/services", HTTP_X_FORWARDED_FOR=forwarded.format(**who)).status_code)

    assert [read(first), read(again)] == [200, 429]


@pytest.mark.django_db
@pytest.mark.usefixtures("cache_down")
def test_without_the_cache_nobody_can_sign_in(anonymous: APIClient) -> None:
    grant = {"grant_type": "refresh_token", "refresh_token": "x"}
    for refused in (
        anonymous.post("/api/v1/auth/token", grant),
        anonymous.get("/api/v1/auth/authorize", {"provider": "thaid"}),
        anonymous.get("/api/v1/auth/thaid/callback", {"state": "x"}),
    ):
        assert_problem(refused, 503, "temporarily_unavailable")
        assert refused["Retry-After"] == "5"


@pytest.mark.usefixtures("cache_down")
def test_without_the_cache_all_else_stays_open(api: APIClient, anonymous: APIClient, service: Service) -> None:
    assert submit(api).status_code == 202
    assert api.get(PATH).status_code == 200
    assert api.get("/api/v1/notifications").status_code == 200
    assert anonymous.get("/api/v1/services").status_code == 200
    assert anonymous.get("/api/v1/auth/providers").status_code == 200
