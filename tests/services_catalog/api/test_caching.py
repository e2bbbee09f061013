"""What is remembered of the catalogue, and what is sent of it."""

import gzip
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import brotli
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient
from time_machine import travel

from services_catalog.languages import Text
from services_catalog.models import Agency, Category, Lane, Outage, Service, ServiceStats
from services_catalog.services.lanes import lane_pause
from services_catalog.services.operator_actions import Doer
from services_catalog.services.outages import outage_announce, outage_end, outage_force
from services_catalog.services.publishing import service_unpublish
from tests.factories import make_service, publish_next_version

pytestmark = pytest.mark.django_db
LIST = "/api/v1/services"
CONDITIONAL = [
    LIST,
    f"{LIST}?q=dlt-licence",
    f"{LIST}/dlt-licence",
    f"{LIST}/suggestions?q=dlt",
    "/api/v1/agencies",
    "/api/v1/categories",
    "/api/v1/life-events",
    "/api/v1/catalogue",
    "/api/v1/catalogue?since=1",
]
BY: dict[str, Any] = {"by": Doer("somebody"), "reason": "they move"}


@pytest.fixture
def many(agency: Agency) -> list[Service]:
    """So many that their list is worth compressing."""
    return [make_service(agency, f"s{number}") for number in range(5)]


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize("address", CONDITIONAL)
def test_whoever_has_it_is_told_so(anonymous: APIClient, address: str) -> None:
    first = anonymous.get(address)
    etag = first["ETag"]

    for known in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
        again = anonymous.get(address, HTTP_IF_NONE_MATCH=known)
        assert (again.status_code, again.content) == (304, b""), known
        assert (again["ETag"], again["Cache-Control"]) == (etag, first["Cache-Control"])
        assert "Accept-Encoding" in again["Vary"]
    for unknown in ('"other"', "nonsense", 'W/"other"'):
        assert anonymous.get(address, HTTP_IF_NONE_MATCH=unknown).content == first.content
    assert first["Cache-Control"].startswith("public, max-age=")


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize("address", CONDITIONAL)
def test_head_tells_what_get_would(anonymous: APIClient, address: str) -> None:
    got, asked = anonymous.get(address), anonymous.head(address)

    assert (asked.status_code, asked.content) == (200, b"")
    assert (asked["ETag"], asked["Content-Type"]) == (got["ETag"], "application/json")
    assert anonymous.head(address, HTTP_IF_NONE_MATCH=got["ETag"]).status_code == 304


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    ("accepted", "sent", "unpack"),
    [
        ("br", "br", brotli.decompress),
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("GZIP;q=0.5", "gzip", gzip.decompress),
        ("br;q=0.1, gzip;q=0.9", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
        ("*", "br", brotli.decompress),
        ("*;q=0.1, br;q=0", "gzip", gzip.decompress),
        ("", None, bytes),
        ("identity", None, bytes),
        ("br;q=0, gzip;q=0", None, bytes),
        ("deflate", None, bytes),
        ("br;q=nonsense", None, bytes),
    ],
)
def test_encodings(anonymous: APIClient, accepted: str, sent: str | None, unpack: Callable[[bytes], bytes]) -> None:
    plain = anonymous.get(LIST)
    answer = anonymous.get(LIST, HTTP_ACCEPT_ENCODING=accepted)

    assert answer.get("Content-Encoding") == sent
    assert unpack(answer.content) == plain.content
    assert answer["ETag"] == plain["ETag"]
    assert "Accept-Encoding" in answer["Vary"]
    assert int(answer["Content-Length"]) == len(answer.content)


def test_refusals_and_what_is_personal_are_not_compressed(api: APIClient, service: Service) -> None:
    for address in (f"{LIST}/nothing", f"{LIST}?order=wrong", "/api/v1/service-requests", "/api/v1/notifications"):
        answer = api.get(address, HTTP_ACCEPT_ENCODING="br, gzip")
        assert "Content-Encoding" not in answer
        assert "public" not in answer.get("Cache-Control", "")


def test_the_list_is_asked_of_the_database_once(many: list[Service], anonymous: APIClient) -> None:
    etag = anonymous.get(LIST)["ETag"]

    with CaptureQueriesContext(connection) as queries:
        assert anonymous.get(LIST).status_code == 200
        assert anonymous.get(LIST, HTTP_IF_NONE_MATCH=etag).status_code == 304
    assert [query["sql"].count("catalogueversion") > 0 for query in queries] == [True] * len(queries)


def change_name(service: Service) -> None:
    Service.objects.filter(pk=service.pk).update(name_th="ชื่อใหม่")


def rename_agency(service: Service) -> None:
    Agency.objects.filter(pk=service.agency_id).update(name_th="กรมใหม่")


def rename_category(service: Service) -> None:
    Category.objects.filter(pk="vehicles").update(name_th="หมวดใหม่")


def force_outage(service: Service) -> None:
    outage_force(lane_id=service.pk, meanwhile=Outage.Meanwhile.CLOSED, **BY)


def pause(service: Service) -> None:
    lane_pause(lane_id=service.pk, **BY)


def open_breaker(service: Service) -> None:
    Lane.objects.filter(pk=service.pk).update(breaker="open", breaker_since=timezone.now())


def compute_stats(service: Service) -> None:
    hour = timedelta(hours=1)
    ServiceStats.objects.create(service=service, usual_median=hour, usual_p90=hour, computed_at=timezone.now())


def unpublish(service: Service) -> None:
    service_unpublish(service=service)


@pytest.mark.parametrize(
    "change",
    [
        change_name,
        rename_agency,
        rename_category,
        force_outage,
        pause,
        open_breaker,
        compute_stats,
        unpublish,
        publish_next_version,
    ],
)
def test_what_changes_shows_at_once(agency: Agency, anonymous: APIClient, change: Callable[[Service], object]) -> None:
    Category.objects.create(code="vehicles", name_th="ยานพาหนะ", name_en="Vehicles")
    service = make_service(agency, "one", category_id="vehicles")
    before = anonymous.get(LIST)
    detail = anonymous.get(f"{LIST}/one")

    change(service)

    after = anonymous.get(LIST, HTTP_IF_NONE_MATCH=before["ETag"])
    assert after.status_code == 200
    assert after.content != before.content
    assert anonymous.get(f"{LIST}/one", HTTP_IF_NONE_MATCH=detail["ETag"]).status_code in (200, 404)


def test_what_does_not_show_changes_nothing(service: Service, anonymous: APIClient) -> None:
    anonymous.get(LIST)
    lane = Lane.objects.filter(pk=service.pk)

    lane.update(window_calls=5, recent_call_ms=100, slots=3)
    Service.objects.filter(pk=service.pk).update(adapter_options={}, updated_at=timezone.now())
    with CaptureQueriesContext(connection) as queries:
        anonymous.get(LIST)
    assert len(queries) == 1


def test_an_outage_begins_and_ends_without_anybody_doing_anything(service: Service, anonymous: APIClient) -> None:
    now = timezone.now()
    begins, ends = now + timedelta(hours=1), now + timedelta(hours=2)
    outage_announce(
        lane_id=service.pk,
        starts_at=begins,
        ends_at=ends,
        message=Text("ปิด", "Closed"),
        meanwhile=Outage.Meanwhile.CLOSED,
        **BY,
    )
    states = []
    for moment in (now, begins + timedelta(seconds=6), ends + timedelta(seconds=6)):
        with travel(moment, tick=False):
            states.append(anonymous.get(LIST).json()["results"][0]["availability"]["state"])
    assert states == ["open", "closed", "open"]


def test_an_outage_that_is_ended_is_over_at_once(service: Service, anonymous: APIClient) -> None:
    force_outage(service)
    assert anonymous.get(LIST).json()["results"][0]["availability"]["state"] == "closed"

    outage_end(outage_id=Outage.objects.get().pk, **BY)
    assert anonymous.get(LIST).json()["results"][0]["availability"]["state"] == "open"


def test_links_lead_to_the_host_that_was_asked(many: list[Service], anonymous: APIClient, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]

    for host in settings.ALLOWED_HOSTS:
        following = anonymous.get(LIST, {"page_size": 2}, headers={"host": host}).json()["next"]
        assert following.startswith(f"http://{host}{LIST}?")


def test_both_languages_are_in_one_answer(service: Service, anonymous: APIClient) -> None:
    thai, english = (anonymous.get(LIST, headers={"accept-language": language}) for language in ("th", "en"))
    assert (thai.content, thai["ETag"]) == (english.content, english["ETag"])


def test_a_sick_cache_keeps_nobody_from_the_catalogue(
    service: Service, anonymous: APIClient, settings: Settings
) -> None:
    location = "redis://127.0.0.1:1/0"  # nobody listens
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": location}}

    for address in CONDITIONAL:
        answer = anonymous.get(address)
        assert answer.status_code == 200, address
        assert anonymous.get(address, HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304


def test_only_what_is_sent_counts_against_the_limit(
    service: Service, anonymous: APIClient, limit_rate: Callable[[str, str], None]
) -> None:
    limit_rate("address", "1/minute")
    here: dict[str, Any] = {"REMOTE_ADDR": "10.9.8.7"}
    etag = anonymous.get(LIST, **here)["ETag"]

    assert [anonymous.get(LIST, HTTP_IF_NONE_MATCH=etag, **here).status_code for _ in range(5)] == [304] * 5
    assert anonymous.get(LIST, **here).status_code == 429
