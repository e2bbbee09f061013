from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from citizens.models import Citizen
from citizens.service_requests.lifecycle import News, lock_requests, save_transitions, transition
from citizens.service_requests.models import DeliveryAttempt, Outcome, ServiceRequest, Status, StatusEvent
from services_catalog.models import Service
from tests.citizens.service_requests.submitting import PATH, assert_problem
from tests.factories import make_citizen, make_request


def move(service_request: ServiceRequest, to: Status) -> None:
    locked = lock_requests([service_request.pk])[service_request.pk]
    save_transitions([locked], [transition(locked, to, News(source=StatusEvent.Source.AGENCY))])


def attempt(service_request: ServiceRequest, outcome: Outcome) -> DeliveryAttempt:
    ServiceRequest.objects.filter(pk=service_request.pk).update(next_attempt_at=None, attempt_count=1)
    return DeliveryAttempt.objects.create(
        service_request=service_request,
        lane_id=service_request.service_id,
        number=1,
        outcome=outcome,
        lease_expires_at=timezone.now(),
        created_at=timezone.now(),
    )


def path_of(service_request: ServiceRequest, ending: str = "") -> str:
    return f"{PATH}/{service_request.pk}{ending}"


def test_where_a_request_stands(api: APIClient, citizen: Citizen, service: Service) -> None:
    made = make_request(citizen, service)

    shown = api.get(path_of(made)).json()

    assert shown["receipt_number"] == made.receipt_number
    assert shown["service"] == {"code": service.code, "name": {"th": service.name_th, "en": service.name_en}}
    assert (shown["version"], shown["status"], shown["next_actor"]) == (1, "received", "agency")
    assert shown["status_name"] == {"th": "รับคำขอแล้ว", "en": "Received"}
    assert "กรม dlt" in shown["next_step"]["th"]
    assert "Department dlt" in shown["next_step"]["en"]
    assert "data" not in shown


def test_a_parked_request_says_do_not_send_again(api: APIClient, citizen: Citizen, service: Service) -> None:
    made = make_request(citizen, service)
    ServiceRequest.objects.update(parked_reason="outcome_unknown", next_attempt_at=None)

    shown = api.get(path_of(made)).json()

    assert shown["status"] == "received"
    assert "do not send" in shown["next_step"]["en"]
    assert "outcome_unknown" not in str(shown)


def test_the_timeline_is_in_order(api: APIClient, citizen: Citizen, service: Service) -> None:
    made = make_request(citizen, service)
    for status in (Status.DELIVERED, Status.IN_PROGRESS, Status.COMPLETED):
        move(made, status)

    events = api.get(path_of(made, "/events")).json()

    assert [event["sequence"] for event in events] == [1, 2, 3, 4]
    assert [event["status"] for event in events] == ["received", "delivered", "in_progress", "completed"]
    assert all(event["status_name"]["th"] and event["status_name"]["en"] for event in events)


@pytest.mark.parametrize(("method", "ending"), [("get", ""), ("get", "/events"), ("post", "/cancel")])
def test_the_request_of_another_citizen_does_not_exist(
    stranger: APIClient, citizen: Citizen, service: Service, method: str, ending: str
) -> None:
    made = make_request(citizen, service)

    foreign = getattr(stranger, method)(path_of(made, ending))
    unknown = getattr(stranger, method)(f"{PATH}/{uuid4()}{ending}")

    assert_problem(foreign, 404, "not_found")
    assert foreign.json() == unknown.json()
    made.refresh_from_db()
    assert made.status == Status.RECEIVED
    assert StatusEvent.objects.count() == 1


def test_lists_hold_ones_own_requests_only(
    api: APIClient, stranger: APIClient, citizen: Citizen, service: Service
) -> None:
    make_request(make_citizen(), service)
    own = make_request(citizen, service)
    assert [shown["id"] for shown in api.get(PATH).json()["results"]] == [str(own.pk)]
    assert stranger.get(PATH).json()["results"] == []


def test_pages_follow_each_other_newest_first_while_requests_come_in(
    api: APIClient, citizen: Citizen, service: Service
) -> None:
    made = [make_request(citizen, service).pk for _ in range(5)]

    first = api.get(PATH, {"page_size": 2}).json()
    make_request(citizen, service)  # would shift every later page if pages were counted
    second = follow(api, first["next"])
    third = follow(api, second["next"])

    seen = [shown["id"] for page in (first, second, third) for shown in page["results"]]
    assert seen == [str(pk) for pk in reversed(made)]
    assert third["next"] is None
    assert [shown["id"] for shown in follow(api, third["previous"])["results"]] == seen[2:4]


def follow(phone: APIClient, url: str) -> Any:
    parts = urlsplit(url)
    return phone.get(f"{parts.path}?{parts.query}").json()


@pytest.mark.parametrize(("size", "shown"), [("1", 1), ("100", 3), ("101", 3), ("0", 3), ("-1", 3), ("x", 3), ("", 3)])
def test_odd_page_sizes_are_no_error(api: APIClient, citizen: Citizen, service: Service, size: str, shown: int) -> None:
    for _ in range(3):
        make_request(citizen, service)
    assert len(api.get(PATH, {"page_size": size}).json()["results"]) == shown


def test_a_request_can_be_cancelled_before_it_is_sent(api: APIClient, citizen: Citizen, service: Service) -> None:
    made = make_request(citizen, service)

    answer = api.post(path_of(made, "/cancel"))

    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    made.refresh_from_db()
    assert (made.status, made.next_attempt_at, made.event_count) == (Status.CANCELLED, None, 2)
    assert StatusEvent.objects.get(sequence=2).source == StatusEvent.Source.CITIZEN


def test_cancelling_twice_is_harmless(api: APIClient, citizen: Citizen, service: Service) -> None:
    made = make_request(citizen, service)
    assert [api.post(path_of(made, "/cancel")).status_code for _ in range(2)] == [200, 200]
    assert StatusEvent.objects.count() == 2


def test_a_claimed_request_can_be_cancelled_and_is_not_sent(api: APIClient, citizen: Citizen, service: Service) -> None:
    made = make_request(citizen, service)
    claimed = attempt(made, Outcome.CLAIMED)

    assert api.post(path_of(made, "/cancel")).status_code == 200
    claimed.refresh_from_db()
    assert claimed.outcome == Outcome.RETRYABLE
    assert claimed.finished_at is not None


def test_a_request_that_waits_for_its_next_attempt_can_be_cancelled(
    api: APIClient, citizen: Citizen, service: Service
) -> None:
    made = make_request(citizen, service)
    attempt(made, Outcome.RETRYABLE)
    assert api.post(path_of(made, "/cancel")).status_code == 200


def test_a_request_that_is_being_sent_cannot_be_cancelled(api: APIClient, citizen: Citizen, service: Service) -> None:
    made = make_request(citizen, service)
    sending = attempt(made, Outcome.SENDING)

    assert_problem(api.post(path_of(made, "/cancel")), 409, "cannot_cancel")
    sending.refresh_from_db()
    assert sending.outcome == Outcome.SENDING


def test_a_request_of_unknown_outcome_cannot_be_cancelled(api: APIClient, citizen: Citizen, service: Service) -> None:
    made = make_request(citizen, service)
    ServiceRequest.objects.update(outcome_unknown=True)
    assert_problem(api.post(path_of(made, "/cancel")), 409, "cannot_cancel")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (Status.DELIVERED, "cannot_cancel"),
        (Status.IN_PROGRESS, "cannot_cancel"),
        (Status.ACTION_REQUIRED, "cannot_cancel"),
        (Status.UNDELIVERABLE, "cannot_cancel"),
        (Status.COMPLETED, "already_final"),
        (Status.REJECTED, "already_final"),
    ],
)
def test_what_the_agency_has_cannot_be_cancelled(
    api: APIClient, citizen: Citizen, service: Service, status: Status, code: str
) -> None:
    made = make_request(citizen, service)
    move(made, status)

    assert_problem(api.post(path_of(made, "/cancel")), 409, code)
    made.refresh_from_db()
    assert (made.status, StatusEvent.objects.count()) == (status, 2)
