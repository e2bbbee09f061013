"""One drain of a lane is enough for a process; what was hinted at meanwhile it looks at before it ends."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from uuid import UUID

import pytest
from django.db import connection

from citizens.service_requests.models import DeliveryAttempt, ServiceRequest
from citizens.service_requests.routing.capacity import process_capacity
from citizens.service_requests.routing.drain import drain_lane
from services_catalog.models import Service
from superapp.sandbox.listener import Request, Response
from tests.citizens.service_requests.making import make_request, make_service
from tests.counterparts import RECEIPT, http_server

pytestmark = pytest.mark.django_db(transaction=True)


class Office:
    """An agency whose first answer waits until it is let go."""

    def __init__(self) -> None:
        self.called, self.may_answer = Event(), Event()

    def __call__(self, _: Request) -> Response:
        if not self.called.is_set():
            self.called.set()
            assert self.may_answer.wait(10)
        return RECEIPT


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def slow_service(office: Office) -> Iterator[Service]:
    with http_server(office) as server:
        yield make_service({"submit_url": server.url})


def in_a_thread(pool: ThreadPoolExecutor, lane_id: UUID) -> "Future[None]":
    def drain() -> None:
        try:
            drain_lane(lane_id)
        finally:
            connection.close()

    return pool.submit(drain)


def test_a_second_drain_returns_at_once_and_the_first_delivers_what_came(office: Office, slow_service: Service) -> None:
    make_request(slow_service)
    with ThreadPoolExecutor(1) as pool:
        first = in_a_thread(pool, slow_service.pk)
        assert office.called.wait(10)
        late = make_request(slow_service)
        drain_lane(slow_service.pk)
        assert not late.attempts.exists(), "it is left to the drain at work"
        office.may_answer.set()
        first.result(10)
    assert list(ServiceRequest.objects.values_list("status", flat=True)) == ["delivered"] * 2
    assert DeliveryAttempt.objects.count() == 2


def test_a_drain_that_broke_leaves_the_lane_to_the_next(slow_service: Service, office: Office) -> None:
    office.may_answer.set()
    request = make_request(slow_service)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE service_requests_deliveryattempt RENAME TO away")
    try:
        with pytest.raises(Exception, match="deliveryattempt"):
            drain_lane(slow_service.pk)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO service_requests_deliveryattempt")
    drain_lane(slow_service.pk)
    request.refresh_from_db()
    assert request.status == "delivered"


def test_a_lane_waits_for_a_place_when_its_neighbours_have_all(slow_service: Service, office: Office) -> None:
    office.may_answer.set()
    request = make_request(slow_service)
    all_places = process_capacity().take(10_000, slow=False)
    with ThreadPoolExecutor(1) as pool:
        draining = in_a_thread(pool, slow_service.pk)
        assert not office.called.wait(0.3), "no place, no call"
        process_capacity().give_back(all_places, slow=False)
        draining.result(10)
    request.refresh_from_db()
    assert request.status == "delivered", "without a second hint"
