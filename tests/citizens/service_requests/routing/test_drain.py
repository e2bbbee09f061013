"""Whole turns of a lane, against the sandbox's agencies and servers of our own."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from rest_framework.serializers import Serializer

from citizens.service_requests.models import DeliveryAttempt, Outcome, ServiceRequest
from citizens.service_requests.routing.capacity import process_capacity
from citizens.service_requests.routing.drain import drain_lane
from citizens.service_requests.routing.sweep import expire_leases
from services_catalog.adapters.base import Adapter
from services_catalog.adapters.registry import registry
from services_catalog.adapters.types import CallSettings, Receipt, Submission
from services_catalog.models import Lane, Service
from superapp.sandbox.agencies.behaviours import AgencyKind
from superapp.sandbox.agencies.ledger import Ledger
from superapp.sandbox.client import exchange
from superapp.sandbox.listener import HangUp, Request, Response
from superapp.sandbox.server import Sandbox
from tests.citizens.service_requests.making import make_due, make_request, make_service, statuses
from tests.counterparts import RECEIPT, http_server


def sandbox_service(sandbox: Sandbox, kind: AgencyKind, **lane: Any) -> Service:
    """A service of one of the sandbox's agencies, configured as `make demo` does."""
    service = make_service(**lane)
    base = f"{sandbox.urls[kind]}/{service.agency.code}"
    service.adapter_options = {
        "submit_url": f"{base}/cases",
        "lookup_url": f"{base}/cases/{{reference}}",
        "honours_idempotency_key": kind is not AgencyKind.AMNESIAC,
    }
    service.save()
    return service


def drain(service_request: ServiceRequest, times: int = 1) -> ServiceRequest:
    """So many attempts, each as soon as it may be."""
    for _ in range(times):
        make_due(service_request)
        drain_lane(service_request.service_id)
    service_request.refresh_from_db()
    return service_request


def outcomes(service_request: ServiceRequest) -> list[str]:
    return list(service_request.attempts.order_by("number").values_list("outcome", flat=True))


def free_calls() -> int:
    free = process_capacity().take(1000, slow=False)
    process_capacity().give_back(free, slow=False)
    return free


@pytest.mark.django_db
def test_an_agency_that_answers_gets_one_case(sandbox: Sandbox, ledger: Ledger) -> None:
    service_request = drain(make_request(sandbox_service(sandbox, AgencyKind.INSTANT)), times=2)
    reference = str(service_request.pk)
    assert statuses(service_request) == ["received", "delivered"]
    assert ledger.arrivals_by_reference([reference]) == ledger.cases_by_reference([reference]) == {reference: 1}
    assert service_request.agency_reference.startswith(service_request.service.agency.code.upper())


@pytest.mark.django_db
def test_an_agency_that_fails_three_times_takes_it_at_the_fourth(sandbox: Sandbox, ledger: Ledger) -> None:
    service_request = drain(make_request(sandbox_service(sandbox, AgencyKind.FLAKY)), times=5)
    assert outcomes(service_request) == ["retryable", "retryable", "retryable", "delivered"]
    assert ledger.cases_by_reference([str(service_request.pk)]) == {str(service_request.pk): 1}
    assert statuses(service_request) == ["received", "delivered"]


@pytest.mark.django_db
def test_an_agency_that_refuses_makes_it_undeliverable_at_once(sandbox: Sandbox, ledger: Ledger) -> None:
    service_request = drain(make_request(sandbox_service(sandbox, AgencyKind.REFUSING)), times=2)
    assert statuses(service_request) == ["received", "undeliverable"]
    assert ledger.arrivals_by_reference([str(service_request.pk)]) == {str(service_request.pk): 1}


@pytest.mark.django_db
def test_options_that_were_changed_hold_from_the_next_turn_on(sandbox: Sandbox, ledger: Ledger) -> None:
    service = sandbox_service(sandbox, AgencyKind.REFUSING)
    assert outcomes(drain(make_request(service))) == ["permanent"]
    service.adapter_options["submit_url"] = f"{sandbox.urls[AgencyKind.INSTANT]}/{service.agency.code}/cases"
    service.save()
    assert outcomes(drain(make_request(service))) == ["delivered"]


@pytest.mark.django_db
def test_an_agency_that_loses_its_answer_ends_up_with_one_case(sandbox: Sandbox, ledger: Ledger) -> None:
    service_request = drain(make_request(sandbox_service(sandbox, AgencyKind.AMNESIAC)), times=3)
    reference = str(service_request.pk)
    assert outcomes(service_request) == ["unknown", "delivered"]
    assert ledger.arrivals_by_reference([reference]) == {reference: 1}, "the second attempt only looked"
    assert ledger.cases_by_reference([reference]) == {reference: 1}


@pytest.mark.django_db
def test_an_agency_that_is_down_gets_it_when_it_is_back(sandbox: Sandbox, ledger: Ledger) -> None:
    control = f"{sandbox.urls[AgencyKind.DOWN]}/control/down"
    service_request = make_request(sandbox_service(sandbox, AgencyKind.DOWN))
    exchange("POST", control, body=b'{"seconds": 30}')
    drain(service_request, times=2)
    exchange("POST", control, body=b'{"seconds": 0}')
    drain(service_request)
    assert outcomes(service_request) == ["unknown", "unknown", "delivered"]
    assert ledger.cases_by_reference([str(service_request.pk)]) == {str(service_request.pk): 1}


@pytest.mark.django_db
def test_without_look_up_and_without_keys_an_unknown_outcome_is_parked_and_never_sent_again() -> None:
    with http_server(lambda _request: HangUp.CLOSED) as agency:
        service_request = drain(make_request(make_service({"submit_url": agency.url})), times=4)
        assert (agency.submissions, len(agency.arrived)) == (1, 1)
    assert (service_request.status, service_request.parked_reason) == ("received", "outcome_unknown")
    assert outcomes(service_request) == ["unknown", "unknown"]


@pytest.mark.django_db
def test_a_worker_killed_in_the_call_leads_to_a_look_up_and_not_to_a_second_case(
    sandbox: Sandbox, ledger: Ledger
) -> None:
    service = sandbox_service(sandbox, AgencyKind.AMNESIAC)
    service_request = drain(make_request(service))
    # As a worker leaves it that was killed before it could write down that the connection was lost.
    DeliveryAttempt.objects.update(outcome=Outcome.SENDING, lease_expires_at=timezone.now(), finished_at=None)
    ServiceRequest.objects.update(outcome_unknown=False, next_attempt_at=None)
    assert drain(service_request).status == "received", "the lease is the sweep's to end"
    expire_leases()
    drain(service_request)
    assert outcomes(service_request) == ["unknown", "delivered"]
    assert ledger.cases_by_reference([str(service_request.pk)]) == {str(service_request.pk): 1}


class CrashingAdapter(Adapter):
    """Raises what no adapter may raise, once it has sent."""

    options_serializer = Serializer
    calls: list[str] = []

    def submit(self, submission: Submission, call: CallSettings) -> Receipt:
        self.calls.append(submission.reference)
        raise ZeroDivisionError


@pytest.mark.django_db
def test_a_bug_of_an_adapter_parks_the_request_and_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._classes, "crashing", CrashingAdapter)
    monkeypatch.setattr(CrashingAdapter, "calls", [])
    service_request = drain(make_request(make_service({}, adapter="crashing")), times=3)
    assert (service_request.status, service_request.parked_reason) == ("received", "adapter_error")
    assert CrashingAdapter.calls == [str(service_request.pk)]
    assert free_calls() == settings.DELIVERY_CALLS_IN_FLIGHT - settings.DELIVERY_CALLS_IN_FLIGHT // 4


class TestMisconfigured:
    @pytest.fixture(params=[("gone", {}), ("rest_json", {"no_such_option": 1})], ids=["adapter", "options"])
    def service(self, request: pytest.FixtureRequest, db: None) -> Service:
        service = make_service()
        adapter, options = request.param
        Service.objects.filter(pk=service.pk).update(adapter=adapter, adapter_options=options)
        return service

    def test_its_requests_stay_due(self, service: Service) -> None:
        service_request = drain(make_request(service))
        assert service_request.next_attempt_at is not None
        assert outcomes(service_request) == []

    def test_what_is_past_its_time_is_told_to_the_citizen(self, service: Service) -> None:
        young = make_request(service)
        overdue = drain(make_request(service, give_up_at=timezone.now()))
        assert statuses(overdue) == ["received", "undeliverable"]
        assert statuses(young) == ["received"]
        assert not DeliveryAttempt.objects.exists()

    def test_what_may_have_arrived_is_parked(self, service: Service) -> None:
        overdue = drain(make_request(service, give_up_at=timezone.now(), outcome_unknown=True))
        assert (overdue.status, overdue.parked_reason) == ("received", "outcome_unknown")

    def test_in_a_lane_that_people_have_stopped_all_wait(self, service: Service) -> None:
        Lane.objects.update(paused=True)
        assert statuses(drain(make_request(service, give_up_at=timezone.now()))) == ["received"]


@pytest.mark.django_db
def test_a_paused_lane_sends_nothing_until_it_is_released() -> None:
    with http_server(RECEIPT) as agency:
        service_request = make_request(make_service({"submit_url": agency.url}, paused=True))
        drain(service_request)
        assert agency.arrived == []
        Lane.objects.update(paused=False)
        assert drain(service_request).status == "delivered"


class Crowd:
    """Answers slowly, and knows how many were being answered at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = 0
        self.most = 0

    def __call__(self, _request: Request) -> Response:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.05)
        with self._lock:
            self._now -= 1
        return RECEIPT


@pytest.mark.django_db
@pytest.mark.parametrize(("slots", "recent_call_ms", "most"), [(3, 0, 3), (3, 9000, 1)])
def test_a_backlog_goes_out_with_as_many_calls_at_once_as_the_lane_has_slots(
    slots: int, recent_call_ms: int, most: int
) -> None:
    crowd = Crowd()
    with http_server(crowd) as agency:
        service = make_service({"submit_url": agency.url}, slots=slots, recent_call_ms=recent_call_ms)
        requests = [make_request(service) for _ in range(7)]
        drain_lane(service.pk)
        assert agency.submissions == 7
    assert crowd.most == most
    assert {statuses(one)[-1] for one in requests} == {"delivered"}
    assert free_calls() == settings.DELIVERY_CALLS_IN_FLIGHT - settings.DELIVERY_CALLS_IN_FLIGHT // 4


@pytest.mark.django_db
def test_one_call_that_hangs_holds_up_nobody_else_in_its_lane() -> None:
    """The others are answered before the one that came first."""
    others_are_through = threading.Event()
    lock = threading.Lock()
    answered: list[str] = []

    def answer(request: Request) -> Response:
        reference = request.headers["Idempotency-Key"]
        if reference == first:
            others_are_through.wait(10)
        with lock:
            answered.append(reference)
            if len(answered) == 5:
                others_are_through.set()
        return RECEIPT

    with http_server(answer) as agency:
        service = make_service({"submit_url": agency.url}, slots=2)
        long_ago = timezone.now() - timedelta(minutes=1)
        first = str(make_request(service, next_attempt_at=long_ago).pk)
        for _ in range(5):
            make_request(service)
        drain_lane(service.pk)
    assert len(answered) == 6
    assert answered[-1] == first


@pytest.mark.django_db(transaction=True)
def test_a_deadline_that_is_lowered_while_the_lane_drains_holds_from_the_next_claim_on() -> None:
    def answer(_request: Request) -> Response:
        try:
            Lane.objects.update(call_deadline_seconds=20)  # the agency's thread has a connection of its own
        finally:
            connection.close()
        return RECEIPT

    with http_server(answer) as agency:
        service = make_service({"submit_url": agency.url}, slots=1, call_deadline_seconds=60)
        requests = [make_request(service) for _ in range(3)]
        drain_lane(service.pk)
    assert [outcomes(one) for one in requests] == [["delivered"]] * 3


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_during_a_call_and_the_attempt_is_committed_as_sending_before_it() -> None:
    seen: list[tuple[str, str]] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        worker = cursor.fetchone()[0]

    def answer(_request: Request) -> Response:
        try:
            with connection.cursor() as cursor:  # the agency's thread has a connection of its own
                cursor.execute("SELECT state FROM pg_stat_activity WHERE pid = %s", [worker])
                seen.append((cursor.fetchone()[0], DeliveryAttempt.objects.get().outcome))
        finally:
            connection.close()
        return RECEIPT

    with http_server(answer) as agency:
        service_request = drain(make_request(make_service({"submit_url": agency.url})))
    assert seen == [("idle", "sending")]
    assert service_request.status == "delivered"
