"""Cancelling and sending at the same moment: exactly one of them wins, and both sides know which."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import connection, transaction

from citizens.service_requests.cancelling import request_cancel
from citizens.service_requests.models import DeliveryAttempt, Outcome, ServiceRequest, Status
from citizens.service_requests.problems import CANNOT_CANCEL
from citizens.service_requests.routing.claim import claim, mark_sending
from citizens.service_requests.routing.drain import drain_lane
from services_catalog.models import Service
from services_catalog.problems import Problem
from superapp.embedded.daemons import wait_until
from tests.citizens.service_requests.making import make_request, make_service, statuses
from tests.counterparts import RECEIPT, http_server

Value = TypeVar("Value")


def cancel(service_request: ServiceRequest) -> ServiceRequest:
    return request_cancel(citizen_id=service_request.citizen_id, request_id=service_request.pk)


def and_disconnect(work: Callable[[], Value]) -> Callable[[], Value]:
    def run() -> Value:
        try:
            return work()
        finally:
            connection.close()

    return run


def somebody_waits_for_a_row() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees the first snapshot it took
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid())"
        )
        return bool(cursor.fetchone()[0])


def test_cancelled_between_claim_and_send_nothing_arrives(db: None) -> None:
    with http_server(RECEIPT) as agency:
        service = make_service({"submit_url": agency.url})
        service_request = make_request(service)
        claimed = claim(service.pk, at_most=1)
        assert cancel(service_request).status == Status.CANCELLED
        assert mark_sending(claimed) == []
        drain_lane(service.pk)
        assert agency.arrived == []
    assert DeliveryAttempt.objects.get().failure_code == "cancelled"
    assert statuses(service_request) == ["received", "cancelled"]


def test_cancelled_before_the_claim_it_is_never_claimed(service: Service) -> None:
    cancel(make_request(service))
    assert claim(service.pk, at_most=1) == []


def test_while_it_is_being_sent_it_cannot_be_cancelled(service: Service) -> None:
    service_request = make_request(service)
    mark_sending(claim(service.pk, at_most=1))
    with pytest.raises(Problem) as refusal:
        cancel(service_request)
    assert refusal.value.type is CANNOT_CANCEL
    assert statuses(service_request) == ["received"]


@pytest.mark.django_db(transaction=True)
def test_a_send_that_is_just_beginning_beats_the_cancelling_that_waits_for_it() -> None:
    service = make_service()
    service_request = make_request(service)
    claimed = claim(service.pk, at_most=1)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert mark_sending(claimed) == claimed
            cancelling = pool.submit(and_disconnect(lambda: cancel(service_request)))
            assert wait_until(somebody_waits_for_a_row, 10)
        with pytest.raises(Problem) as refusal:
            cancelling.result(10)
    assert refusal.value.type is CANNOT_CANCEL
    assert DeliveryAttempt.objects.get().outcome == Outcome.SENDING
    assert statuses(service_request) == ["received"]


@pytest.mark.django_db(transaction=True)
def test_a_cancelling_that_came_first_keeps_the_send_from_beginning() -> None:
    service = make_service()
    service_request = make_request(service)
    claimed = claim(service.pk, at_most=1)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            cancel(service_request)
            marking = pool.submit(and_disconnect(lambda: mark_sending(claimed)))
            assert wait_until(somebody_waits_for_a_row, 10)
        assert marking.result(10) == []
    assert DeliveryAttempt.objects.get().outcome == Outcome.RETRYABLE
    assert statuses(service_request) == ["received", "cancelled"]
