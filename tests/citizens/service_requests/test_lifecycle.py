"""The citizen's status: one table under a row lock, and every change an event that nobody can edit (rules 2 and 3)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from citizens.service_requests.agency_news import AgencyStatus, request_apply_agency_status
from citizens.service_requests.lifecycle import (
    NewEvent,
    News,
    begin_errand,
    lock_requests,
    save_transitions,
    transition,
)
from citizens.service_requests.models import (
    Actor,
    AgencyEvent,
    DeliveryAttempt,
    Errand,
    Outcome,
    ServiceRequest,
    Status,
    StatusEvent,
)
from citizens.service_requests.texts import next_step_of
from services_catalog.languages import NO_TEXT, Text
from services_catalog.models import Agency, Service, ServiceVersion
from services_catalog.problems import NOT_FOUND, Problem
from tests.citizens.service_requests.making import make_attempt, make_request, make_service, statuses

# As docs/delivery.md has them.
ALL = [
    "received",
    "delivered",
    "in_progress",
    "action_required",
    "completed",
    "rejected",
    "cancelled",
    "undeliverable",
]
REPORTED = {"in_progress", "action_required", "completed", "rejected", "cancelled"}
ALLOWED = {
    "received": {"delivered", "undeliverable"} | REPORTED,
    "delivered": REPORTED,
    "in_progress": {"action_required", "completed", "rejected", "cancelled"},
    "action_required": {"in_progress", "completed", "rejected", "cancelled"},
    "undeliverable": {"received"} | REPORTED,
    "completed": set(),
    "rejected": set(),
    "cancelled": set(),
}
FINAL = ["completed", "rejected", "cancelled"]
MILESTONE = Text("ตรวจเอกสารแล้ว", "Documents checked")
AGENCY_NEWS = News(source=StatusEvent.Source.AGENCY)


def move(request_id: UUID, *steps: Status, news: News = AGENCY_NEWS) -> list[NewEvent | None]:
    with transaction.atomic():
        service_request = lock_requests([request_id])[request_id]
        events = [transition(service_request, to, news) for to in steps]
        save_transitions([service_request], events)
    return events


def report(agency: Agency, request_id: UUID, event_id: str, status: Status, milestone: Text = NO_TEXT) -> bool:
    news = AgencyStatus(reference=request_id, status=status, occurred_at=timezone.now(), milestone=milestone)
    return request_apply_agency_status(agency=agency, event_id=event_id, news=news)


@pytest.fixture
def service(db: None) -> Service:
    return make_service()


@pytest.fixture
def accepted(service: Service) -> ServiceRequest:
    return make_request(service)


def test_the_table_above_names_every_status() -> None:
    assert sorted(ALL) == sorted(Status.values) == sorted(ALLOWED)


@pytest.mark.parametrize(("current", "to"), list(product(ALL, ALL)))
def test_the_transition_table_pair_by_pair(current: str, to: str) -> None:
    service_request = ServiceRequest(status=current, event_count=4, next_actor=Actor.AGENCY)
    event = transition(service_request, Status(to), AGENCY_NEWS)
    if to in ALLOWED[current]:
        assert event is not None
        assert (event.from_status, event.status, event.sequence) == (current, to, 5)
        assert (service_request.status, service_request.event_count) == (to, 5)
    else:
        assert event is None
        assert (service_request.status, service_request.event_count) == (current, 4)


@pytest.mark.parametrize(("current", "to"), list(product(FINAL, ALL)))
def test_a_final_status_is_never_overwritten_not_even_by_news_with_a_text(current: str, to: str) -> None:
    service_request = ServiceRequest(status=current, event_count=4, next_actor=Actor.NOBODY)
    news = News(source=StatusEvent.Source.AGENCY, milestone=MILESTONE, label=MILESTONE, next_actor=Actor.CITIZEN)
    assert transition(service_request, Status(to), news) is None
    assert (service_request.status, service_request.next_actor) == (current, Actor.NOBODY)


def test_every_change_leaves_an_event_in_order(accepted: ServiceRequest) -> None:
    move(accepted.pk, Status.DELIVERED)
    move(accepted.pk, Status.IN_PROGRESS, Status.ACTION_REQUIRED)
    move(accepted.pk, Status.COMPLETED)
    events = list(accepted.events.order_by("sequence"))
    assert [event.sequence for event in events] == [1, 2, 3, 4, 5]
    steps = ["", "received", "delivered", "in_progress", "action_required", "completed"]
    assert [event.from_status for event in events] == steps[:5]
    assert [event.status for event in events] == steps[1:]
    accepted.refresh_from_db()
    assert (accepted.status, accepted.event_count, accepted.next_attempt_at) == ("completed", 5, None)


def test_who_must_act_next_follows_the_status_unless_the_agency_says(accepted: ServiceRequest) -> None:
    move(accepted.pk, Status.ACTION_REQUIRED)
    move(accepted.pk, Status.IN_PROGRESS, news=News(source=StatusEvent.Source.AGENCY, next_actor=Actor.CITIZEN))
    move(accepted.pk, Status.REJECTED)
    actors = accepted.events.order_by("sequence").values_list("next_actor", flat=True)
    assert list(actors) == [Actor.AGENCY, Actor.CITIZEN, Actor.CITIZEN, Actor.NOBODY]


def test_a_milestone_is_an_event_without_a_change_of_status(accepted: ServiceRequest) -> None:
    move(accepted.pk, Status.IN_PROGRESS)
    move(accepted.pk, Status.IN_PROGRESS)
    move(accepted.pk, Status.IN_PROGRESS, news=News(source=StatusEvent.Source.AGENCY, milestone=MILESTONE))
    last = accepted.events.order_by("sequence").last()
    assert statuses(accepted) == ["received", "in_progress", "in_progress"]
    assert last is not None
    assert (last.from_status, last.milestone_en) == ("", "Documents checked")


def test_the_agencys_event_counts_once_however_often_it_comes(service: Service, accepted: ServiceRequest) -> None:
    assert report(service.agency, accepted.pk, "evt-1", Status.IN_PROGRESS, MILESTONE) is True
    assert report(service.agency, accepted.pk, "evt-1", Status.IN_PROGRESS, MILESTONE) is False
    assert statuses(accepted) == ["received", "in_progress"]


def test_late_news_changes_nothing_but_when_the_agency_was_heard(service: Service, accepted: ServiceRequest) -> None:
    report(service.agency, accepted.pk, "evt-2", Status.COMPLETED)
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    ServiceRequest.objects.filter(pk=accepted.pk).update(agency_heard_at=long_ago)
    assert report(service.agency, accepted.pk, "evt-1", Status.IN_PROGRESS) is True
    accepted.refresh_from_db()
    assert accepted.status == Status.COMPLETED
    assert accepted.agency_heard_at is not None
    assert accepted.agency_heard_at > long_ago
    assert statuses(accepted) == ["received", "completed"]


def test_an_agency_cannot_report_on_anothers_request(accepted: ServiceRequest) -> None:
    stranger = make_service().agency
    with pytest.raises(Problem) as refusal:
        report(stranger, accepted.pk, "evt-1", Status.COMPLETED)
    assert refusal.value.type is NOT_FOUND
    assert statuses(accepted) == ["received"]
    assert not AgencyEvent.objects.exists()


def test_news_about_a_parked_request_ends_the_parking(service: Service) -> None:
    parked = make_request(service, next_attempt_at=None, parked_reason="outcome_unknown", outcome_unknown=True)
    report(service.agency, parked.pk, "evt-1", Status.IN_PROGRESS)
    parked.refresh_from_db()
    assert (parked.status, parked.parked_reason) == (Status.IN_PROGRESS, "")
    assert "checking whether" not in next_step_of(parked).en


@pytest.mark.django_db(transaction=True)
def test_twin_news_at_the_same_moment_are_one_event() -> None:
    service = make_service()
    accepted = make_request(service)

    def push(number: int) -> bool:
        try:
            return report(service.agency, accepted.pk, f"evt-{number % 2}", Status.IN_PROGRESS)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        applied = list(pool.map(push, range(12)))
    assert sum(applied) == 2, "each event id once"
    assert statuses(accepted) == ["received", "in_progress"], "one status, one event"


@pytest.mark.parametrize("column", ["status", "label_th", "occurred_at", "sequence", "service_request_id"])
def test_the_database_refuses_to_change_a_status_event(accepted: ServiceRequest, column: str) -> None:
    value = {"status": "completed", "label_th": "x", "occurred_at": timezone.now(), "sequence": 9}
    other = make_request(accepted.service).pk
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        StatusEvent.objects.filter(service_request=accepted).update(**{column: value.get(column, other)})
    assert statuses(accepted) == ["received"]


def test_the_outbox_mark_of_a_status_event_may_be_set(accepted: ServiceRequest) -> None:
    assert StatusEvent.objects.filter(service_request=accepted).update(notified_at=timezone.now()) == 1


@pytest.mark.parametrize("column", ["form", "example", "claims", "number"])
def test_the_database_refuses_to_change_a_service_version(service: Service, column: str) -> None:
    value = {"form": {"type": "object"}, "example": {"a": 1}, "claims": ["national_id"], "number": 7}[column]
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        ServiceVersion.objects.filter(service=service).update(**{column: value})


# What may wait for its delivery in which status.
DUE = {
    "submission": {"received"},
    "response": {"delivered", "in_progress", "action_required"},
    "cancellation": {"delivered", "in_progress", "action_required"},
}


@pytest.mark.parametrize(("errand", "status"), list(product(DUE, ALL)))
def test_only_what_is_open_can_be_due(accepted: ServiceRequest, errand: str, status: str) -> None:
    change = {"errand": errand, "status": status, "next_attempt_at": timezone.now()}
    if status in DUE[errand]:
        ServiceRequest.objects.filter(pk=accepted.pk).update(**change)
        return
    with pytest.raises(IntegrityError, match="only_what_is_open_is_due"), transaction.atomic():
        ServiceRequest.objects.filter(pk=accepted.pk).update(**change)


@pytest.mark.parametrize(("errand", "status"), [(errand, min(of)) for errand, of in DUE.items()])
def test_what_is_parked_cannot_be_due(accepted: ServiceRequest, errand: str, status: str) -> None:
    change = {"errand": errand, "status": status, "parked_reason": "outcome_unknown"}
    with pytest.raises(IntegrityError, match="only_what_is_open_is_due"), transaction.atomic():
        ServiceRequest.objects.filter(pk=accepted.pk).update(**change)
    ServiceRequest.objects.filter(pk=accepted.pk).update(**change, next_attempt_at=None)


@pytest.mark.parametrize("errand", [Errand.RESPONSE, Errand.CANCELLATION])
@pytest.mark.parametrize("to", [Status.COMPLETED, Status.REJECTED, Status.CANCELLED])
def test_a_final_status_ends_what_was_on_its_way(accepted: ServiceRequest, errand: Errand, to: Status) -> None:
    begin(accepted, errand)
    move(accepted.pk, to)
    accepted.refresh_from_db()
    assert (accepted.next_attempt_at, accepted.errand, accepted.tries) == (None, Errand.SUBMISSION, 0)


@pytest.mark.parametrize("errand", [Errand.RESPONSE, Errand.CANCELLATION])
def test_news_on_the_way_leave_what_is_to_be_delivered(accepted: ServiceRequest, errand: Errand) -> None:
    begin(accepted, errand)
    move(accepted.pk, Status.IN_PROGRESS)
    accepted.refresh_from_db()
    assert accepted.errand == errand
    assert accepted.next_attempt_at is not None


def test_an_errand_begins_with_tries_and_time_of_its_own(accepted: ServiceRequest) -> None:
    ServiceRequest.objects.filter(pk=accepted.pk).update(tries=7, outcome_unknown=True)
    begin(accepted, Errand.CANCELLATION)
    accepted.refresh_from_db()
    assert (accepted.tries, accepted.outcome_unknown, accepted.parked_reason) == (0, False, "")
    assert accepted.next_attempt_at is not None
    assert accepted.give_up_at - accepted.next_attempt_at == timedelta(days=2)


def begin(accepted: ServiceRequest, errand: Errand) -> None:
    with transaction.atomic():
        service_request = lock_requests([accepted.pk])[accepted.pk]
        event = transition(service_request, Status.ACTION_REQUIRED, AGENCY_NEWS)
        begin_errand(service_request, errand, give_up_after=timedelta(days=2))
        save_transitions([service_request], [event])


def test_a_request_has_one_open_attempt(accepted: ServiceRequest) -> None:
    make_attempt(accepted, Outcome.SENDING)
    accepted.refresh_from_db()
    with pytest.raises(IntegrityError, match="one_open_attempt"), transaction.atomic():
        make_attempt(accepted, Outcome.CLAIMED)
    DeliveryAttempt.objects.update(outcome=Outcome.UNKNOWN, finished_at=timezone.now())
    make_attempt(accepted, Outcome.CLAIMED)


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("request_status_known", {"status": "lost", "next_attempt_at": None}),
        ("request_actor_known", {"next_actor": "somebody"}),
    ],
)
def test_the_database_knows_the_words(accepted: ServiceRequest, constraint: str, change: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ServiceRequest.objects.filter(pk=accepted.pk).update(**change)


def test_the_database_knows_the_outcomes(accepted: ServiceRequest) -> None:
    attempt = make_attempt(accepted, lease_expires_at=timezone.now() + timedelta(seconds=1))
    with pytest.raises(IntegrityError, match="attempt_is_open_until_finished"), transaction.atomic():
        DeliveryAttempt.objects.filter(pk=attempt.pk).update(outcome="lost")


def test_two_events_of_a_request_cannot_have_one_place(accepted: ServiceRequest) -> None:
    first = accepted.events.get()
    with pytest.raises(IntegrityError, match="event_sequence"), transaction.atomic():
        StatusEvent.objects.create(
            service_request=accepted,
            sequence=first.sequence,
            status=Status.DELIVERED,
            source=StatusEvent.Source.AGENCY,
            next_actor=Actor.AGENCY,
            occurred_at=first.occurred_at,
            created_at=first.created_at,
        )
