"""What all lists have in common: keyset cursors, and a number of queries that does not grow."""

from base64 import b64encode
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from citizens.models import Citizen
from citizens.notifications.models import Notification
from citizens.notifications.services import notify_pending
from citizens.service_requests.lifecycle import News, lock_requests, save_transitions, transition
from citizens.service_requests.models import ServiceRequest, Status, StatusEvent
from services_catalog.models import Agency, Service
from tests.citizens.service_requests.submitting import assert_problem
from tests.factories import make_agency, make_citizen, make_request, make_service

LISTS = ["/api/v1/services", "/api/v1/service-requests", "/api/v1/notifications"]


def cursor_of(position: str) -> str:
    return b64encode(urlencode({"p": position}).encode()).decode()


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "cursor",
    ["x", "ก", cursor_of("\x00"), b64encode(b"\xff\xfe").decode(), b64encode(b"o=x").decode()],
    ids=["no-base64", "no-ascii", "nul", "no-utf-8", "offset"],
)
def test_a_cursor_that_is_none_of_ours_is_refused(api: APIClient, path: str, cursor: str) -> None:
    assert_problem(api.get(path, {"cursor": cursor}), 400, "malformed_request")


@pytest.mark.parametrize("path", LISTS[1:])
@pytest.mark.parametrize("position", ["x", "", "1", "None"])
def test_a_cursor_that_points_to_no_id_is_refused(api: APIClient, path: str, position: str) -> None:
    assert_problem(api.get(path, {"cursor": cursor_of(position)}), 400, "malformed_request")


@pytest.fixture
def count_queries(api: APIClient) -> Callable[[str], tuple[int, int]]:
    """count_queries(path) gives how many rows the list shows, and how many queries it takes."""

    def count(path: str) -> tuple[int, int]:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            answer = api.get(path, {"page_size": 50}).json()
        return len(answer["results"] if isinstance(answer, dict) else answer), len(captured)

    return count


CountQueries = Callable[[str], tuple[int, int]]


def test_queries_of_the_catalogue_do_not_grow(db: None, count_queries: CountQueries) -> None:
    make_service(make_agency("one"), "one")
    rows, queries = count_queries("/api/v1/services")
    for number in range(19):
        make_service(make_agency(f"agency-{number}"), f"service-{number}")

    assert rows == 1
    assert count_queries("/api/v1/services") == (20, queries)


def test_queries_of_the_search_do_not_grow(agency: Agency, count_queries: CountQueries) -> None:
    make_service(agency, "one")
    rows, queries = count_queries("/api/v1/services?q=ทดสอบ")
    for number in range(19):
        make_service(agency, f"service-{number}")

    assert rows == 1
    assert count_queries("/api/v1/services?q=ทดสอบ") == (20, queries)


def test_queries_of_the_requests_do_not_grow(db: None, citizen: Citizen, count_queries: CountQueries) -> None:
    make_request(citizen, make_service(make_agency("one"), "one"))
    rows, queries = count_queries("/api/v1/service-requests")
    for number in range(19):
        make_request(citizen, make_service(make_agency(f"agency-{number}"), f"service-{number}"))

    assert rows == 1
    assert count_queries("/api/v1/service-requests") == (20, queries)


def test_queries_of_the_inbox_do_not_grow(citizen: Citizen, service: Service, count_queries: CountQueries) -> None:
    make_request(citizen, service)
    notify_pending()
    rows, queries = count_queries("/api/v1/notifications")
    for _ in range(19):
        make_request(citizen, service)
    notify_pending()

    assert rows == 1
    assert count_queries("/api/v1/notifications") == (20, queries)


def test_queries_of_the_timeline_do_not_grow(citizen: Citizen, service: Service, count_queries: CountQueries) -> None:
    made = make_request(citizen, service)
    path = f"/api/v1/service-requests/{made.pk}/events"
    rows, queries = count_queries(path)
    for number in range(19):
        move(made, Status.ACTION_REQUIRED if number % 2 else Status.IN_PROGRESS)

    assert rows == 1
    assert count_queries(path) == (20, queries)


def move(service_request: ServiceRequest, to: Status) -> None:
    locked = lock_requests([service_request.pk])[service_request.pk]
    save_transitions([locked], [transition(locked, to, News(source=StatusEvent.Source.AGENCY))])


def test_the_inbox_tells_each_event_once_and_only_to_whom_it_concerns(
    api: APIClient, stranger: APIClient, citizen: Citizen, service: Service
) -> None:
    made = make_request(citizen, service)
    make_request(make_citizen(), service)
    move(made, Status.DELIVERED)

    assert notify_pending() == 3
    assert notify_pending() == 0

    told = api.get("/api/v1/notifications").json()["results"]
    assert [row["title"]["en"].split(":")[0] for row in told] == ["Delivered to the agency", "Received"]
    assert {row["service_request"] for row in told} == {str(made.pk)}
    assert all(made.receipt_number in row["body"]["th"] for row in told)
    assert {row["channel"] for row in told} == {"inbox"}
    assert stranger.get("/api/v1/notifications").json()["results"] == []
    assert Notification.objects.count() == 3
