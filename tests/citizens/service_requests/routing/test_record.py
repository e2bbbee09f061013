"""Writing down what came of a call: only where the attempt still holds its lease (rules 2, 3, 4 and 5)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from citizens.notifications.models import Notification
from citizens.notifications.services import notify_pending
from citizens.service_requests.cancelling import request_cancel
from citizens.service_requests.lifecycle import News, lock_requests, save_transitions, transition
from citizens.service_requests.models import DeliveryAttempt, Outcome, ServiceRequest, Status, StatusEvent
from citizens.service_requests.problems import CANNOT_CANCEL
from citizens.service_requests.routing.claim import Claimed, claim, mark_sending
from citizens.service_requests.routing.record import record
from citizens.service_requests.routing.send import AdapterBroke, CannotFindOut, NotStarted, Result, Sent
from services_catalog.adapters.errors import DeliveryFailure, OutcomeUnknown, Permanent, Retryable
from services_catalog.adapters.types import Receipt
from services_catalog.models import Service
from services_catalog.problems import Problem
from tests.citizens.service_requests.making import make_request, statuses

RECEIPT = Receipt("DLT-2569-000001", "received")
EVERY_RESULT: list[Result] = [
    RECEIPT,
    Receipt("DLT-2569-000001", "completed"),
    Permanent("http_422", http_status=422),
    Retryable("http_503", http_status=503),
    OutcomeUnknown("connection_lost"),
    CannotFindOut(),
    AdapterBroke(),
    NotStarted(),
]
FAILURES = EVERY_RESULT[2:]


def begin(service: Service, service_request: ServiceRequest) -> Claimed:
    """The request's attempt is being sent."""
    [claimed] = mark_sending(claim(service.pk, at_most=1))
    assert claimed.request_id == service_request.pk
    return claimed


def ended(claimed: Claimed, result: Result) -> Sent:
    return Sent(claimed, result, timedelta(seconds=0.1))


def deliver(service: Service, result: Result, **fields: Any) -> ServiceRequest:
    """A request whose first attempt ended with `result`."""
    service_request = make_request(service, **fields)
    record([ended(begin(service, service_request), result)])
    service_request.refresh_from_db()
    return service_request


def agency_says(service_request: ServiceRequest, status: Status) -> None:
    locked = lock_requests([service_request.pk])
    event = transition(locked[service_request.pk], status, News(source=StatusEvent.Source.AGENCY))
    save_transitions(list(locked.values()), [event])


def row(service_request: ServiceRequest) -> Mapping[str, Any]:
    return ServiceRequest.objects.values().get(pk=service_request.pk)


def test_a_receipt_delivers(service: Service) -> None:
    service_request = deliver(service, RECEIPT)
    assert (service_request.status, service_request.agency_reference) == ("delivered", "DLT-2569-000001")
    assert service_request.agency_heard_at is not None
    attempt = service_request.attempts.get()
    assert (attempt.outcome, attempt.failure_code) == (Outcome.DELIVERED, "")
    assert attempt.finished_at is not None
    assert statuses(service_request) == ["received", "delivered"]


def test_a_receipt_may_say_more_than_that_it_arrived(service: Service) -> None:
    service_request = deliver(service, Receipt("A-1", "completed"))
    assert statuses(service_request) == ["received", "delivered", "completed"]


@pytest.mark.parametrize("status", ["", "received", "delivered", "undeliverable", "who knows"])
def test_a_receipt_cannot_say_what_is_ours_to_say(service: Service, status: str) -> None:
    assert statuses(deliver(service, Receipt("A-1", status))) == ["received", "delivered"]


def test_what_the_agency_refuses_for_good_is_undeliverable_and_the_citizen_is_told(service: Service) -> None:
    service_request = deliver(service, Permanent("http_422", http_status=422))
    assert statuses(service_request) == ["received", "undeliverable"]
    attempt = service_request.attempts.get()
    assert (attempt.outcome, attempt.failure_code, attempt.http_status) == (Outcome.PERMANENT, "http_422", 422)
    notify_pending()
    told = Notification.objects.filter(citizen=service_request.citizen).latest("id")
    assert "does not have it" in told.body_en
    assert service_request.receipt_number in told.body_th


def test_a_retry_is_a_row_and_shows_on_no_timeline(service: Service) -> None:
    service_request = deliver(service, Retryable("http_503", http_status=503))
    assert service_request.next_attempt_at is not None
    assert timedelta(0) < service_request.next_attempt_at - timezone.now() <= timedelta(seconds=1.2)
    assert service_request.attempts.get().outcome == Outcome.RETRYABLE
    assert statuses(service_request) == ["received"]


@pytest.mark.parametrize("kind", [Retryable, OutcomeUnknown])
def test_a_retry_waits_as_long_as_the_agency_asks(service: Service, kind: type[DeliveryFailure]) -> None:
    service_request = deliver(service, kind("http_503", retry_after=timedelta(seconds=20)))
    assert service_request.next_attempt_at is not None
    assert service_request.next_attempt_at - timezone.now() > timedelta(seconds=19)


def test_an_unknown_outcome_is_looked_up_at_the_next_attempt(service: Service) -> None:
    service_request = deliver(service, OutcomeUnknown("connection_lost"))
    assert service_request.outcome_unknown is True
    assert service_request.next_attempt_at is not None
    assert service_request.attempts.get().outcome == Outcome.UNKNOWN
    assert statuses(service_request) == ["received"]


def test_once_the_agency_has_said_that_it_has_nothing_the_outcome_is_known(service: Service) -> None:
    service_request = deliver(service, Retryable("http_503"), outcome_unknown=True)
    assert service_request.outcome_unknown is False


@pytest.mark.parametrize("unknown", [True, False])
def test_a_call_that_was_not_made_leaves_the_outcome_as_unknown_as_it_was(service: Service, unknown: bool) -> None:
    assert deliver(service, NotStarted(), outcome_unknown=unknown).outcome_unknown is unknown


@pytest.mark.parametrize("give_up_in", [timedelta(days=1), timedelta(0)])
def test_a_call_that_was_not_made_is_due_at_once_costs_no_try_and_gives_nothing_up(
    service: Service, give_up_in: timedelta
) -> None:
    service_request = deliver(service, NotStarted(), give_up_at=timezone.now() + give_up_in, tries=2)
    assert service_request.next_attempt_at is not None
    assert service_request.next_attempt_at <= timezone.now()
    assert (service_request.tries, service_request.attempt_count) == (2, 1)
    assert statuses(service_request) == ["received"]
    attempt = service_request.attempts.get()
    assert (attempt.outcome, attempt.failure_code) == ("retryable", "started_too_late")


def test_a_request_that_could_not_be_delivered_in_time_is_undeliverable(service: Service) -> None:
    service_request = deliver(service, Retryable("cannot_connect"), give_up_at=timezone.now())
    assert statuses(service_request) == ["received", "undeliverable"]
    assert service_request.next_attempt_at is None


def test_a_request_of_unknown_outcome_is_parked_in_the_end_and_the_citizen_keeps_the_status(service: Service) -> None:
    service_request = deliver(service, OutcomeUnknown("no_answer_in_time"), give_up_at=timezone.now())
    assert (service_request.status, service_request.parked_reason) == ("received", "outcome_unknown")
    assert service_request.next_attempt_at is None
    assert statuses(service_request) == ["received"]


@pytest.mark.parametrize(
    ("result", "reason"), [(AdapterBroke(), "adapter_error"), (CannotFindOut(), "outcome_unknown")]
)
def test_what_only_a_human_can_find_out_is_parked_and_cannot_be_cancelled(
    service: Service, result: Result, reason: str
) -> None:
    service_request = deliver(service, result)
    assert (service_request.status, service_request.parked_reason) == ("received", reason)
    assert service_request.outcome_unknown is True, "when it is requeued, the agency is asked first"
    assert service_request.attempts.get().outcome == Outcome.UNKNOWN
    with pytest.raises(Problem) as refusal:
        request_cancel(citizen_id=service_request.citizen_id, request_id=service_request.pk)
    assert refusal.value.type is CANNOT_CANCEL


@pytest.mark.parametrize("late", EVERY_RESULT, ids=repr)
@pytest.mark.parametrize("closed_as", [Outcome.UNKNOWN, Outcome.RETRYABLE, Outcome.DELIVERED, Outcome.PERMANENT])
def test_the_late_result_of_a_closed_attempt_changes_nothing(
    service: Service, late: Result, closed_as: Outcome
) -> None:
    service_request = make_request(service)
    claimed = begin(service, service_request)
    DeliveryAttempt.objects.update(outcome=closed_as, finished_at=timezone.now())
    ServiceRequest.objects.update(next_attempt_at=timezone.now(), outcome_unknown=True)
    before, attempt_before = row(service_request), DeliveryAttempt.objects.values().get()
    record([ended(claimed, late)])
    assert row(service_request) == before
    assert DeliveryAttempt.objects.values().get() == attempt_before
    assert statuses(service_request) == ["received"]


def test_the_late_result_of_an_old_attempt_leaves_the_new_one_alone(service: Service) -> None:
    service_request = make_request(service)
    old = begin(service, service_request)
    DeliveryAttempt.objects.update(outcome=Outcome.UNKNOWN, finished_at=timezone.now())
    ServiceRequest.objects.update(next_attempt_at=timezone.now())
    new = begin(service, service_request)
    record([ended(old, Retryable("http_503"))])
    assert DeliveryAttempt.objects.get(pk=new.attempt_id).outcome == Outcome.SENDING
    assert row(service_request)["next_attempt_at"] is None
    record([ended(new, RECEIPT)])
    assert statuses(service_request) == ["received", "delivered"]


def test_news_that_overtook_the_receipt_stay(service: Service) -> None:
    service_request = make_request(service)
    claimed = begin(service, service_request)
    agency_says(service_request, Status.IN_PROGRESS)
    record([ended(claimed, RECEIPT)])
    assert statuses(service_request) == ["received", "in_progress"]
    assert row(service_request)["agency_reference"] == "DLT-2569-000001"
    assert DeliveryAttempt.objects.get().outcome == Outcome.DELIVERED


@pytest.mark.parametrize("news", [Status.IN_PROGRESS, Status.COMPLETED, Status.REJECTED])
@pytest.mark.parametrize("result", FAILURES, ids=repr)
def test_after_the_agencys_news_there_is_nothing_left_to_deliver(
    service: Service, news: Status, result: Result
) -> None:
    service_request = make_request(service)
    claimed = begin(service, service_request)
    agency_says(service_request, news)
    record([ended(claimed, result)])
    after = row(service_request)
    assert (after["status"], after["next_attempt_at"], after["parked_reason"]) == (news, None, "")
    assert statuses(service_request) == ["received", news]


def test_a_batch_is_written_down_each_for_itself(service: Service) -> None:
    requests = [make_request(service) for _ in EVERY_RESULT]
    claimed = mark_sending(claim(service.pk, at_most=len(requests)))
    results = dict(zip([one.pk for one in requests], EVERY_RESULT, strict=True))
    record([ended(one, results[one.request_id]) for one in claimed])
    stands = [(row(one)["status"], row(one)["parked_reason"]) for one in requests]
    assert stands == [
        ("delivered", ""),
        ("completed", ""),
        ("undeliverable", ""),
        ("received", ""),
        ("received", ""),
        ("received", "outcome_unknown"),
        ("received", "adapter_error"),
        ("received", ""),
    ]
    assert not DeliveryAttempt.objects.filter(finished_at__isnull=True).exists()
