"""A service that takes no requests says so, and until when."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from services_catalog.languages import Text
from services_catalog.models import Outage, Service
from services_catalog.services.operator_actions import Doer
from services_catalog.services.outages import outage_announce, outage_end, outage_force
from tests.citizens.service_requests.submitting import NO_ROWS, ONE_REQUEST, assert_problem, rows, submission, submit
from tests.factories import make_service

HOUR = timedelta(hours=1)
CLOSED = Outage.Meanwhile.CLOSED
WORDS = Text("ย้ายศูนย์ข้อมูล กลับมาพรุ่งนี้", "We are moving. Back tomorrow.")
BY: dict[str, Any] = {"by": Doer("somebody"), "reason": "they move"}


def plan(service: Service, starts_at: datetime, **given: Any) -> Outage:
    ends_at = starts_at + 2 * HOUR
    return outage_announce(lane_id=service.pk, starts_at=starts_at, ends_at=ends_at, message=WORDS, **BY, **given)


@pytest.mark.parametrize("seen_before", [False, True], ids=["first", "remembered"])
def test_a_closed_service_takes_nothing(api: APIClient, service: Service, seen_before: bool) -> None:
    if seen_before:  # this process remembers it as open
        assert submit(api, submission({})).status_code == 422
    outage = plan(service, timezone.now() - HOUR, meanwhile=CLOSED)

    answer = submit(api)
    body = assert_problem(answer, 409, "service_closed")
    assert body["message"] == WORDS.as_dict()
    assert body["until"] == timezone.localtime(outage.ends_at).isoformat()
    assert 3500 < int(answer["Retry-After"]) <= 3600
    assert rows() == NO_ROWS


def test_a_queue_takes_requests(api: APIClient, service: Service) -> None:
    plan(service, timezone.now() - HOUR, meanwhile=Outage.Meanwhile.QUEUE)
    assert submit(api).status_code == 202
    assert rows() == ONE_REQUEST


@pytest.mark.parametrize("hours", [-3, 1], ids=["over", "to come"])
def test_an_outage_of_another_time_closes_nothing(api: APIClient, service: Service, hours: int) -> None:
    Outage.objects.create(
        lane=service.lane,
        meanwhile=CLOSED,
        starts_at=timezone.now() + hours * HOUR,
        ends_at=timezone.now() + (hours + 2) * HOUR,
    )
    assert submit(api).status_code == 202


def test_without_an_end_there_is_no_promise(api: APIClient, service: Service) -> None:
    outage_force(lane_id=service.pk, meanwhile=CLOSED, **BY)

    answer = submit(api)
    body = assert_problem(answer, 409, "service_closed")
    assert body["until"] is None
    assert "Retry-After" not in answer
    assert body["message"]["en"] == "The agency takes no requests at the moment. Please try again later."
    assert body["message"]["th"]


def test_it_opens_again_with_the_same_key(api: APIClient, service: Service) -> None:
    outage_force(lane_id=service.pk, meanwhile=CLOSED, **BY)
    assert submit(api).status_code == 409

    outage_end(outage_id=Outage.objects.get().pk, **BY)
    assert submit(api).status_code == 202
    assert rows() == ONE_REQUEST


def test_what_was_accepted_before_keeps_its_receipt(api: APIClient, service: Service) -> None:
    first = submit(api)
    outage_force(lane_id=service.pk, meanwhile=CLOSED, message=WORDS, **BY)

    again = submit(api)
    assert (again.status_code, again["Idempotency-Replayed"]) == (202, "true")
    assert again.json() == first.json()
    assert_problem(submit(api, key="another-key"), 409, "service_closed")
    assert rows() == ONE_REQUEST


@pytest.mark.parametrize(
    ("fields", "until"),
    [
        ({"opens_at": timezone.now() + HOUR}, True),
        ({"closes_at": timezone.now() - HOUR}, False),
        ({"electronic_allowed": False, "not_electronic_reason_th": "ต้องมาด้วยตนเอง"}, False),
    ],
    ids=["not-yet", "no-longer", "not-electronic"],
)
def test_a_service_that_is_not_open(api: APIClient, service: Service, fields: dict[str, Any], until: bool) -> None:
    submit(api, submission({}))  # remembered as open
    Service.objects.filter(pk=service.pk).update(**fields)

    body = assert_problem(submit(api), 409, "service_closed")
    assert bool(body["until"]) == until
    if "not_electronic_reason_th" in fields:
        assert body["message"] == {"th": "ต้องมาด้วยตนเอง", "en": "ต้องมาด้วยตนเอง"}
    assert rows() == NO_ROWS


def test_neighbours_stay_open(api: APIClient, service: Service) -> None:
    outage_force(lane_id=make_service(service.agency, "neighbour").pk, meanwhile=CLOSED, **BY)
    assert submit(api).status_code == 202
