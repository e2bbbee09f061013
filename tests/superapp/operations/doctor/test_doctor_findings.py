"""What doctor reads from settings, rows and clocks."""

import base64
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from citizens.service_requests.models import StatusEvent
from services_catalog.models import Outage
from superapp.operations.doctor.configuration import examine_configuration
from superapp.operations.doctor.database import database_answers, examine_database
from superapp.operations.doctor.findings import Finding, Level
from superapp.operations.doctor.servers import examine_cache
from superapp.operations.doctor.work import examine_work
from tests.citizens.service_requests.making import make_attempt, make_request, make_service

OLD = timedelta(minutes=5)


def levels(findings: Iterable[Finding]) -> dict[str, Level]:
    return {finding.check: finding.level for finding in findings}


def troubles(findings: Iterable[Finding]) -> dict[str, Level]:
    return {check: level for check, level in levels(findings).items() if level is not Level.OK}


def test_the_suites_own_servers_are_well(db: None) -> None:
    assert database_answers().level is Level.OK
    assert troubles(examine_database()) == {}
    assert troubles(examine_work()) == {}
    assert examine_cache().level is Level.OK


def test_a_pooler_that_drops_the_lock_timeout(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 0")
    assert troubles(examine_database()) == {"lock_timeout": Level.FAILED}


@pytest.mark.parametrize(("seconds", "level"), [(-60, Level.FAILED), (60, Level.FAILED), (10, Level.WARNING)])
def test_a_clock_that_is_wrong(db: None, seconds: int, level: Level) -> None:
    with time_machine.travel(timezone.now() + timedelta(seconds=seconds)):
        assert troubles(examine_database()) == {"clock": level}


def test_due_work_that_piles_up(db: None) -> None:
    service = make_service()
    make_request(service, next_attempt_at=timezone.now() - OLD)
    assert troubles(examine_work()) == {"due requests": Level.WARNING}


@pytest.mark.parametrize(
    "lane",
    [
        {"paused": True},
        {"open_weekdays": []},
        {"breaker": "open"},
        {"breaker": "half_open"},
        {"breaker_override": "open"},
    ],
)
def test_what_waits_because_it_must_is_no_trouble(db: None, lane: dict[str, Any]) -> None:
    make_request(make_service(**lane), next_attempt_at=timezone.now() - OLD)
    assert troubles(examine_work()) == {}


def test_what_waits_for_the_end_of_an_outage_is_no_trouble(db: None) -> None:
    service = make_service()
    make_request(service, next_attempt_at=timezone.now() - OLD)
    Outage.objects.create(lane_id=service.pk, kind=Outage.Kind.FORCED, starts_at=timezone.now() - OLD)
    assert troubles(examine_work()) == {}


def test_leases_that_nobody_sweeps(db: None) -> None:
    make_attempt(make_request(make_service()), lease_expires_at=timezone.now() - OLD)
    assert troubles(examine_work()) == {"sweep": Level.FAILED}


def test_news_that_nobody_tells(db: None) -> None:
    with time_machine.travel(timezone.now() - OLD):
        service_request = make_request(make_service())
    make_attempt(service_request)
    assert troubles(examine_work()) == {"notifications": Level.WARNING}
    StatusEvent.objects.update(notified_at=timezone.now())
    assert troubles(examine_work()) == {}


def test_the_cap_of_published_services(db: None, settings: Settings) -> None:
    make_service()
    settings.PUBLISHED_SERVICES_CAP = 1
    assert troubles(examine_work()) == {"published": Level.WARNING}
    settings.PUBLISHED_SERVICES_CAP = 0
    assert troubles(examine_work()) == {"published": Level.FAILED}


def test_the_local_configuration_is_well_but_for_the_sandbox() -> None:
    assert troubles(examine_configuration()) == {"sandbox": Level.WARNING}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("ENCRYPTION_KEYS", {"1": b"sixteen bytes !!"}),
        ("ENCRYPTION_KEYS", {"": bytes(32)}),
        ("LOOKUP_KEYS", {"1": base64.b64decode("AAAA")}),
        ("TOKEN_SIGNING_KEYS", []),
        ("TOKEN_SIGNING_KEYS", {}),
        ("TOKEN_SIGNING_KEYS", ["not a key"]),
        ("TOKEN_SIGNING_KEYS", [{"kty": "EC", "crv": "P-256", "kid": "1", "x": "AA", "y": "AA"}]),
    ],
)
def test_a_secret_that_is_not_sane(settings: Settings, name: str, value: Any) -> None:
    setattr(settings, name, value)
    assert troubles(examine_configuration()) == {"sandbox": Level.WARNING, name: Level.FAILED}


def test_a_public_key_cannot_sign(settings: Settings) -> None:
    public = {name: value for name, value in settings.TOKEN_SIGNING_KEYS[0].items() if name != "d"}
    settings.TOKEN_SIGNING_KEYS = [public]
    assert levels(examine_configuration())["TOKEN_SIGNING_KEYS"] is Level.FAILED
