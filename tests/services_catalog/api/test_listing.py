"""Which services the list shows, and in which order."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from services_catalog.models import Agency, Category, Lane, LifeEvent, Outage, Service, ServiceStats
from services_catalog.services.publishing import service_unpublish
from tests.citizens.service_requests.submitting import assert_problem
from tests.factories import make_agency, make_draft_service, make_service

pytestmark = pytest.mark.django_db
LIST = "/api/v1/services"
HOUR = timedelta(hours=1)


def codes(phone: APIClient, **asked: Any) -> list[str]:
    answer = phone.get(LIST, asked)
    assert answer.status_code == 200, answer.content
    return [one["code"] for one in answer.json()["results"]]


@pytest.fixture
def catalogue(db: None) -> None:
    Category.objects.create(code="vehicles", name_th="ยานพาหนะ", name_en="Vehicles")
    LifeEvent.objects.create(code="driving", name_th="ขับขี่", name_en="Driving")
    transport, labour = make_agency("dlt"), make_agency("dol")
    Agency.objects.filter(pk=transport.pk).update(ministry_th="กระทรวงคมนาคม", ministry_en="Ministry of Transport")
    make_service(transport, "a-licence", category_id="vehicles", min_ial=Decimal("2.1"))
    make_service(transport, "b-test", life_event_id="driving", min_ial=Decimal("1.1"))
    make_service(labour, "c-work", audiences=["juristic_person", "agency"], min_ial=Decimal("2.3"))


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["a-licence", "b-test", "c-work"]),
        ({"agency": "dlt"}, ["a-licence", "b-test"]),
        ({"agency": "nobody"}, []),
        ({"ministry": "กระทรวงคมนาคม"}, ["a-licence", "b-test"]),
        ({"ministry": "ministry of transport"}, ["a-licence", "b-test"]),
        ({"category": "vehicles"}, ["a-licence"]),
        ({"life_event": "driving"}, ["b-test"]),
        ({"audience": "juristic_person"}, ["c-work"]),
        ({"audience": "citizen"}, ["a-licence", "b-test"]),
        ({"min_ial": "1.3"}, ["b-test"]),
        ({"min_ial": "2.1"}, ["a-licence", "b-test"]),
        ({"min_ial": "3.0"}, ["a-licence", "b-test", "c-work"]),
        ({"agency": "dlt", "min_ial": "1.1", "audience": "citizen"}, ["b-test"]),
        ({"category": "", "agency": " "}, ["a-licence", "b-test", "c-work"]),
        ({"q": "a-licence", "agency": "dol"}, []),
        ({"q": "a-licence", "order": "name", "agency": "dlt"}, ["a-licence"]),
    ],
)
def test_filters(anonymous: APIClient, asked: dict[str, str], expected: list[str]) -> None:
    if asked.get("order"):
        assert codes(anonymous, **asked)[:1] == expected
    else:
        assert codes(anonymous, **asked) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("order", "size"),
        ("audience", "robots"),
        ("availability", "maybe"),
        ("min_ial", "1.25"),
        ("min_ial", "high"),
        ("agency", "../x"),
        ("category", "no such"),
        ("life_event", "ก"),
        ("ministry", "x" * 301),
        ("q", "x" * 201),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(anonymous: APIClient, name: str, value: str) -> None:
    body = assert_problem(anonymous.get(LIST, {name: value}), 400, "invalid_parameter")
    assert [one["pointer"] for one in body["errors"]] == [f"#/{name}"]
    assert body["errors"][0]["message"]["th"]
    assert body["errors"][0]["message"]["en"]


def set_up_availabilities(agency: Agency) -> None:
    """A service of each kind; `queue` and `closed` have outages."""
    for code in ("open", "paused", "queue", "closed", "planned"):
        make_service(agency, code)
    Lane.objects.filter(service__code="paused").update(paused=True)
    now = timezone.now()
    for code, meanwhile, starts_at in (
        ("queue", "queue", now),
        ("closed", "closed", now),
        ("planned", "closed", now + HOUR),
    ):
        lane = Lane.objects.get(service__code=code)
        Outage.objects.create(lane=lane, meanwhile=meanwhile, starts_at=starts_at, ends_at=now + 2 * HOUR)
    make_service(agency, "not-electronic", electronic_allowed=False)
    make_service(agency, "not-yet", opens_at=now + HOUR)
    make_service(agency, "no-longer", closes_at=now - HOUR)


def test_availability(agency: Agency, anonymous: APIClient) -> None:
    set_up_availabilities(agency)

    assert codes(anonymous, availability="open") == ["open", "planned"]
    assert codes(anonymous, availability="queueing") == ["paused", "queue"]
    assert codes(anonymous, availability="closed") == ["closed", "no-longer", "not-electronic", "not-yet"]


def test_every_row_says_whether_it_is_open_as_the_filter_does(agency: Agency, anonymous: APIClient) -> None:
    set_up_availabilities(agency)

    for state in ("open", "queueing", "closed"):
        rows = anonymous.get(LIST, {"availability": state}).json()["results"]
        assert {row["availability"]["state"] for row in rows} == {state}
        assert {bool(row["availability"]["message"]) for row in rows} == {state != "open"}


def test_thai_names_are_in_the_order_of_dictionaries(agency: Agency, anonymous: APIClient) -> None:
    for number, (thai, english) in enumerate(
        [("แก้ไขทะเบียน", "Zebra"), ("กำเนิด", "apple"), ("เกิด", ""), ("ขอใบอนุญาต", "Banana"), ("ไก่", "cherry")]
    ):
        service = make_service(agency, f"s{number}")
        Service.objects.filter(pk=service.pk).update(name_th=thai, name_en=english)

    in_thai = [row["name"]["th"] for row in anonymous.get(LIST, {"order": "name"}).json()["results"]]
    in_english = [row["name"]["en"] for row in anonymous.get(LIST, {"order": "name_en"}).json()["results"]]
    assert in_thai == ["กำเนิด", "เกิด", "แก้ไขทะเบียน", "ไก่", "ขอใบอนุญาต"]
    assert in_english == ["apple", "Banana", "cherry", "Zebra", ""]


@pytest.mark.parametrize("order", ["code", "name", "name_en", "popularity"])
def test_pages_show_each_service_once_in_every_order(agency: Agency, anonymous: APIClient, order: str) -> None:
    for number in range(7):
        service = make_service(agency, f"s{number}")
        if number % 2:
            ServiceStats.objects.create(service=service, received=number % 3, computed_at=timezone.now())
    whole = codes(anonymous, order=order)

    seen, address = [], f"{LIST}?page_size=2&order={order}"
    while address:
        page = anonymous.get(address).json()
        seen += [one["code"] for one in page["results"]]
        address = page["next"]
    assert seen == whole
    assert len(whole) == 7


def test_popular_services_come_first(agency: Agency, anonymous: APIClient) -> None:
    for code, received in (("rare", 1), ("busy", 500), ("unknown", None)):
        service = make_service(agency, code)
        if received:
            ServiceStats.objects.create(service=service, received=received, computed_at=timezone.now())

    assert codes(anonymous, order="popularity") == ["busy", "rare", "unknown"]


def test_a_cursor_of_another_order_is_refused(agency: Agency, anonymous: APIClient) -> None:
    for number in range(3):
        make_service(agency, f"s{number}")
    cursor = anonymous.get(f"{LIST}?order=name&page_size=1").json()["next"].partition("cursor=")[2].split("&")[0]

    answer = anonymous.get(f"{LIST}?order=popularity&page_size=1&cursor={cursor}")
    assert_problem(answer, 400, "malformed_request")


@pytest.mark.parametrize(
    "asked", [{}, {"order": "name"}, {"availability": "open"}, {"order": "popularity", "audience": "citizen"}]
)
def test_queries_do_not_grow(agency: Agency, anonymous: APIClient, asked: dict[str, str]) -> None:
    counts = []
    for number in range(4):
        service = make_service(make_agency(f"agency-{number}"), f"s{number}")
        Outage.objects.create(lane=service.lane, starts_at=timezone.now() + HOUR)
        with CaptureQueriesContext(connection) as queries:
            assert len(codes(anonymous, **asked)) == number + 1
        counts.append(len(queries))
    assert len(set(counts)) == 1


def test_suggestions_come_as_one_types_in_both_languages(agency: Agency, anonymous: APIClient) -> None:
    service = make_service(agency, "renewal", aliases=["ต่อใบขับขี่"])
    path = f"{LIST}/suggestions"

    for typed in ("บริการทด", "Test serv", "ต่อใบขับ"):
        results = anonymous.get(path, {"q": typed}).json()["results"]
        assert results == [
            {
                "code": "renewal",
                "name": {"th": service.name_th, "en": service.name_en},
                "agency": {"code": "dlt", "name": {"th": "กรม dlt", "en": "Department dlt"}},
            }
        ]
    assert anonymous.get(path).json() == {"results": []}
    assert anonymous.get(path, {"q": " "}).json() == {"results": []}
    assert_problem(anonymous.get(path, {"q": "x" * 201}), 400, "invalid_parameter")


@pytest.fixture
def hidden(agency: Agency) -> list[Service]:
    """Never published, and published no more; the second is the only one of its agency."""
    other = make_agency("hidden-agency")
    Category.objects.create(code="vehicles", name_th="ยานพาหนะ", name_en="Vehicles")
    LifeEvent.objects.create(code="driving", name_th="ขับขี่", name_en="Driving")
    fields = {"category_id": "vehicles", "life_event_id": "driving"}
    withdrawn = make_service(other, "hidden-withdrawn", **fields)
    service_unpublish(service=withdrawn)
    return [make_draft_service(other, "hidden-draft", **fields), withdrawn]


def test_what_is_not_published_shows_nowhere(hidden: list[Service], service: Service, anonymous: APIClient) -> None:
    addresses = [
        LIST,
        f"{LIST}?q=hidden",
        f"{LIST}?q=hidden&order=name",
        f"{LIST}?agency=hidden-agency",
        f"{LIST}?availability=open",
        f"{LIST}?category=vehicles",
        f"{LIST}/suggestions?q=hidden",
        "/api/v1/agencies",
        "/api/v1/categories",
        "/api/v1/life-events",
        "/api/v1/catalogue",
    ]
    for address in addresses:
        answer = anonymous.get(address)
        assert answer.status_code == 200, address
        assert b"hidden" not in answer.content.replace(b"q=hidden", b""), address
    for one in hidden:
        assert_problem(anonymous.get(f"{LIST}/{one.code}"), 404, "unknown_service")
    assert [one["services"] for one in anonymous.get("/api/v1/categories").json()["results"]] == [0]
    assert [one["services"] for one in anonymous.get("/api/v1/life-events").json()["results"]] == [0]


@pytest.mark.usefixtures("catalogue")
def test_agencies_categories_and_life_events_count_their_live_services(anonymous: APIClient) -> None:
    agencies = anonymous.get("/api/v1/agencies").json()["results"]
    assert [(one["code"], one["services"]) for one in agencies] == [("dlt", 2), ("dol", 1)]
    assert agencies[0]["ministry"] == {"th": "กระทรวงคมนาคม", "en": "Ministry of Transport"}
    assert agencies[0]["contact"] == {"phone": "1584", "email": "", "url": ""}
    assert anonymous.get("/api/v1/categories").json()["results"] == [
        {"code": "vehicles", "name": {"th": "ยานพาหนะ", "en": "Vehicles"}, "services": 1}
    ]
    assert anonymous.get("/api/v1/life-events").json()["results"] == [
        {"code": "driving", "name": {"th": "ขับขี่", "en": "Driving"}, "services": 1}
    ]
