"""The operators' page: who may see it, what it counts, what it costs."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from uuid_utils.compat import uuid7

from citizens.service_requests.ids import first_id_of
from citizens.service_requests.models import OPEN_OUTCOMES, DeliveryAttempt, ServiceRequest
from services_catalog.models import Agency, Lane, Officer, Outage, Service
from superapp.operations import admin_views
from superapp.operations.figures import lane_figures, totals
from superapp.operations.workers import workers_seen
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/operations/"
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
LATER = datetime(2099, 1, 1, tzinfo=UTC)


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
    return client_of(roles=["operator"])


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
        finished_at=None if outcome in OPEN_OUTCOMES else now,
    )


def test_the_page_is_for_those_who_may_see_lanes() -> None:
    assert Client().get(ADDRESS)["Location"].startswith("/admin/login/")
    assert client_of().get(ADDRESS).status_code == 403


def test_an_officer_sees_the_lanes_of_the_agency_alone(agency: Agency, service: Service, settings: Settings) -> None:
    settings.FLOWER_URL = "http://127.0.0.1:5555"
    other = factories.make_service(factories.make_agency("other"), "other-licence")
    for one in (service, other):
        factories.make_request(factories.make_citizen(), one)
    response = client_of(agency=agency, roles=["editor"]).get(ADDRESS, {"all": "1"})
    assert [one.lane.pk for one in response.context["figures"]] == [service.pk]
    assert response.context["totals"]["waiting"] == 1
    text = response.content.decode()
    for foreign in (other.code, other.name_th, str(other.pk), "กรม other", "Flower", "delivery-1@here"):
        assert foreign not in text


def test_its_buttons_act_on_the_lanes_that_are_ticked(operator: Client, service: Service) -> None:
    text = operator.get(ADDRESS, {"all": "1"}).content.decode()
    assert f'name="_selected_action" value="{service.pk}"' in text
    assert 'name="action" value="force_outage"' in text
    data = {"index": "0", "action": "pause", "_selected_action": str(service.pk), "next": ADDRESS}
    asked = operator.post("/admin/services_catalog/lane/", data)
    assert f'name="next" value="{ADDRESS}"' in asked.content.decode()
    done = operator.post("/admin/services_catalog/lane/", {**data, "confirmed": "1", "reason": "they move"})
    assert done["Location"] == ADDRESS
    assert Lane.objects.get(pk=service.pk).paused


def test_who_may_only_look_has_no_buttons(service: Service) -> None:
    client = client_of(roles=["platform_reviewer"])
    response = client.get(ADDRESS, {"all": "1"})
    assert service.name_th in response.content.decode()
    assert "_selected_action" not in response.content.decode()


@pytest.mark.parametrize(
    ("lane", "words"),
    [
        ({"paused": True}, ["Paused", "0 / 0"]),
        (
            {"breaker": "open", "breaker_since": MOMENT, "breaker_probe_at": LATER},
            ["Circuit breaker open", "next probe"],
        ),
        ({"breaker": "half_open", "breaker_since": MOMENT}, ["Probing", "0 / 1"]),
        ({"breaker_override": "open"}, ["Circuit breaker open", "held: Open"]),
        ({"breaker_override": "closed", "breaker": "open"}, ["Running", "held: Closed"]),
        ({"recent_call_ms": 60_000}, ["Slow", "0 / 1"]),
        ({"rate_per_second": 5, "rate_per_day": 1000}, ["5 per second", "0 of 1000 today"]),
        ({"open_weekdays": []}, ["Outside its opening hours"]),
        (
            {"rate_per_day": 9, "rate_day": LATER.date(), "rate_day_calls": 9},
            ["Calls of the day used up", "9 of 9 today", "0 / 0"],
        ),
    ],
)
def test_it_says_how_a_lane_stands(operator: Client, service: Service, lane: dict[str, Any], words: list[str]) -> None:
    factories.make_request(factories.make_citizen(), service)
    Lane.objects.filter(pk=service.pk).update(**lane)
    text = operator.get(ADDRESS, headers={"accept-language": "en"}).content.decode()
    assert [one for one in words if one not in text] == []


@pytest.mark.parametrize(
    ("lane", "told", "untold"),
    [
        ({"breaker": "open", "breaker_override": "open", "breaker_probe_at": LATER}, "held: Open", "next probe"),
        ({"breaker": "open", "breaker_override": "closed", "breaker_since": MOMENT}, "held: Closed", "<small>for "),
        ({"breaker": "closed", "breaker_since": MOMENT}, "<small>for ", "next probe"),
    ],
)
def test_since_when_and_a_next_probe_are_told_where_there_is_one(
    operator: Client, service: Service, lane: dict[str, Any], told: str, untold: str
) -> None:
    Lane.objects.filter(pk=service.pk).update(**lane)
    text = operator.get(ADDRESS, {"all": "1"}, headers={"accept-language": "en"}).content.decode()
    assert (told in text, untold in text) == (True, False)


def test_an_old_request_that_is_to_be_cancelled_has_not_waited_so_long(operator: Client, service: Service) -> None:
    request = factories.make_request(factories.make_citizen(), service)
    ServiceRequest.objects.filter(pk=request.pk).update(
        errand="cancellation", status="delivered", created_at=timezone.now() - timedelta(days=270)
    )
    [figures] = lane_figures()
    assert (figures.waiting, figures.oldest) == (1, None)
    text = operator.get(ADDRESS, headers={"accept-language": "en"}).content.decode()
    assert "no new request among them" in text
    assert "nothing waits" not in text
    assert "months" not in text


def test_an_outage_stops_a_lane_and_is_shown_though_nothing_waits(operator: Client, service: Service) -> None:
    Outage.objects.create(lane=service.lane, kind="forced", starts_at=MOMENT)
    response = operator.get(ADDRESS, headers={"accept-language": "en"})
    assert "Outage</em>" in response.content.decode()
    assert response.context["totals"]["stopped"] == 1


def test_the_share_of_successes_is_that_of_the_last_hour(operator: Client, service: Service) -> None:
    request = factories.make_request(factories.make_citizen(), service)
    assert lane_figures()[0].ended.success_percent is None
    for number, outcome in enumerate(["delivered", "delivered", "retryable", "sending"], start=1):
        attempt(request, number, outcome)
    assert lane_figures()[0].ended.success_percent == 67
    text = operator.get(ADDRESS, headers={"accept-language": "en"}).content.decode()
    assert "67%<small>2 delivered, 1 retried</small>" in text


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
    assert figures.ended.counts == {"retryable": 1, "unknown": 1}
    assert totals([figures])["slots"] == figures.lane.slots == 8


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
    assert counts[0] <= 11  # three of them prolong the officer's session


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


def test_held_identities_are_counted_for_those_who_may_decide() -> None:
    held = factories.make_held()
    link = "/admin/citizens/heldidentity/?decision__exact=waiting"
    for role, is_told in (("operator", True), ("platform_reviewer", False)):
        client = Client()
        client.force_login(Officer.objects.create(username=role, is_staff=True, roles=[role]))
        page = client.get(ADDRESS)
        assert (page.context["held"], link in page.text) == ((1, True) if is_told else (None, False))
        if is_told:
            assert [row.pk for row in client.get(link).context["cl"].result_list] == [held.pk]
