"""The limits on delivering that people set: rate, hours, outages, pause. They hold for all workers together."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.utils import timezone

from citizens.service_requests.routing.claim import claim
from citizens.service_requests.routing.sweep import lanes_with_due_work
from services_catalog.models import Lane, Outage, Service, Standing
from tests.citizens.service_requests.making import make_attempt, make_request, make_service
from tests.citizens.service_requests.routing.workers import at_once

# A Monday; the Sunday before it.
MONDAY, SUNDAY = "2026-11-23", "2026-11-22"


def bangkok(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}+07:00")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(bangkok(MONDAY, "12:00"), tick=False) as traveller:
        yield traveller


def make_due(service: Service, number: int) -> None:
    for _ in range(number):
        make_request(service, next_attempt_at=timezone.now() - timedelta(days=30))


def claimed_by_all(service: Service) -> int:
    return sum(at_once(lambda: sum(len(claim(service.pk, at_most=3)) for _ in range(4))))


@pytest.mark.django_db(transaction=True)
def test_so_many_calls_a_second_whoever_makes_them(clock: time_machine.Traveller) -> None:
    service = make_service(slots=100, rate_per_second=5)
    make_due(service, 20)
    assert claimed_by_all(service) == 5
    assert claimed_by_all(service) == 0
    clock.shift(timedelta(seconds=1))
    assert claimed_by_all(service) == 5
    clock.shift(timedelta(seconds=0.4))
    assert claimed_by_all(service) == 2


@pytest.mark.django_db(transaction=True)
def test_so_many_calls_a_day_whoever_makes_them_and_the_day_is_bangkoks(clock: time_machine.Traveller) -> None:
    service = make_service(slots=100, rate_per_day=4)
    make_due(service, 10)
    assert claimed_by_all(service) == 4
    clock.move_to(bangkok(MONDAY, "23:59:59"))
    assert claimed_by_all(service) == 0
    clock.move_to(bangkok("2026-11-24", "00:00"))
    assert claimed_by_all(service) == 4


@pytest.mark.django_db
def test_a_lane_whose_calls_of_the_day_are_used_up_is_left_alone_until_midnight(clock: time_machine.Traveller) -> None:
    service = make_service(rate_per_day=2)
    make_due(service, 3)
    clock.move_to(bangkok(MONDAY, "23:59:59"))
    assert lanes_with_due_work() == [service.pk]
    assert len(claim(service.pk, at_most=9)) == 2
    lane = Lane.objects.with_outage(timezone.now()).get()
    assert (lane.standing(timezone.now()), lane.usable_slots(timezone.now())) == (Standing.USED_UP, 0)
    assert lanes_with_due_work() == []
    clock.move_to(bangkok("2026-11-24", "00:00"))
    assert lanes_with_due_work() == [service.pk]
    assert len(claim(service.pk, at_most=9)) == 1


@pytest.mark.django_db
def test_what_could_not_be_claimed_costs_no_rate(clock: time_machine.Traveller) -> None:
    service = make_service(slots=2, rate_per_second=5, rate_per_day=5)
    make_due(service, 2)
    assert len(claim(service.pk, at_most=9)) == 2
    assert Lane.objects.get().rate_day_calls == 2


@pytest.mark.django_db
def test_a_lane_without_a_rate_is_not_written_when_it_is_claimed(clock: time_machine.Traveller) -> None:
    service = make_service()
    make_due(service, 1)
    claim(service.pk, at_most=1)
    assert Lane.objects.get().rate_day is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hours", "weekdays", "day", "at", "is_open"),
    [
        (("08:30", "16:30"), [1], MONDAY, "08:29:59", False),
        (("08:30", "16:30"), [1], MONDAY, "08:30", True),
        (("08:30", "16:30"), [1], MONDAY, "16:29:59", True),
        (("08:30", "16:30"), [1], MONDAY, "16:30", False),
        (("08:30", "16:30"), [1, 2, 3, 4, 5], SUNDAY, "12:00", False),
        (None, [1, 2, 3, 4, 5], SUNDAY, "23:59", False),
        (None, [1, 2, 3, 4, 5], MONDAY, "00:00", True),
        (("22:00", "04:00"), [7], SUNDAY, "22:00", True),
        (("22:00", "04:00"), [7], MONDAY, "03:59", True),
        (("22:00", "04:00"), [7], MONDAY, "04:00", False),
        (("22:00", "04:00"), [7], MONDAY, "22:00", False),
        (("22:00", "04:00"), [1], MONDAY, "03:59", False),
        (("00:00", "00:00"), [1], MONDAY, "12:00", True),
    ],
)
def test_nothing_is_sent_outside_the_hours_of_the_agencys_system(
    hours: tuple[str, str] | None, weekdays: list[int], day: str, at: str, is_open: bool
) -> None:
    opens_at, closes_at = map(time.fromisoformat, hours) if hours else (None, None)
    with time_machine.travel(bangkok(day, at), tick=False):
        service = make_service(opens_at=opens_at, closes_at=closes_at, open_weekdays=weekdays)
        make_due(service, 1)
        assert (service.pk in lanes_with_due_work()) is is_open
        assert len(claim(service.pk, at_most=1)) == is_open


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("starts", "ends", "runs"),
    [(-60, 60, False), (-60, None, False), (0, 1, False), (-60, 0, True), (1, 60, True), (1, None, True)],
)
@pytest.mark.parametrize("kind", list(Outage.Kind))
def test_nothing_is_sent_during_an_outage(
    clock: time_machine.Traveller, kind: str, starts: int, ends: int | None, runs: bool
) -> None:
    service, now = make_service(), timezone.now()
    make_due(service, 1)
    Outage.objects.create(
        lane_id=service.pk,
        kind=kind,
        starts_at=now + timedelta(minutes=starts),
        ends_at=None if ends is None else now + timedelta(minutes=ends),
    )
    assert (service.pk in lanes_with_due_work()) is runs
    assert len(claim(service.pk, at_most=1)) == runs


@pytest.mark.django_db
def test_an_outage_stops_its_own_lane_and_no_other(clock: time_machine.Traveller) -> None:
    stopped, running = make_service(), make_service()
    for service in (stopped, running):
        make_due(service, 1)
    Outage.objects.create(lane_id=stopped.pk, kind=Outage.Kind.FORCED, starts_at=timezone.now())
    assert lanes_with_due_work() == [running.pk]


@pytest.mark.django_db(transaction=True)
def test_a_pause_is_every_workers() -> None:
    service = make_service(paused=True)
    make_due(service, 4)
    assert claimed_by_all(service) == 0
    Lane.objects.update(paused=False)
    assert claimed_by_all(service) == 4


@pytest.mark.django_db(transaction=True)
def test_fewer_slots_than_calls_under_way_allow_no_more() -> None:
    service = make_service(slots=8)
    for _ in range(4):
        make_attempt(make_request(service))
    make_due(service, 4)
    Lane.objects.update(slots=2)
    assert claimed_by_all(service) == 0
    Lane.objects.update(slots=6)
    assert claimed_by_all(service) == 2
