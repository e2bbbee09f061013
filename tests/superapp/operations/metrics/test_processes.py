"""What a process counts of its own work."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import TestCase
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from citizens.service_requests import nudges
from citizens.service_requests.ids import first_id_of, moment_of
from citizens.service_requests.models import DeliveryAttempt, Errand, Outcome
from citizens.service_requests.routing.attempt_log import Ended, log_attempts
from citizens.service_requests.routing.closing import Closing, close_attempts
from citizens.service_requests.routing.drain import drain_lane
from citizens.service_requests.routing.sweep import expire_leases
from services_catalog.models import Service
from superapp.embedded.locations import PROJECT_ROOT
from superapp.operations.metrics.exposition import exposition
from superapp.sandbox.listener import json_response
from tests.citizens.service_requests.making import make_attempt, make_request, make_service
from tests.citizens.service_requests.submitting import submit
from tests.counterparts import RECEIPT, http_server
from tests.superapp.operations.metrics.conftest import Page

pytestmark = pytest.mark.django_db
Scrape = Callable[[], Page]


def attempts(page: Page, service: Service, outcome: Outcome) -> float | None:
    return page.value("superapp_delivery_attempts_total", service=service.code, outcome=outcome.value)


@pytest.mark.django_db(transaction=True)
def test_attempts_are_counted_by_outcome_and_deliveries_timed(scrape: Scrape) -> None:
    answers = [json_response(503, {}), RECEIPT]
    with http_server(lambda _request: answers.pop(0)) as agency:
        service = make_service({"submit_url": agency.url})
        before = scrape().value("superapp_delivery_seconds_count")
        service_request = make_request(service)
        drain_lane(service.pk)
        service_request.refresh_from_db()
        type(service_request).objects.filter(pk=service_request.pk).update(next_attempt_at=timezone.now())
        drain_lane(service.pk)
    page = scrape()
    assert attempts(page, service, Outcome.RETRYABLE) == 1
    assert attempts(page, service, Outcome.DELIVERED) == 1
    assert page.value("superapp_delivery_seconds_count") == (before or 0) + 1


def close_and_log(attempt: DeliveryAttempt, outcome: Outcome, *, accepted_at: datetime | None = None) -> None:
    [closed] = close_attempts({attempt.pk: Closing(outcome)}).values()
    if accepted_at:
        closed = replace(closed, request_id=first_id_of(accepted_at))
    with TestCase.captureOnCommitCallbacks(execute=True):
        log_attempts([Ended(closed, "trace")])


def test_a_delivery_is_timed_from_the_acceptance(scrape: Scrape) -> None:
    attempt = make_attempt(make_request(make_service()))
    before = scrape()
    close_and_log(attempt, Outcome.DELIVERED, accepted_at=timezone.now() - timedelta(minutes=20))
    after = scrape()
    grown = (after.value("superapp_delivery_seconds_sum") or 0) - (before.value("superapp_delivery_seconds_sum") or 0)
    assert grown == pytest.approx(1200, abs=30)


def test_only_delivered_submissions_are_timed(scrape: Scrape) -> None:
    before = scrape().value("superapp_delivery_seconds_count")
    service_request = make_request(make_service())
    close_and_log(make_attempt(service_request), Outcome.PERMANENT)
    other = make_attempt(make_request(service_request.service), errand=Errand.CANCELLATION)
    close_and_log(other, Outcome.DELIVERED)
    page = scrape()
    assert attempts(page, service_request.service, Outcome.PERMANENT) == 1
    assert attempts(page, service_request.service, Outcome.DELIVERED) == 1
    assert page.value("superapp_delivery_seconds_count") == before


def test_an_attempt_whose_lease_ran_out_is_counted_for_its_service(scrape: Scrape) -> None:
    service = make_service()
    make_attempt(make_request(service), Outcome.SENDING, lease_expires_at=timezone.now() - timedelta(seconds=1))
    with TestCase.captureOnCommitCallbacks(execute=True):
        expire_leases()
    assert attempts(scrape(), service, Outcome.UNKNOWN) == 1


def test_a_transaction_that_is_rolled_back_counts_nothing(scrape: Scrape) -> None:
    attempt = make_attempt(make_request(make_service()))
    [closed] = close_attempts({attempt.pk: Closing(Outcome.DELIVERED)}).values()
    with TestCase.captureOnCommitCallbacks(execute=False):
        log_attempts([Ended(closed, "trace")])
    assert attempts(scrape(), attempt.service_request.service, Outcome.DELIVERED) is None


def test_accepting_is_timed_and_refusing_is_not(api: APIClient, service: Service, scrape: Scrape) -> None:
    before = scrape().value("superapp_accept_seconds_count") or 0
    assert submit(api, key="1").status_code == 202
    assert scrape().value("superapp_accept_seconds_count") == before + 1
    assert submit(api, b'{"service": "nowhere", "version": 1, "data": {}}', key="2").status_code == 404
    assert scrape().value("superapp_accept_seconds_count") == before + 1


def test_calls_that_nobody_could_count_are_counted(anonymous: APIClient, settings: Settings, scrape: Scrape) -> None:
    def unavailable() -> float:
        return scrape().value("superapp_rate_limits_unavailable_total", scope="address") or 0

    before = unavailable()
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.1", 0))
        location = f"redis://127.0.0.1:{taken.getsockname()[1]}/0"
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": location}}
        assert anonymous.get("/api/v1/services").status_code == 200
    assert unavailable() == before + 1


def test_nudges_that_the_broker_did_not_take_are_counted(monkeypatch: pytest.MonkeyPatch, scrape: Scrape) -> None:
    def away(*_args: object, **_options: object) -> None:
        raise ConnectionError

    before = scrape().value("superapp_nudges_failed_total") or 0
    monkeypatch.setattr(nudges, "send_nudge", away)
    # A sender of its own: the process's leaves the broker alone for a while after this.
    nudges._Sender().add(make_service().pk)
    end = time.monotonic() + 10
    while scrape().value("superapp_nudges_failed_total") != before + 1:
        assert time.monotonic() < end
        time.sleep(0.05)


def test_an_id_tells_when_it_was_made() -> None:
    now = timezone.now()
    assert abs(moment_of(first_id_of(now)) - now) < timedelta(milliseconds=1)


COUNT = (
    "import django; django.setup(); from citizens.service_requests.measuring import ATTEMPTS, DELIVERY_SECONDS;"
    "ATTEMPTS.labels('dlt-licence', 'delivered').inc(2); DELIVERY_SECONDS.observe(3)"
)


def test_processes_that_share_a_directory_count_together(tmp_path: Path, settings: Settings) -> None:
    directory = tmp_path / "metrics"
    settings_of_it = {"DJANGO_SETTINGS_MODULE": "superapp.settings.local", "PROMETHEUS_MULTIPROC_DIR": str(directory)}
    environment = {**os.environ, **settings_of_it}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", COUNT], cwd=PROJECT_ROOT, env=environment, check=True)
    settings.PROMETHEUS_MULTIPROC_DIR = str(directory)
    page = Page(exposition().decode())
    assert page.value("superapp_delivery_attempts_total", service="dlt-licence", outcome="delivered") == 4
    assert page.value("superapp_delivery_seconds_count") == 2
    assert page.value("superapp_delivery_seconds_bucket", le="5.0") == 2
