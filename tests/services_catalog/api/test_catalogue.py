"""The catalogue for phones that are offline, and what has changed since."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import brotli
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from services_catalog.models import Agency, CatalogueVersion, Category, Lane, LifeEvent, Outage, Service
from services_catalog.services.demo_catalogue import demo_forms
from services_catalog.services.publishing import service_publish, service_unpublish
from tests.citizens.service_requests.submitting import assert_problem
from tests.factories import make_agency, make_draft_service, make_service, publish_next_version

pytestmark = pytest.mark.django_db
WHOLE = "/api/v1/catalogue"


def fetch(since: Any = None) -> dict[str, Any]:
    answer = APIClient().get(WHOLE, {} if since is None else {"since": since})
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def codes(body: dict[str, Any]) -> list[str]:
    return [one["code"] for one in body["services"]]


def test_the_whole_catalogue(agency: Agency, anonymous: APIClient) -> None:
    for number in range(3):
        make_service(agency, f"s{number}")

    answer = anonymous.get(WHOLE, HTTP_ACCEPT_ENCODING="br")
    body = fetch()
    assert (answer["Content-Encoding"], brotli.decompress(answer.content)) == ("br", anonymous.get(WHOLE).content)
    assert (codes(body), body["complete"], body["withdrawn"]) == (["s0", "s1", "s2"], True, [])
    assert body["version"] == CatalogueVersion.objects.get().number
    detail = anonymous.get("/api/v1/services/s0").json()
    assert body["services"][0] == {
        name: value for name, value in detail.items() if name not in ("availability", "delivery", "usual_time")
    }


def test_outages_say_when_they_are_so_that_a_phone_can_tell_by_itself(service: Service) -> None:
    now = timezone.now()
    for starts_at, ends_at in ((now - timedelta(days=2), now - timedelta(days=1)), (now + timedelta(days=1), None)):
        Outage.objects.create(
            lane=service.lane,
            starts_at=starts_at,
            ends_at=ends_at,
            meanwhile="closed",
            message_th="ปิด",
            message_en="Shut",
        )

    [outage] = fetch()["services"][0]["outages"]
    assert outage["starts_at"] == timezone.localtime(now + timedelta(days=1)).isoformat()
    assert (outage["ends_at"], outage["meanwhile"]) == (None, "closed")
    assert outage["message"] == {"th": "ปิด", "en": "Shut"}


def test_nothing_has_changed(service: Service) -> None:
    version = fetch()["version"]
    assert fetch(version) == {"version": version, "complete": False, "services": [], "withdrawn": []}


def publish(service: Service) -> None:
    other = make_draft_service(service.agency, "new")
    version = other.versions.create(number=1, form={}, example={})
    service_publish(service=other, version=version)


def rename(service: Service) -> None:
    Service.objects.filter(pk=service.pk).update(name_en="Another name")


def rename_agency(service: Service) -> None:
    Agency.objects.filter(pk=service.agency_id).update(name_en="Another name")


def rename_category(service: Service) -> None:
    Category.objects.update(name_en="Another name")


def rename_life_event(service: Service) -> None:
    LifeEvent.objects.update(name_en="Another name")


def announce(service: Service) -> None:
    Outage.objects.create(lane=service.lane, starts_at=timezone.now() + timedelta(hours=1))


def end_outages(service: Service) -> None:
    announce(service)
    Outage.objects.all().delete()


def change_code(service: Service) -> None:
    Service.objects.filter(pk=service.pk).update(code="renamed")


def unpublish(service: Service) -> None:
    service_unpublish(service=service)


@pytest.mark.parametrize(
    ("change", "changed", "withdrawn"),
    [
        (publish, ["new"], []),
        (publish_next_version, ["one"], []),
        (rename, ["one"], []),
        (rename_agency, ["one"], []),
        (rename_category, ["one"], []),
        (rename_life_event, ["one"], []),
        (announce, ["one"], []),
        (end_outages, ["one"], []),
        (unpublish, [], ["one"]),
        (change_code, ["renamed"], ["one"]),
    ],
)
def test_what_counts_as_a_change(
    agency: Agency, change: Callable[[Service], object], changed: list[str], withdrawn: list[str]
) -> None:
    Category.objects.create(code="vehicles", name_th="ยานพาหนะ", name_en="Vehicles")
    LifeEvent.objects.create(code="driving", name_th="ขับขี่", name_en="Driving")
    make_service(make_agency("elsewhere"), "bystander")
    service = make_service(agency, "one", category_id="vehicles", life_event_id="driving")
    since = fetch()["version"]

    change(service)

    body = fetch(since)
    assert (codes(body), body["withdrawn"], body["complete"]) == (changed, withdrawn, False)
    assert body["version"] > since
    assert fetch(body["version"])["services"] == []


def test_how_a_lane_runs_is_no_change(service: Service) -> None:
    version = fetch()["version"]
    Lane.objects.filter(pk=service.pk).update(paused=True, breaker="open")
    make_draft_service(service.agency, "draft")
    Service.objects.filter(code="draft").update(name_th="ร่าง")

    assert fetch(version)["version"] == version


def test_what_came_and_went_in_between_is_withdrawn_and_told_once(service: Service) -> None:
    since = fetch()["version"]
    service_unpublish(service=make_service(service.agency, "short"))
    body = fetch(since)

    assert (codes(body), body["withdrawn"]) == ([], ["short"])
    assert fetch(body["version"])["withdrawn"] == []


def test_what_comes_back_is_not_withdrawn(service: Service) -> None:
    since = fetch()["version"]
    service_unpublish(service=service)
    assert service.current_version is not None
    service_publish(service=service, version=service.current_version)

    assert (codes(fetch(since)), fetch(since)["withdrawn"]) == (["dlt-licence"], [])


def test_a_version_that_was_never_given_has_all_of_it_sent(service: Service) -> None:
    later = fetch()["version"] + 1
    for since in (0, later, 2**63 - 1):
        assert (fetch(since)["complete"], codes(fetch(since))) == (True, ["dlt-licence"])


@pytest.mark.parametrize("since", ["x", "-1", "1.5", "ก", "1" * 400, str(2**63)])
def test_what_is_no_version_is_refused(anonymous: APIClient, since: str) -> None:
    body = assert_problem(anonymous.get(WHOLE, {"since": since}), 400, "invalid_parameter")
    assert body["errors"][0]["pointer"] == "#/since"


def test_queries_do_not_grow(agency: Agency, anonymous: APIClient) -> None:
    counts = []
    for number in range(3):
        service = make_service(make_agency(f"agency-{number}"), f"s{number}")
        announce(service)
        for address in (WHOLE, f"{WHOLE}?since=1"):
            with CaptureQueriesContext(connection) as queries:
                anonymous.get(address)
            counts.append((address, len(queries)))
    assert len(set(counts)) == 2


@pytest.mark.django_db(transaction=True)
def test_no_change_is_lost_whatever_commits_first(agency: Agency) -> None:
    """The first to change is the last to commit; a phone that asks in between hears of it afterwards."""
    first, second = make_service(agency, "first"), make_service(agency, "second")
    since = fetch()["version"]
    changed, may_commit = Event(), Event()

    def change_slowly() -> None:
        try:
            with transaction.atomic():
                Service.objects.filter(pk=first.pk).update(name_en="Changed first")
                changed.set()
                may_commit.wait(20)
        finally:
            connection.close()

    slow = Thread(target=change_slowly)
    slow.start()
    assert changed.wait(20)
    Service.objects.filter(pk=second.pk).update(name_en="Changed second")  # does not wait for the first
    between = fetch(since)
    may_commit.set()
    slow.join()

    assert codes(between) == ["second"]
    assert codes(fetch(between["version"])) == ["first"]
    assert codes(fetch(since)) == ["first", "second"]


@pytest.mark.django_db(transaction=True)
def test_versions_only_grow(agency: Agency) -> None:
    """Also when the clock has gone back."""
    service = make_service(agency, "one")
    ahead = CatalogueVersion.objects.get().number + 3_600_000_000
    CatalogueVersion.objects.update(number=ahead)

    for name in ("a", "b"):
        Service.objects.filter(pk=service.pk).update(name_en=name)
    assert fetch()["version"] == ahead + 2


def test_the_manual_as_agencies_write_it(agency: Agency, anonymous: APIClient) -> None:
    text = {"th": "ไทย", "en": "English"}
    form = demo_forms()["driving-licence-renewal"]
    service = make_service(
        agency,
        "manual",
        purpose_th="เพื่อ",
        conditions_en="Only when",
        legal_references=[{"name": text, "section": "44"}],
        steps=[{"name": text, "duration": 3, "unit": "working_days"}, {"name": {"th": "รอ"}}],
        documents=[{"name": text, "source": "upload"}, {"name": text, "required": True, "condition": text}],
        fees=[{"name": text, "baht": "250.00", "note": text}],
        contacts=[{"name": text, "phone": "1584"}],
        complaint_channels=[{"name": text, "url": "https://example.go.th"}],
        claim_purposes={"national_id": text},
        data_class="protected",
        privacy_url="https://example.go.th/privacy",
        places_daily=20,
        decision_days=3,
    )
    version = service.versions.create(
        number=2, form=form.schema, example=form.example, claims=["gender", "national_id"]
    )
    service_publish(service=service, version=version)

    shown = anonymous.get("/api/v1/services/manual").json()
    assert (shown["purpose"], shown["conditions"]) == ({"th": "เพื่อ", "en": ""}, {"th": "", "en": "Only when"})
    assert shown["legal_references"] == [{"name": text, "section": "44", "url": None}]
    assert shown["steps"] == [
        {"name": text, "duration": 3, "unit": "working_days"},
        {"name": {"th": "รอ", "en": ""}, "duration": None, "unit": None},
    ]
    assert [(one["required"], one["condition"], one["source"]) for one in shown["documents"]] == [
        (False, None, "upload"),
        (True, text, None),
    ]
    assert shown["fees"] == [{"name": text, "baht": "250.00", "note": text}]
    assert shown["contacts"] == [{"name": text, "phone": "1584", "email": None, "url": None}]
    assert shown["complaint_channels"][0]["url"] == "https://example.go.th"
    assert [(one["claim"], one["purpose"]) for one in shown["claim_purposes"]] == [
        ("gender", None),
        ("national_id", text),
    ]
    assert (shown["data_class"], shown["privacy_url"]) == ("protected", "https://example.go.th/privacy")
    assert (shown["places"], shown["electronic"]["allowed"]) == ({"daily": 20, "total": None}, True)
    assert (shown["decision"], shown["claims"]) == ({"days": 3, "unit": "working_day"}, ["gender", "national_id"])
    assert shown["form"] == form.schema
    assert "adapter_options" not in shown
    assert "submit_url" not in anonymous.get(WHOLE).content.decode()
