"""The operators' page: who may see it, what it counts, what it costs."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from uuid_utils.compat import uuid7

from citizens.service_requests.models import DeliveryAttempt, ServiceRequest
from services_catalog.models import Agency, Lane, Officer, Service
from superapp.operations import admin_views
from superapp.operations.figures import first_id_of, lane_figures, totals
from superapp.operations.workers import workers_seen
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/operations/"


@pytest.fixture(autouse=True)
def no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking the broker takes half a second; one test does it in earnest."""
    monkeypatch.setattr(admin_views, "workers_seen", lambda: ["delivery-1@here"])


def client_of(**fields: Any) -> Client:
    client = Client()
    client.force_login(Officer.objects.create(username="somebody", is_staff=True, **fields))
    return client


@pytest.fixture
def operator(db: None) -> Client:
    return client_of(is_superuser=True)


def attempt(request: ServiceRequest, number: int, outcome: str, identifier: UUID | None = None) -> None:
    now = timezone.now()
    DeliveryAttempt.objects.create(
        id=identifier or uuid7(),
        service_request=request,
        lane_id=request.service_id,
        number=number,
        outcome=outcome,
        lease_expires_at=now,
        created_at=now,
    )


def test_the_page_is_for_central_staff(agency: Agency) -> None:
    assert Client().get(ADDRESS)["Location"].startswith("/admin/login/")
    assert client_of(agency=agency).get(ADDRESS).status_code == 403


def test_it_counts_what_waits_moves_and_was_tried(service: Service) -> None:
    first, second = (factories.make_request(factories.make_citizen(), service) for _ in range(2))
    ServiceRequest.objects.filter(pk=second.pk).update(next_attempt_at=None, parked_reason="crashed")
    attempt(first, 1, "retryable")
    attempt(first, 2, "unknown")
    attempt(first, 3, "sending")
    attempt(second, 1, "delivered", first_id_of(timezone.now() - timedelta(hours=2)))
    [figures] = lane_figures()
    assert (figures.waiting, figures.parked, figures.in_flight) == (1, 1, 1)
    assert figures.oldest == first.created_at
    assert figures.ended == [0, 1, 1, 0]
    assert totals([figures])["slots"] == figures.lane.slots


def test_what_needs_a_human_comes_first(agency: Agency) -> None:
    quiet, waiting, parked = (factories.make_service(agency, code) for code in ("quiet", "waiting", "parked"))
    for service in (waiting, parked):
        factories.make_request(factories.make_citizen(), service)
    ServiceRequest.objects.filter(service=parked).update(next_attempt_at=None, parked_reason="crashed")
    assert [one.lane.pk for one in lane_figures()] == [parked.pk, waiting.pk, quiet.pk]


def test_quiet_services_are_shown_on_demand(operator: Client, service: Service) -> None:
    assert service.name_th not in operator.get(ADDRESS).content.decode()
    assert service.name_th in operator.get(ADDRESS, {"all": "1"}).content.decode()
    Lane.objects.update(paused=True)
    assert service.name_th in operator.get(ADDRESS).content.decode()


def test_it_costs_the_same_with_many_services(operator: Client, agency: Agency) -> None:
    counts = []
    for number in range(4):
        factories.make_request(factories.make_citizen(), factories.make_service(agency, f"service-{number}"))
        with CaptureQueriesContext(connection) as queries:
            assert operator.get(ADDRESS, {"all": "1"}).status_code == 200
        counts.append(len(queries))
    assert set(counts) == {counts[0]}
    assert counts[0] <= 8


def test_a_broker_that_is_away_is_told_and_no_error(
    operator: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin_views, "workers_seen", lambda: None)
    response = operator.get(ADDRESS, headers={"accept-language": "en"})
    assert response.status_code == 200
    assert "The broker cannot be asked." in response.content.decode()


def test_asking_a_dead_broker_returns_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    from celery import current_app

    connect = current_app.connection_for_write
    monkeypatch.setattr(current_app, "connection_for_write", lambda **how: connect("redis://127.0.0.1:9/0", **how))
    before = timezone.now()
    assert workers_seen() is None
    assert timezone.now() - before < timedelta(seconds=3)


def test_asking_a_living_broker_names_nobody_who_does_not_run() -> None:
    assert workers_seen() == []


@pytest.mark.parametrize(("language", "words"), [("th", "รอนานสุด"), ("en", "oldest")])
def test_it_speaks_both_languages(operator: Client, service: Service, language: str, words: str) -> None:
    factories.make_request(factories.make_citizen(), service)
    assert words in operator.get(ADDRESS, headers={"accept-language": language}).content.decode()


def test_flower_is_linked_where_it_runs(operator: Client, settings: Settings) -> None:
    assert "Flower" not in operator.get(ADDRESS).content.decode()
    settings.FLOWER_URL = "http://127.0.0.1:5555"
    assert 'href="http://127.0.0.1:5555"' in operator.get(ADDRESS).content.decode()
