"""The circuit breaker at work: against servers that fail, are slow and come back, and with several workers at once."""

import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from pytest_django import Settings

from citizens.service_requests.cancelling import request_cancel
from citizens.service_requests.models import DeliveryAttempt, Outcome, ServiceRequest
from citizens.service_requests.routing.claim import Claimed, claim, mark_sending
from citizens.service_requests.routing.drain import drain_lane
from citizens.service_requests.routing.record import record
from citizens.service_requests.routing.send import CannotFindOut, NotStarted, NotWanted, Result, Sent
from citizens.service_requests.routing.sweep import expire_leases, lanes_with_due_work
from services_catalog.adapters.errors import OutcomeUnknown, Permanent, Retryable
from services_catalog.adapters.types import Receipt
from services_catalog.models import Breaker, Lane, Service
from superapp.sandbox.listener import Request, Response, json_response
from tests.citizens.service_requests.making import make_request, make_service
from tests.citizens.service_requests.routing.workers import at_once
from tests.counterparts import RECEIPT, http_server

AWAY = Response(503)
FAILURES = [Retryable("http_503"), OutcomeUnknown("no_answer_in_time")]


def breaker_of(service: Service) -> str:
    return Lane.objects.get(pk=service.pk).breaker


def make_all_due() -> None:
    ServiceRequest.objects.filter(next_attempt_at__isnull=False).update(next_attempt_at=timezone.now())


def make_probe_due(service: Service) -> None:
    lanes = Lane.objects.filter(pk=service.pk, breaker=Breaker.OPEN)
    assert lanes.update(breaker_probe_at=timezone.now()) == 1


def opened(*, probe_due: bool = True, requests: int = 6, **lane: Any) -> Service:
    """A service whose breaker is open, with requests that are due."""
    probe_at = timezone.now() if probe_due else timezone.now() + timedelta(minutes=1)
    service = make_service(breaker=Breaker.OPEN, breaker_since=timezone.now(), breaker_probe_at=probe_at, **lane)
    for _ in range(requests):
        make_request(service)
    return service


def begin(service: Service) -> Claimed:
    [claimed] = mark_sending(claim(service.pk, at_most=9))
    return claimed


def end(claimed: Claimed, result: Result) -> None:
    record([Sent(claimed, result, timedelta(seconds=0.1))])


def test_an_agency_that_is_away_is_left_alone_until_the_next_probe(db: None) -> None:
    with http_server(AWAY) as agency:
        service = make_service({"submit_url": agency.url}, slots=4)
        for _ in range(9):
            make_request(service)
        drain_lane(service.pk)
        assert breaker_of(service) == Breaker.OPEN
        called = len(agency.arrived)
        assert 5 <= called < 9, "the rest of the backlog was not tried"
        make_all_due()
        drain_lane(service.pk)
        assert len(agency.arrived) == called
        assert service.pk not in lanes_with_due_work()
        make_probe_due(service)
        assert service.pk in lanes_with_due_work()
        drain_lane(service.pk)
        assert len(agency.arrived) == called + 1
    assert breaker_of(service) == Breaker.OPEN


def test_an_agency_whose_answers_take_too_long_is_left_alone_too(db: None, settings: Settings) -> None:
    settings.BREAKER = {**settings.BREAKER, "slow_call": timedelta(milliseconds=50)}

    def answer(_request: Request) -> Response:
        time.sleep(0.1)
        return RECEIPT

    with http_server(answer) as agency:
        service = make_service({"submit_url": agency.url}, slots=5)
        for _ in range(9):
            make_request(service)
        drain_lane(service.pk)
        assert len(agency.arrived) < 9
    assert breaker_of(service) == Breaker.OPEN
    delivered = DeliveryAttempt.objects.filter(outcome=Outcome.DELIVERED).count()
    assert delivered == ServiceRequest.objects.filter(status="delivered").count() == len(agency.arrived)


def test_what_the_agency_refuses_for_good_is_no_failure_of_its_system(db: None) -> None:
    with http_server(Response(422)) as agency:
        service = make_service({"submit_url": agency.url})
        for _ in range(12):
            make_request(service)
        drain_lane(service.pk)
        assert len(agency.arrived) == 12
    assert breaker_of(service) == Breaker.CLOSED


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_exactly_one_makes_the_probe() -> None:
    service = opened(slots=8)

    def claim_again_and_again() -> list[UUID]:
        return [one.request_id for _ in range(5) for one in claim(service.pk, at_most=4)]

    probes = [one for mine in at_once(claim_again_and_again) for one in mine]
    assert len(probes) == 1
    assert breaker_of(service) == Breaker.HALF_OPEN


@pytest.mark.django_db(transaction=True)
def test_of_many_drains_one_calls_until_the_agency_has_proved_itself() -> None:
    now, most = [0], [0]

    def answer(_request: Request) -> Response:
        now[0] += 1
        if len(agency.arrived) == 1:
            time.sleep(0.3)
            most[0] = len(agency.arrived)
        return RECEIPT

    with http_server(answer) as agency:
        service = opened(slots=8)
        Service.objects.filter(pk=service.pk).update(adapter_options={"submit_url": agency.url})
        at_once(lambda: drain_lane(service.pk))
        assert most == [1], "nobody else called while the probe was out"
        assert len(agency.arrived) == 6
    assert breaker_of(service) == Breaker.CLOSED


def test_before_its_time_there_is_no_probe(db: None) -> None:
    service = opened(probe_due=False)
    assert claim(service.pk, at_most=9) == []
    assert breaker_of(service) == Breaker.OPEN


def test_calls_that_are_still_out_keep_the_probe_waiting(service: Service) -> None:
    for _ in range(3):
        make_request(service)
    out = mark_sending(claim(service.pk, at_most=2))
    Lane.objects.update(breaker=Breaker.OPEN, breaker_probe_at=timezone.now())
    assert claim(service.pk, at_most=1) == []
    for one in out:
        end(one, Retryable("http_503"))
    assert len(claim(service.pk, at_most=9)) == 1


def test_a_probe_that_went_well_lets_everything_through(db: None) -> None:
    service = opened(slots=8)
    end(begin(service), Receipt("A-1"))
    assert breaker_of(service) == Breaker.CLOSED
    assert len(claim(service.pk, at_most=9)) == 5


def test_a_probe_that_takes_the_last_call_of_the_day_counts(db: None) -> None:
    service = opened(rate_per_day=1)
    end(begin(service), Receipt("A-1"))
    assert breaker_of(service) == Breaker.CLOSED


@pytest.mark.parametrize("failure", FAILURES, ids=repr)
def test_a_probe_that_failed_has_the_next_one_wait_longer(db: None, failure: Result, settings: Settings) -> None:
    service, waited = opened(requests=9), []
    for _ in range(5):
        before = timezone.now()
        end(begin(service), failure)
        lane = Lane.objects.get()
        assert lane.breaker_probe_at is not None
        waited.append(round((lane.breaker_probe_at - before).total_seconds()))
        assert claim(service.pk, at_most=9) == []
        make_probe_due(service)
    assert waited == [2, 4, 4, 4, 4]


def test_a_probe_whose_worker_died_leads_to_a_new_one(db: None) -> None:
    service = opened()
    dead = begin(service)
    assert claim(service.pk, at_most=9) == [], "as long as its lease lasts, it may still answer"
    DeliveryAttempt.objects.update(lease_expires_at=timezone.now())
    expire_leases()
    probe = begin(service)
    assert probe.request_id != dead.request_id
    assert claim(service.pk, at_most=9) == []
    end(probe, Receipt("A-1"))
    assert breaker_of(service) == Breaker.CLOSED


def test_a_probe_that_was_cancelled_before_it_was_sent_leads_to_a_new_one(db: None) -> None:
    service = opened()
    [claimed] = claim(service.pk, at_most=9)
    citizen_id = ServiceRequest.objects.get(pk=claimed.request_id).citizen_id
    request_cancel(citizen_id=citizen_id, request_id=claimed.request_id)
    assert mark_sending([claimed]) == []
    end(begin(service), Receipt("A-1"))
    assert breaker_of(service) == Breaker.CLOSED


@pytest.mark.parametrize("result", [NotStarted(), CannotFindOut(), NotWanted()], ids=repr)
def test_what_made_no_call_proves_nothing(db: None, result: Result) -> None:
    service = opened()
    end(begin(service), result)
    assert breaker_of(service) == Breaker.HALF_OPEN
    assert len(claim(service.pk, at_most=9)) == 1, "the next one is the probe"


def test_a_refusal_proves_that_the_agency_is_back(db: None) -> None:
    service = opened()
    end(begin(service), Permanent("http_422", http_status=422))
    assert breaker_of(service) == Breaker.CLOSED


def test_held_open_nothing_is_sent_though_all_is_well(db: None) -> None:
    with http_server(RECEIPT) as agency:
        service = make_service({"submit_url": agency.url}, breaker_override="open")
        make_request(service)
        drain_lane(service.pk)
        assert agency.arrived == []
        assert lanes_with_due_work() == []
        Lane.objects.update(breaker_override="")
        drain_lane(service.pk)
        assert len(agency.arrived) == 1


def test_held_closed_everything_is_tried_though_all_fails(db: None) -> None:
    with http_server(AWAY) as agency:
        service = make_service({"submit_url": agency.url}, breaker_override="closed")
        for _ in range(9):
            make_request(service)
        drain_lane(service.pk)
        make_all_due()
        drain_lane(service.pk)
        assert len(agency.arrived) == 18
    assert breaker_of(service) == Breaker.OPEN, "it goes on counting for the time when nobody holds it"


def test_a_look_up_that_fails_is_repeated_when_the_agency_says(db: None) -> None:
    def answer(request: Request) -> Response:
        return Response(503, headers={"Retry-After": "25"}) if request.method == "GET" else json_response(201, {})

    with http_server(answer) as agency:
        options = {"submit_url": agency.url, "lookup_url": f"{agency.url}/{{reference}}"}
        service_request = make_request(make_service(options), outcome_unknown=True)
        drain_lane(service_request.service_id)
        assert [one.method for one in agency.arrived] == ["GET"]
    service_request.refresh_from_db()
    assert service_request.outcome_unknown is True
    assert service_request.next_attempt_at is not None
    assert service_request.next_attempt_at - timezone.now() > timedelta(seconds=24)
