"""What the public catalogue tells of a service's running."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from services_catalog.models import Agency, Lane, Outage, Service, ServiceStats
from services_catalog.opening_hours import next_opening
from tests.factories import make_agency, make_service

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def shown(service: Service, name: str = "delivery") -> Any:
    """The same in the list, in a search and of the one service."""
    phone = APIClient()
    detail = phone.get(f"/api/v1/services/{service.code}").json()[name]
    [listed] = [one[name] for one in phone.get("/api/v1/services").json()["results"] if one["code"] == service.code]
    found = phone.get("/api/v1/services", {"q": service.name_en}).json()["results"]
    assert detail == listed
    assert detail in [one[name] for one in found]
    return detail


def change(service: Service, **fields: Any) -> None:
    Lane.objects.filter(pk=service.pk).update(**fields)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_lane_that_runs_needs_no_words(service: Service) -> None:
    assert shown(service) == {
        "state": "running",
        "reason": None,
        "since": None,
        "until": None,
        "next_try_at": None,
        "message": None,
    }


def test_an_open_breaker_says_since_when_and_when_it_is_tried_again(service: Service) -> None:
    since, probe = timezone.now() - HOUR, timezone.now() + HOUR
    change(service, breaker="open", breaker_since=since, breaker_probe_at=probe)
    delivery = shown(service)
    assert (delivery["state"], delivery["reason"], delivery["until"]) == ("delayed", "not_answering", None)
    assert (moment(delivery["since"]), moment(delivery["next_try_at"])) == (since, probe)
    assert "You may send now; we deliver when it is back." in delivery["message"]["en"]
    assert "เราจะส่งให้เมื่อระบบกลับมา" in delivery["message"]["th"]


@pytest.mark.parametrize("breaker", ["open", "half_open"])
def test_while_it_is_being_tried_there_is_no_next_try(service: Service, breaker: str) -> None:
    change(service, breaker=breaker, breaker_since=timezone.now(), breaker_probe_at=timezone.now() - HOUR)
    delivery = shown(service)
    assert (delivery["reason"], delivery["next_try_at"]) == ("not_answering", None)


def test_a_breaker_held_open_makes_no_promise(service: Service) -> None:
    change(service, breaker_override="open", breaker_since=timezone.now(), breaker_probe_at=timezone.now() + HOUR)
    delivery = shown(service)
    assert (delivery["state"], delivery["reason"]) == ("delayed", "not_answering")
    assert (delivery["since"], delivery["next_try_at"]) == (None, None)


def test_a_breaker_held_closed_runs(service: Service) -> None:
    change(service, breaker="open", breaker_override="closed", breaker_probe_at=timezone.now() + HOUR)
    assert shown(service)["state"] == "running"


def test_a_pause(service: Service) -> None:
    change(service, paused=True)
    delivery = shown(service)
    assert (delivery["state"], delivery["reason"]) == ("delayed", "paused")
    assert delivery["message"]["th"]
    assert delivery["message"]["en"]


def announce(service: Service, **fields: Any) -> Outage:
    lane = Lane.objects.get(pk=service.pk)
    return Outage.objects.create(lane=lane, **{"starts_at": timezone.now() - HOUR, **fields})


def test_an_outage_says_until_when_in_the_agencys_own_words(service: Service) -> None:
    ends_at = timezone.now() + 5 * HOUR
    outage = announce(service, ends_at=ends_at, message_th="ย้ายศูนย์ข้อมูล", message_en="We are moving.")
    delivery = shown(service)
    assert (delivery["state"], delivery["reason"]) == ("delayed", "outage")
    assert (moment(delivery["since"]), moment(delivery["until"])) == (outage.starts_at, ends_at)
    assert delivery["message"] == {"th": "ย้ายศูนย์ข้อมูล", "en": "We are moving."}


def test_an_outage_without_words_gets_ours(service: Service) -> None:
    announce(service)
    delivery = shown(service)
    assert delivery["until"] is None
    assert "You may send now" in delivery["message"]["en"]


def test_of_several_outages_the_last_end_counts(service: Service) -> None:
    announce(service, ends_at=timezone.now() + 9 * HOUR, message_th="ยาว")
    announce(service, ends_at=timezone.now() + HOUR, message_th="สั้น", starts_at=timezone.now() - 3 * HOUR)
    delivery = shown(service)
    assert delivery["message"]["th"] == "ยาว"
    assert moment(delivery["since"]) < timezone.now() - 2 * HOUR
    announce(service, message_th="ไม่รู้จบ")
    assert (shown(service)["message"]["th"], shown(service)["until"]) == ("ไม่รู้จบ", None)


def test_outages_to_come_past_and_elsewhere_do_not_show(service: Service, agency: Agency) -> None:
    announce(service, starts_at=timezone.now() + HOUR)
    announce(service, starts_at=timezone.now() - 2 * HOUR, ends_at=timezone.now() - HOUR)
    announce(make_service(agency, "another"))
    assert shown(service)["state"] == "running"


def test_closed_hours_say_when_it_opens(service: Service) -> None:
    change(service, open_weekdays=[timezone.localtime().isoweekday() % 7 + 1])
    delivery = shown(service)
    assert (delivery["state"], delivery["reason"]) == ("delayed", "closed")
    opens = timezone.localtime(moment(delivery["until"]))
    assert (opens.date() - timezone.localdate(), opens.time()) == (timedelta(days=1), time.min)


def test_when_the_calls_of_the_day_are_used_up_the_next_day_goes_on(service: Service) -> None:
    change(service, rate_per_day=5, rate_day="2026-11-20", rate_day_calls=5)
    midnight = moment("2026-11-21T00:00+07:00")
    with time_machine.travel(midnight - timedelta(seconds=1), tick=False):
        delivery, availability = shown(service), shown(service, "availability")
    assert (delivery["state"], delivery["reason"]) == ("delayed", "used_up")
    assert moment(delivery["until"]) == midnight
    assert "You may send now; we deliver from midnight on." in delivery["message"]["en"]
    assert "เที่ยงคืน" in delivery["message"]["th"]
    assert (availability["state"], availability["until"]) == ("queueing", delivery["until"])
    # Answers are kept for some seconds.
    with time_machine.travel(midnight + timedelta(minutes=1), tick=False):
        assert shown(service)["state"] == "running"


OFFICE = (time(8, 30), time(16, 30))
NIGHT = (time(22), time(4))
ALL_DAY = (None, None)


# 2026-11-20 is a Friday.
@pytest.mark.parametrize(
    ("now", "hours", "weekdays", "opens"),
    [
        ("2026-11-20 07:00", OFFICE, [1, 2, 3, 4, 5], "2026-11-20 08:30"),
        ("2026-11-20 16:30", OFFICE, [1, 2, 3, 4, 5], "2026-11-23 08:30"),
        ("2026-11-21 10:00", OFFICE, [5], "2026-11-27 08:30"),
        ("2026-11-20 09:00", OFFICE, [4], "2026-11-26 08:30"),
        ("2026-11-20 16:00", NIGHT, [1, 2, 3, 4, 5, 6, 7], "2026-11-20 22:00"),
        ("2026-11-20 10:00", ALL_DAY, [6], "2026-11-21 00:00"),
        ("2026-11-20 10:00", ALL_DAY, [], None),
    ],
)
def test_the_next_opening(
    now: str, hours: tuple[time | None, time | None], weekdays: list[int], opens: str | None
) -> None:
    found = next_opening(moment(f"{now}+07:00"), opens_at=hours[0], closes_at=hours[1], weekdays=weekdays)
    assert found == (moment(f"{opens}+07:00") if opens else None)


def test_a_service_without_a_lane_promises_nothing(service: Service) -> None:
    Lane.objects.filter(pk=service.pk).delete()
    assert shown(service) is None


def make_stats(service: Service, **fields: Any) -> None:
    ServiceStats.objects.create(service=service, computed_at=timezone.now(), **fields)


def test_the_usual_time_stands_beside_the_statutory_one(service: Service) -> None:
    Service.objects.filter(pk=service.pk).update(decision_days=15)
    make_stats(service, usual_median=timedelta(days=2), usual_p90=timedelta(days=6, microseconds=500_001))
    assert shown(service, "usual_time") == {"median_seconds": 172_800, "p90_seconds": 518_401}
    detail = APIClient().get(f"/api/v1/services/{service.code}").json()
    assert detail["decision"] == {"days": 15, "unit": "working_day"}


def test_without_statistics_or_with_hidden_ones_there_is_no_usual_time(service: Service) -> None:
    assert shown(service, "usual_time") is None
    make_stats(service, decided=3, received=500)
    assert shown(service, "usual_time") is None


def test_it_costs_the_same_however_many_services_and_outages(agency: Agency) -> None:
    phone, counts = APIClient(), []
    for number in range(4):
        service = make_service(make_agency(f"agency-{number}"), f"service-{number}")
        make_stats(service)
        announce(service)
        announce(service)
        for address in ("/api/v1/services", "/api/v1/services/service-0"):
            with CaptureQueriesContext(connection) as queries:
                assert phone.get(address).status_code == 200
            counts.append(len(queries))
    assert set(counts) == {3}
