"""Calls that hang: nobody waits for them, their neighbours have their places, and how they end is written down."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db import DataError, OperationalError, connection
from kombu import Connection
from pytest_django import Settings

from citizens.service_requests.models import DeliveryAttempt, Outcome, ServiceRequest
from citizens.service_requests.routing import drain as draining
from citizens.service_requests.routing.capacity import Capacity
from citizens.service_requests.routing.claim import claim, mark_sending
from citizens.service_requests.routing.drain import drain_lane
from citizens.service_requests.routing.record import record
from citizens.service_requests.routing.send import Sent
from citizens.service_requests.routing.stragglers import Stragglers, finish_stragglers, process_stragglers
from services_catalog.adapters.types import Receipt
from services_catalog.models import Lane, Service
from superapp.embedded.daemons import wait_until
from superapp.sandbox.listener import Request, Response
from tests.citizens.service_requests.making import make_request, make_service
from tests.citizens.service_requests.routing.conftest import is_hinted_at
from tests.counterparts import RECEIPT, http_server

pytestmark = pytest.mark.django_db(transaction=True)

CALLS = 8
FAST, SLOW = 6, 2


@pytest.fixture
def capacity(monkeypatch: pytest.MonkeyPatch) -> Iterator[Capacity]:
    """A small worker's."""
    small = Capacity(CALLS)
    monkeypatch.setattr(draining, "process_capacity", lambda: small)
    yield small
    small.executor.shutdown()


@pytest.fixture(autouse=True)
def _impatient(settings: Settings) -> None:
    settings.SLOW_CALL = timedelta(seconds=0.3)


@contextmanager
def hanging_agency(requests: int, **lane: Any) -> Iterator[tuple[Service, Event]]:
    """A service with due requests whose agency answers nobody until the event is set."""
    answers = Event()

    def answer(_request: Request) -> Response:
        answers.wait(20)
        return RECEIPT

    with http_server(answer) as agency:
        service = make_service({"submit_url": agency.url}, **lane)
        for _ in range(requests):
            make_request(service)
        try:
            yield service, answers
        finally:
            answers.set()
            assert process_stragglers().wait(10)


def free(capacity: Capacity) -> tuple[int, int]:
    """Places that are free: of all others, of slow lanes."""
    taken = capacity.take(99, slow=False), capacity.take(99, slow=True)
    capacity.give_back(taken[0], slow=False)
    capacity.give_back(taken[1], slow=True)
    return taken


def outcomes(service: Service) -> list[str]:
    return list(DeliveryAttempt.objects.filter(lane_id=service.pk).order_by("id").values_list("outcome", flat=True))


def test_a_drain_does_not_wait_for_calls_that_hang(capacity: Capacity) -> None:
    with hanging_agency(requests=9, slots=4) as (service, answers):
        began = time.monotonic()
        drain_lane(service.pk)
        assert time.monotonic() - began < 2
        assert outcomes(service) == ["sending"] * 4, "they fill their slots until they end"
        assert claim(service.pk, at_most=9) == []
        assert Lane.objects.get().is_slow
        assert free(capacity) == (FAST, SLOW), "their places are their neighbours'"
        answers.set()
        assert process_stragglers().wait(10)
    assert outcomes(service)[:4] == ["delivered"] * 4
    assert ServiceRequest.objects.filter(status="delivered").count() == 4


def test_neighbours_are_delivered_while_an_agency_hangs(capacity: Capacity) -> None:
    with hanging_agency(requests=CALLS, slots=CALLS) as (hanging, _), http_server(RECEIPT) as agency:
        neighbour = make_service({"submit_url": agency.url})
        requests = [make_request(neighbour) for _ in range(9)]
        drain_lane(hanging.pk)
        drain_lane(neighbour.pk)
        assert outcomes(neighbour) == ["delivered"] * len(requests)
        assert set(outcomes(hanging)) == {"sending"}


def test_when_they_have_ended_the_workers_are_told_that_the_lane_has_slots(
    capacity: Capacity, broker: Connection
) -> None:
    with hanging_agency(requests=3, slots=1) as (service, answers):
        drain_lane(service.pk)
        is_hinted_at(broker, service)
        answers.set()
        assert wait_until(lambda: is_hinted_at(broker, service), 5)


def test_a_call_of_a_slow_lane_keeps_its_place_until_it_ends(capacity: Capacity) -> None:
    with hanging_agency(requests=3, slots=4, recent_call_ms=9000) as (service, answers):
        drain_lane(service.pk)
        assert outcomes(service) == ["sending"]
        assert free(capacity) == (FAST, SLOW - 1)
        answers.set()
        assert process_stragglers().wait(10)
        assert free(capacity) == (FAST, SLOW)
    assert outcomes(service) == ["delivered"]


def test_slow_lanes_together_never_have_more_than_their_quarter(capacity: Capacity) -> None:
    with hanging_agency(requests=1, recent_call_ms=9000) as (first, _):
        others = [make_service(first.adapter_options, recent_call_ms=9000) for _ in range(3)]
        for service in others:
            make_request(service)
        for service in (first, *others):
            drain_lane(service.pk)
        assert DeliveryAttempt.objects.filter(outcome=Outcome.SENDING).count() == SLOW
        assert free(capacity) == (FAST, 0)


def test_what_a_drain_could_not_write_down_is_left_to_them(capacity: Capacity, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_database(_sent: Sequence[Sent]) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(draining, "record", no_database)
    with http_server(RECEIPT) as agency:
        service = make_service({"submit_url": agency.url})
        make_request(service)
        with pytest.raises(OperationalError):
            drain_lane(service.pk)
        assert process_stragglers().wait(10)
    assert outcomes(service) == ["delivered"]
    assert free(capacity) == (FAST, SLOW)


def ended_calls(service: Service, number: int) -> list["Future[Sent]"]:
    """Calls to the agency that have just ended well."""
    for _ in range(number):
        make_request(service)
    calls = []
    for one in mark_sending(claim(service.pk, at_most=number)):
        call: Future[Sent] = Future()
        call.set_result(Sent(one, Receipt("A-1"), timedelta(seconds=2)))
        calls.append(call)
    return calls


def test_a_database_that_was_away_for_a_moment_loses_nothing() -> None:
    failures: list[int] = []

    def write(sent: Sequence[Sent]) -> None:
        if not failures:
            failures.append(1)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        record(sent)

    stragglers, service = Stragglers(write), make_service()
    for call in ended_calls(service, 2):
        stragglers.take_over(call)
    assert stragglers.wait(10)
    assert outcomes(service) == ["delivered"] * 2
    [call] = ended_calls(service, 1)
    stragglers.take_over(call)
    assert stragglers.wait(10)
    assert outcomes(service) == ["delivered"] * 3, "the thread goes on"


def test_one_that_cannot_be_written_down_keeps_no_other_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    service = make_service()
    calls = ended_calls(service, 3)
    poisoned = calls[0].result().claimed.attempt_id
    all_are_there = Event()

    def write(sent: Sequence[Sent]) -> None:
        all_are_there.wait(5)
        if any(one.claimed.attempt_id == poisoned for one in sent):
            raise DataError("no column takes this")
        record(sent)

    stragglers = Stragglers(write)
    for call in calls:
        stragglers.take_over(call)
    all_are_there.set()
    assert stragglers.wait(10)
    left = DeliveryAttempt.objects.get(pk=poisoned)
    assert left.outcome == Outcome.SENDING, "its lease runs out, and the agency is asked"
    assert sorted(outcomes(service)) == ["delivered", "delivered", "sending"]


def test_no_connection_is_held_while_nothing_hangs(capacity: Capacity) -> None:
    def connections() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            return int(cursor.fetchone()[0])

    before = connections()
    with hanging_agency(requests=1) as (service, _):
        drain_lane(service.pk)
    assert wait_until(lambda: connections() <= before, 5)


def test_a_worker_that_ends_waits_for_them_but_not_for_ever(capacity: Capacity, settings: Settings) -> None:
    settings.SHUTDOWN_WAIT = timedelta(seconds=0.5)
    with hanging_agency(requests=1) as (service, answers):
        drain_lane(service.pk)
        began = time.monotonic()
        finish_stragglers()
        assert 0.4 < time.monotonic() - began < 5
        assert outcomes(service) == ["sending"]
        settings.SHUTDOWN_WAIT = timedelta(seconds=20)
        answers.set()
        finish_stragglers()
        assert outcomes(service) == ["delivered"]
