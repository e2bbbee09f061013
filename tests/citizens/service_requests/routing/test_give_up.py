"""What is past its time is given up, also in lanes that only probe, but never in those that people stopped."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from citizens.service_requests.models import DeliveryAttempt, ServiceRequest
from citizens.service_requests.routing import sweep as sweeping
from citizens.service_requests.routing.claim import claim
from citizens.service_requests.routing.sweep import give_up_overdue, sweep
from services_catalog.models import Breaker, Lane, Outage, Service
from tests.citizens.service_requests.making import make_request, make_service, statuses

PAST = timedelta(minutes=-1)
FAR = timedelta(hours=1)


def make_overdue(service: Service, **fields: Any) -> ServiceRequest:
    return make_request(service, give_up_at=timezone.now() + PAST, **fields)


@pytest.fixture
def away(db: None) -> Service:
    """A service whose agency is away; its next probe is an hour off."""
    return make_service(breaker=Breaker.OPEN, breaker_probe_at=timezone.now() + FAR)


def test_behind_an_open_breaker_what_is_past_its_time_is_told_to_the_citizen(away: Service) -> None:
    overdue, young = [make_overdue(away) for _ in range(3)], make_request(away)
    sweep()
    assert [statuses(one) for one in overdue] == [["received", "undeliverable"]] * 3
    assert statuses(young) == ["received"]
    assert not DeliveryAttempt.objects.exists()


def test_what_may_have_arrived_is_parked_instead(away: Service) -> None:
    overdue = make_overdue(away, outcome_unknown=True)
    assert give_up_overdue() == 1
    overdue.refresh_from_db()
    assert (overdue.status, overdue.parked_reason) == ("received", "outcome_unknown")


@pytest.mark.parametrize(
    ("errand", "words"), [("cancellation", "could not tell the agency"), ("response", "could not deliver your answer")]
)
def test_a_wish_or_an_answer_that_is_past_its_time_is_told_and_the_request_goes_on(
    away: Service, errand: str, words: str
) -> None:
    overdue = make_overdue(away, errand=errand, status="action_required", cancel_asked_at=timezone.now())
    give_up_overdue()
    overdue.refresh_from_db()
    assert (overdue.status, overdue.errand, overdue.next_attempt_at) == ("action_required", "submission", None)
    assert words in overdue.events.latest("sequence").milestone_en


def test_during_a_probe_too(away: Service) -> None:
    Lane.objects.update(breaker=Breaker.HALF_OPEN)
    probe, waiting = make_request(away), make_overdue(away)
    ServiceRequest.objects.filter(pk=probe.pk).update(next_attempt_at=timezone.now() + PAST)
    assert [one.request_id for one in claim(away.pk, at_most=9)] == [probe.pk]
    ServiceRequest.objects.filter(pk=probe.pk).update(give_up_at=timezone.now() + PAST)
    sweep()
    assert statuses(probe) == ["received"], "an attempt is out"
    assert statuses(waiting) == ["received", "undeliverable"]


def _pause(lane: Lane) -> None:
    lane.paused = True


def _hold_open(lane: Lane) -> None:
    lane.breaker_override = "open"


def _hold_closed(lane: Lane) -> None:
    lane.breaker_override = "closed"


def _close_its_hours(lane: Lane) -> None:
    lane.opens_at, lane.closes_at = time(12, 0), time(12, 1)


def _announce_an_outage(lane: Lane) -> None:
    Outage.objects.create(lane=lane, kind=Outage.Kind.PLANNED, starts_at=timezone.now() + PAST)


@pytest.mark.parametrize("stop", [_pause, _hold_open, _hold_closed, _close_its_hours, _announce_an_outage])
def test_where_people_stopped_the_lane_all_wait_until_it_was_tried_once_more(
    away: Service, stop: Callable[[Lane], None]
) -> None:
    with time_machine.travel("2026-11-23T15:00:00+07:00", tick=False):
        lane = Lane.objects.get(pk=away.pk)
        stop(lane)
        lane.save()
        overdue = make_overdue(away)
        assert give_up_overdue() == 0
    assert statuses(overdue) == ["received"]


def test_a_lane_that_runs_tries_what_is_past_its_time_once_more(service: Service) -> None:
    overdue = make_overdue(service)
    assert give_up_overdue() == 0
    assert [one.request_id for one in claim(service.pk, at_most=9)] == [overdue.pk]


def test_all_are_told_however_many_they_are(away: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "_BATCH", 2)
    for _ in range(5):
        make_overdue(away)
    sweep()
    assert ServiceRequest.objects.filter(status="undeliverable").count() == 5
