"""Repeated, late and out-of-order news of an agency: harmless, and nothing of it is lost."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from django.utils import timezone

from citizens.models import Citizen
from citizens.service_requests.lifecycle import lock_requests, save_transitions
from citizens.service_requests.models import Errand, ServiceRequest, Status
from citizens.service_requests.routing.settle import settle
from services_catalog.adapters.types import Receipt
from services_catalog.models import Agency, Service
from tests.citizens.service_requests.following import move
from tests.citizens.service_requests.test_agency_api import message, push
from tests.factories import credentials_of, make_request

BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def made(citizen: Citizen, service: Service) -> ServiceRequest:
    return make_request(citizen, service)


def tell(agency: Agency, made: ServiceRequest, status: str, minute: int, *, event_id: str = "", **data: Any) -> Any:
    """News of what happened in that minute."""
    content = {**message(made.pk, status, **data), "timestamp": (BEGAN + timedelta(minutes=minute)).isoformat()}
    answer = push(credentials_of(agency), content, event_id=event_id or f"{status}-{minute}")
    assert answer.status_code == 200
    made.refresh_from_db()
    return answer


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])), ids=str)
def test_the_newest_of_going_back_and_forth_holds(agency: Agency, made: ServiceRequest, order: tuple[int, ...]) -> None:
    status_at = {1: "in_progress", 2: "action_required", 3: "in_progress"}
    for minute in order:
        tell(agency, made, status_at[minute], minute, milestone={"th": f"นาที {minute}", "en": ""})
    assert made.status == Status.IN_PROGRESS


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])), ids=str)
def test_the_newest_question_holds(agency: Agency, made: ServiceRequest, order: tuple[int, ...]) -> None:
    for minute in order:
        tell(agency, made, "action_required", minute, asks={"text": {"th": f"คำถาม {minute}", "en": ""}})
    assert (made.asked_th, made.next_actor) == ("คำถาม 3", "citizen")


def test_the_end_holds_whatever_its_time_and_whatever_follows(agency: Agency, made: ServiceRequest) -> None:
    tell(agency, made, "in_progress", 5)
    tell(agency, made, "completed", 1)
    for minute, status in enumerate(["in_progress", "action_required", "rejected", "cancelled", "completed"], 6):
        tell(agency, made, status, minute, milestone={"th": "สาย", "en": "late"})
    assert [event.status for event in made.events.order_by("sequence")] == ["received", "in_progress", "completed"]


def test_a_late_text_about_the_present_status_is_read_and_moves_nobody(agency: Agency, made: ServiceRequest) -> None:
    tell(agency, made, "action_required", 5, who_acts_next="agency")
    tell(agency, made, "action_required", 4, milestone={"th": "ก่อนหน้า", "en": "before"})
    assert (made.next_actor, made.events.count()) == ("agency", 3)
    assert made.events.get(sequence=3).milestone_en == "before"


def test_a_late_question_is_asked_where_nothing_is_asked_yet(agency: Agency, made: ServiceRequest) -> None:
    tell(agency, made, "action_required", 5)
    tell(agency, made, "action_required", 4, asks={"text": {"th": "คำถาม 4", "en": "Question 4"}})
    tell(agency, made, "action_required", 3, asks={"text": {"th": "คำถาม 3", "en": ""}})
    assert (made.asked_th, made.next_actor) == ("คำถาม 4", "citizen")
    assert made.events.get(sequence=3).milestone_en == "Question 4"


def test_a_late_question_is_not_asked_of_whom_it_is_not_the_turn(agency: Agency, made: ServiceRequest) -> None:
    tell(agency, made, "action_required", 5, who_acts_next="agency")
    tell(agency, made, "action_required", 4, asks={"text": {"th": "คำถาม", "en": ""}})
    assert (made.asked_th, made.next_actor) == ("", "agency")


def test_a_question_told_again_under_another_id_is_not_asked_again(agency: Agency, made: ServiceRequest) -> None:
    tell(agency, made, "action_required", 1, asks={"text": {"th": "คำถาม", "en": ""}})
    move(made, Status.IN_PROGRESS)  # the answer has arrived
    tell(agency, made, "action_required", 1, event_id="again", asks={"text": {"th": "คำถาม", "en": ""}})
    assert (made.status, made.asked_th) == (Status.IN_PROGRESS, "")


def test_an_agency_whose_clock_is_slow_is_heard(agency: Agency, made: ServiceRequest) -> None:
    """What we wrote down ourselves, by our clock, is no news of the agency."""
    tell(agency, made, "action_required", 1)
    move(made, Status.IN_PROGRESS)
    tell(agency, made, "action_required", 2, asks={"text": {"th": "อีกคำถาม", "en": ""}})
    assert (made.status, made.asked_th) == (Status.ACTION_REQUIRED, "อีกคำถาม")


def test_news_that_overtakes_our_record_is_a_link_of_the_receipt_chain(agency: Agency, made: ServiceRequest) -> None:
    tell(agency, made, "in_progress", 3, agency_reference="DLT-7")
    assert (made.taken_at, made.opened_at) == (BEGAN + timedelta(minutes=3), BEGAN + timedelta(minutes=3))
    locked = lock_requests([made.pk])[made.pk]
    save_transitions([locked], settle(locked, Errand.SUBMISSION, Receipt("DLT-8")))
    made.refresh_from_db()
    assert (made.agency_reference, made.taken_at) == ("DLT-7", BEGAN + timedelta(minutes=3))


def test_what_the_agency_says_of_the_opening_counts_before_what_we_conclude(
    agency: Agency, made: ServiceRequest
) -> None:
    tell(agency, made, "action_required", 2)
    assert made.opened_at is None
    tell(agency, made, "in_progress", 3)
    assert made.opened_at == BEGAN + timedelta(minutes=3)
    opened = BEGAN + timedelta(minutes=1)
    tell(agency, made, "completed", 4, opened_at=opened.isoformat())
    tell(agency, made, "in_progress", 5)
    assert made.opened_at == opened


def test_repeated_news_changes_nothing_but_when_the_agency_was_heard(agency: Agency, made: ServiceRequest) -> None:
    tell(agency, made, "in_progress", 1)
    ServiceRequest.objects.update(agency_heard_at=BEGAN)
    before = ServiceRequest.objects.values().get()

    assert tell(agency, made, "in_progress", 1).json()["replayed"] is True
    assert ServiceRequest.objects.values().get() == before
    tell(agency, made, "in_progress", 1, event_id="another")
    assert made.agency_heard_at is not None
    assert made.agency_heard_at > timezone.now() - timedelta(minutes=1)
    assert ServiceRequest.objects.values().get() == {**before, "agency_heard_at": made.agency_heard_at}
    assert made.events.count() == 2
