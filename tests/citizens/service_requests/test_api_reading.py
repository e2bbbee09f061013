from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from citizens.models import Citizen
from citizens.service_requests.models import ServiceRequest, Status, StatusEvent
from services_catalog.models import Agency, Service, ServiceStats
from tests.citizens.service_requests.following import move, offer, path_of
from tests.citizens.service_requests.submitting import PATH, assert_problem
from tests.factories import make_citizen, make_request, make_service


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


@pytest.mark.parametrize("status", [Status.UNDELIVERABLE, Status.REJECTED])
def test_what_went_wrong_is_told_with_the_services_own_contact(
    api: APIClient, citizen: Citizen, service: Service, status: Status
) -> None:
    Service.objects.update(contacts=[{"name": {"th": "ศูนย์บริการ"}, "phone": "1111", "email": None}])
    made = make_request(citizen, service)
    move(made, status)

    next_step = api.get(path_of(made)).json()["next_step"]

    assert "ติดต่อ" in next_step["th"]
    assert next_step["th"].endswith("1111")
    assert next_step["en"].endswith(": 1111")


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


@pytest.mark.parametrize(
    ("method", "ending"), [("get", ""), ("get", "/events"), ("post", "/cancel"), ("post", "/response")]
)
def test_the_request_of_another_citizen_does_not_exist(
    stranger: APIClient, citizen: Citizen, service: Service, method: str, ending: str
) -> None:
    made = make_request(citizen, service)

    sent = {"data": {"data": {}}, "HTTP_IDEMPOTENCY_KEY": "key-1"} if method == "post" else {}
    foreign = getattr(stranger, method)(path_of(made, ending), **sent)
    unknown = getattr(stranger, method)(f"{PATH}/{uuid4()}{ending}", **sent)

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


def test_the_receipt_chain(api: APIClient, citizen: Citizen, service: Service) -> None:
    made = make_request(citizen, service)
    assert api.get(path_of(made)).json()["receipt_chain"] == {
        "received_at": shown_time(made.created_at),
        "taken_at": None,
        "agency_reference": "",
        "opened_at": None,
    }
    taken, opened = timezone.now(), timezone.now() + timedelta(hours=1)
    ServiceRequest.objects.update(taken_at=taken, opened_at=opened, agency_reference="DLT-7")
    assert api.get(path_of(made)).json()["receipt_chain"] == {
        "received_at": shown_time(made.created_at),
        "taken_at": shown_time(taken),
        "agency_reference": "DLT-7",
        "opened_at": shown_time(opened),
    }


def shown_time(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat()


def test_usual_time_beside_the_statutory_one(api: APIClient, citizen: Citizen, service: Service) -> None:
    made = make_request(citizen, service)
    Service.objects.update(decision_days=15, decision_unit="working_day")
    stats = ServiceStats.objects.create(
        service=service, usual_median=timedelta(hours=36), usual_p90=timedelta(days=9), computed_at=timezone.now()
    )

    shown = api.get(path_of(made)).json()

    assert shown["usual_time"] == {"median_seconds": 36 * 3600, "p90_seconds": 9 * 86_400}
    assert shown["statutory_time"] == {"days": 15, "unit": "working_day"}
    ServiceStats.objects.filter(pk=stats.pk).update(usual_median=None, usual_p90=None)
    assert api.get(path_of(made)).json()["usual_time"] is None


def test_times_nobody_knows_are_hidden(api: APIClient, citizen: Citizen, service: Service) -> None:
    shown = api.get(path_of(make_request(citizen, service))).json()
    assert (shown["usual_time"], shown["statutory_time"]) == (None, None)


def test_a_longer_list_takes_no_more_queries(api: APIClient, citizen: Citizen, agency: Agency) -> None:
    services = [make_service(agency, f"dlt-{number}") for number in range(3)]
    make_request(citizen, services[0])
    with CaptureQueriesContext(connection) as for_one:
        assert len(api.get(PATH).json()["results"]) == 1
    for service in services:
        offer(service, "cancel_url", "response_url")
        move(make_request(citizen, service), Status.ACTION_REQUIRED)

    with CaptureQueriesContext(connection) as for_four:
        assert len(api.get(PATH).json()["results"]) == 4

    assert len(for_four) == len(for_one)
