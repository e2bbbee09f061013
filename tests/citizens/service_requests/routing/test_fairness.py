"""Work is handed out fairly among the lanes that have work."""

import time
from datetime import timedelta

import pytest
from pytest_django import Settings

from citizens.service_requests.models import DeliveryAttempt
from citizens.service_requests.routing.drain import drain_lane
from citizens.service_requests.routing.sweep import lanes_with_due_work
from services_catalog.models import Service
from superapp.sandbox.listener import Request, Response
from tests.citizens.service_requests.making import make_request, make_service
from tests.counterparts import RECEIPT, http_server

LANES, BACKLOG = 8, 12


def _answer(_request: Request) -> Response:
    time.sleep(0.02)
    return RECEIPT


def calls_of(services: list[Service]) -> list[int]:
    return [DeliveryAttempt.objects.filter(lane_id=service.pk).count() for service in services]


@pytest.mark.django_db
def test_one_worker_gives_each_lane_with_work_a_turn_and_no_lane_more_than_its_turn(settings: Settings) -> None:
    settings.DRAIN_TURN = timedelta(seconds=0.05)
    with http_server(_answer) as agency:
        services = [make_service({"submit_url": agency.url}, slots=1) for _ in range(LANES)]
        for service in services:
            for _ in range(BACKLOG):
                make_request(service)
        for lane_id in lanes_with_due_work():
            drain_lane(lane_id)
        after_one_round = calls_of(services)
        assert min(after_one_round) >= 1
        assert max(after_one_round) < BACKLOG, "a long backlog does not keep the worker"
        for _ in range(BACKLOG):
            for lane_id in lanes_with_due_work():
                drain_lane(lane_id)
    assert calls_of(services) == [BACKLOG] * LANES


@pytest.mark.django_db
def test_no_lane_is_always_the_last_to_be_hinted_at() -> None:
    services = [make_service() for _ in range(4)]
    for service in services:
        make_request(service)
    hints = [lanes_with_due_work() for _ in range(60)]
    assert {lanes[-1] for lanes in hints} == {lanes[0] for lanes in hints} == {one.pk for one in services}
