"""Cancelling: at once where the agency has nothing, by asking it where it may have the request."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from citizens.models import Citizen
from citizens.service_requests.lifecycle import lock_requests, save_transitions
from citizens.service_requests.models import Errand, Outcome, ServiceRequest, Status, StatusEvent
from citizens.service_requests.routing.send import NotStarted
from citizens.service_requests.routing.settle import settle
from citizens.service_requests.texts import CANCEL_ASKED, CANCEL_REFUSED
from services_catalog.adapters.errors import OutcomeUnknown, Permanent, Retryable
from services_catalog.adapters.types import Receipt
from services_catalog.models import Agency, Lane, Service
from tests.citizens.service_requests.following import attempt, move, offer, path_of
from tests.citizens.service_requests.submitting import assert_problem
from tests.citizens.service_requests.test_agency_api import message, push
from tests.factories import credentials_of, make_request

AT_AGENCY = [Status.DELIVERED, Status.IN_PROGRESS, Status.ACTION_REQUIRED]


@pytest.fixture
def made(citizen: Citizen, service: Service) -> ServiceRequest:
    return make_request(citizen, service)


def statuses(service_request: ServiceRequest) -> list[str]:
    return [event.status for event in service_request.events.order_by("sequence")]


def can_cancel(api: APIClient, made: ServiceRequest) -> bool:
    shown: bool = api.get(path_of(made)).json()["can_cancel"]
    return shown


def test_a_request_can_be_cancelled_before_it_is_sent(api: APIClient, made: ServiceRequest) -> None:
    assert can_cancel(api, made)

    answer = api.post(path_of(made, "/cancel"))

    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    made.refresh_from_db()
    assert (made.status, made.next_attempt_at, made.event_count) == (Status.CANCELLED, None, 2)
    assert StatusEvent.objects.get(sequence=2).source == StatusEvent.Source.CITIZEN
    assert not can_cancel(api, made)


def test_cancelling_twice_is_harmless(api: APIClient, made: ServiceRequest) -> None:
    assert [api.post(path_of(made, "/cancel")).status_code for _ in range(2)] == [200, 200]
    assert StatusEvent.objects.count() == 2


def test_a_claimed_request_can_be_cancelled_and_is_not_sent(api: APIClient, made: ServiceRequest) -> None:
    claimed = attempt(made, Outcome.CLAIMED)

    assert api.post(path_of(made, "/cancel")).status_code == 200
    claimed.refresh_from_db()
    assert (claimed.outcome, claimed.failure_code) == (Outcome.RETRYABLE, "cancelled")
    assert claimed.finished_at is not None


def test_a_request_that_waits_for_its_next_attempt_can_be_cancelled(api: APIClient, made: ServiceRequest) -> None:
    attempt(made, Outcome.RETRYABLE)
    assert api.post(path_of(made, "/cancel")).status_code == 200


def test_what_is_being_sent_to_an_agency_that_takes_no_cancellations(api: APIClient, made: ServiceRequest) -> None:
    sending = attempt(made, Outcome.SENDING)

    refused = assert_problem(api.post(path_of(made, "/cancel")), 409, "cannot_cancel")

    assert "1584" in refused["message"]["en"]
    assert not can_cancel(api, made)
    sending.refresh_from_db()
    assert sending.outcome == Outcome.SENDING


def test_what_an_agency_that_takes_no_cancellations_may_have(api: APIClient, made: ServiceRequest) -> None:
    ServiceRequest.objects.update(outcome_unknown=True)
    assert_problem(api.post(path_of(made, "/cancel")), 409, "cannot_cancel")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        *((status, "cannot_cancel") for status in AT_AGENCY),
        (Status.UNDELIVERABLE, "nothing_to_cancel"),
        (Status.COMPLETED, "already_final"),
        (Status.REJECTED, "already_final"),
    ],
)
def test_what_cannot_be_cancelled(api: APIClient, made: ServiceRequest, status: Status, code: str) -> None:
    move(made, status)

    assert_problem(api.post(path_of(made, "/cancel")), 409, code)

    assert not can_cancel(api, made)
    made.refresh_from_db()
    assert (made.status, made.cancel_asked_at, StatusEvent.objects.count()) == (status, None, 2)


@pytest.mark.parametrize("code", ["nothing_to_cancel", "already_final"])
def test_an_agency_that_takes_cancellations_is_not_asked_for_nothing(
    api: APIClient, made: ServiceRequest, code: str
) -> None:
    offer(made.service, "cancel_url")
    move(made, Status.UNDELIVERABLE if code == "nothing_to_cancel" else Status.COMPLETED)
    assert_problem(api.post(path_of(made, "/cancel")), 409, code)


@pytest.mark.parametrize("status", AT_AGENCY)
def test_the_agency_is_asked_to_cancel_what_it_has(api: APIClient, made: ServiceRequest, status: Status) -> None:
    offer(made.service, "cancel_url")
    Lane.objects.update(give_up_after_days=2)
    move(made, status, give_up_at=timezone.now() - timedelta(days=9), tries=4)
    assert can_cancel(api, made)

    answer = api.post(path_of(made, "/cancel"))

    assert (answer.status_code, answer.json()["status"], answer.json()["can_cancel"]) == (202, status, False)
    assert answer.json()["cancel_asked_at"]
    assert "asked to cancel" in answer.json()["next_step"]["en"]
    made.refresh_from_db()
    assert (made.errand, made.tries) == (Errand.CANCELLATION, 0)
    assert made.next_attempt_at is not None
    assert made.next_attempt_at <= timezone.now()
    assert timedelta(days=1, hours=23) < made.give_up_at - timezone.now() <= timedelta(days=2)
    told = made.events.get(sequence=3)
    assert (told.status, told.from_status, told.source) == (status, "", StatusEvent.Source.CITIZEN)
    assert told.milestone_th == CANCEL_ASKED.th
    assert told.next_actor == made.events.get(sequence=2).next_actor


def test_asking_twice_is_one_wish(api: APIClient, made: ServiceRequest) -> None:
    offer(made.service, "cancel_url")
    move(made, Status.DELIVERED)

    answers = [api.post(path_of(made, "/cancel")) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert made.events.count() == 3


@pytest.mark.parametrize(
    ("result", "timeline"),
    [
        (Retryable("http_503"), ["received", "received", "cancelled"]),
        (Permanent("http_422"), ["received", "received", "cancelled"]),
        (NotStarted(), ["received", "received", "cancelled"]),
        (OutcomeUnknown("connection_lost"), ["received", "received"]),
        (Receipt("DLT-7"), ["received", "received", "delivered"]),
        (Receipt("DLT-7", "completed"), ["received", "received", "delivered", "completed"]),
    ],
    ids=str,
)
def test_a_wish_during_sending_counts_once_the_attempt_has_ended(
    api: APIClient, made: ServiceRequest, result: object, timeline: list[str]
) -> None:
    offer(made.service, "cancel_url")
    attempt(made, Outcome.SENDING)

    answer = api.post(path_of(made, "/cancel"))

    assert (answer.status_code, answer.json()["status"]) == (202, "received")
    locked = lock_requests([made.pk])[made.pk]
    assert (locked.errand, locked.next_attempt_at) == (Errand.SUBMISSION, None)
    save_transitions([locked], settle(locked, Errand.SUBMISSION, result))  # type: ignore[arg-type]
    assert statuses(made) == timeline
    made.refresh_from_db()
    assert (made.errand == Errand.CANCELLATION) == (made.status == Status.DELIVERED)
    assert (made.next_attempt_at is not None) == (made.status in (Status.DELIVERED, Status.RECEIVED))


def test_news_that_overtakes_the_attempt_sends_the_wish_on_its_way(
    api: APIClient, agency: Agency, made: ServiceRequest
) -> None:
    offer(made.service, "cancel_url")
    attempt(made, Outcome.SENDING)
    api.post(path_of(made, "/cancel"))

    push(credentials_of(agency), message(made.pk, "in_progress"))

    made.refresh_from_db()
    assert (made.status, made.errand) == (Status.IN_PROGRESS, Errand.CANCELLATION)
    assert made.next_attempt_at is not None
    # The agency has taken the wish: nothing more is to be sent, whatever it tells until it has decided.
    ServiceRequest.objects.update(errand=Errand.SUBMISSION, next_attempt_at=None)
    push(credentials_of(agency), message(made.pk, "action_required"), event_id="event-2")
    assert ServiceRequest.objects.filter(errand=Errand.SUBMISSION, next_attempt_at=None).exists()


@pytest.mark.parametrize("by", ["receipt", "news"])
def test_a_wish_that_waited_has_the_time_that_its_lane_gives(
    api: APIClient, agency: Agency, made: ServiceRequest, by: str
) -> None:
    offer(made.service, "cancel_url")
    Lane.objects.update(give_up_after_days=2)
    attempt(made, Outcome.SENDING)
    api.post(path_of(made, "/cancel"))
    if by == "news":
        push(credentials_of(agency), message(made.pk, "in_progress"))
    else:
        locked = lock_requests([made.pk])[made.pk]
        save_transitions([locked], settle(locked, Errand.SUBMISSION, Receipt("DLT-7")))
    made.refresh_from_db()
    assert made.errand == Errand.CANCELLATION
    assert timedelta(days=1, hours=23) < made.give_up_at - timezone.now() <= timedelta(days=2)


def test_news_of_the_end_leaves_nothing_to_cancel(api: APIClient, agency: Agency, made: ServiceRequest) -> None:
    offer(made.service, "cancel_url")
    attempt(made, Outcome.SENDING)
    api.post(path_of(made, "/cancel"))

    push(credentials_of(agency), message(made.pk, "completed"))

    made.refresh_from_db()
    assert (made.status, made.errand, made.next_attempt_at) == (Status.COMPLETED, Errand.SUBMISSION, None)
    assert api.get(path_of(made)).json()["next_step"]["en"] == "Your request is done."


@pytest.fixture
def wished(api: APIClient, made: ServiceRequest) -> ServiceRequest:
    """The agency works on it, and has taken the wish to cancel."""
    offer(made.service, "cancel_url", "response_url")
    move(made, Status.IN_PROGRESS)
    assert api.post(path_of(made, "/cancel")).status_code == 202
    locked = lock_requests([made.pk])[made.pk]
    save_transitions([locked], settle(locked, Errand.CANCELLATION, Receipt("DLT-7")))
    made.refresh_from_db()
    assert (made.errand, made.cancel_asked_at is not None) == (Errand.SUBMISSION, True)
    return made


def test_an_agency_may_refuse_later_what_it_has_taken(api: APIClient, agency: Agency, wished: ServiceRequest) -> None:
    assert "has to agree first" in api.get(path_of(wished)).json()["next_step"]["en"]
    assert push(credentials_of(agency), message(wished.pk, cancellation="refused")).status_code == 200
    shown = api.get(path_of(wished)).json()
    assert (shown["status"], shown["cancel_asked_at"], shown["can_cancel"]) == ("in_progress", None, True)
    assert "working on your request" in shown["next_step"]["en"]
    told = wished.events.latest("sequence")
    assert (told.source, told.milestone_th) == (StatusEvent.Source.AGENCY, CANCEL_REFUSED.th)
    assert api.post(path_of(wished, "/cancel")).json()["cancel_asked_at"]


def test_a_refusal_may_come_with_a_question(api: APIClient, agency: Agency, wished: ServiceRequest) -> None:
    asks = {"text": {"th": "ขอรูปถ่าย", "en": "A photo, please"}}
    push(credentials_of(agency), message(wished.pk, "action_required", cancellation="refused", asks=asks))
    texts = [event.milestone_en for event in wished.events.order_by("sequence")][-2:]
    assert texts == ["A photo, please", CANCEL_REFUSED.en]
    shown = api.get(path_of(wished)).json()
    assert (shown["next_actor"], shown["can_respond"], shown["can_cancel"]) == ("citizen", True, True)


def test_what_nobody_wishes_is_not_refused(agency: Agency, made: ServiceRequest) -> None:
    push(credentials_of(agency), message(made.pk, cancellation="refused"))
    assert [event.milestone_en for event in made.events.order_by("sequence")] == ["", ""]


def test_a_wish_that_the_agency_has_not_heard_is_not_refused(
    api: APIClient, agency: Agency, made: ServiceRequest
) -> None:
    offer(made.service, "cancel_url")
    attempt(made, Outcome.SENDING)
    api.post(path_of(made, "/cancel"))
    push(credentials_of(agency), message(made.pk, cancellation="refused"))
    made.refresh_from_db()
    assert (made.errand, made.cancel_asked_at is not None) == (Errand.CANCELLATION, True)


@pytest.mark.parametrize("status", ["completed", "rejected", "cancelled"])
def test_only_what_goes_on_is_refused_to_be_cancelled(agency: Agency, made: ServiceRequest, status: str) -> None:
    refused = push(credentials_of(agency), message(made.pk, status, cancellation="refused"))
    [error] = assert_problem(refused, 422, "invalid_data")["errors"]
    assert (error["pointer"], error["code"]) == ("#/data/cancellation", "only_while_it_goes_on")


@pytest.mark.parametrize("value", ["taken", "", None, ["refused"]])
def test_a_cancellation_is_refused_and_nothing_else(agency: Agency, made: ServiceRequest, value: object) -> None:
    refused = push(credentials_of(agency), message(made.pk, cancellation=value))
    [error] = assert_problem(refused, 422, "invalid_data")["errors"]
    assert error["pointer"] == "#/data/cancellation"


def test_what_the_agency_asks_for_comes_before_the_wish_it_has(
    api: APIClient, agency: Agency, wished: ServiceRequest
) -> None:
    asks = {"text": {"th": "ขอรูปถ่าย", "en": "A photo, please"}}
    push(credentials_of(agency), message(wished.pk, "action_required", asks=asks))
    shown = api.get(path_of(wished)).json()
    assert (shown["can_respond"], shown["can_cancel"]) == (True, False)
    assert "needs something from you" in shown["next_step"]["en"]


def test_an_answer_on_its_way_arrives_first(api: APIClient, made: ServiceRequest) -> None:
    offer(made.service, "cancel_url", "response_url")
    move(made, Status.ACTION_REQUIRED)
    answer = api.post(path_of(made, "/response"), {"data": {"photo": "yes"}}, HTTP_IDEMPOTENCY_KEY="answer-1")
    assert answer.status_code == 202

    assert_problem(api.post(path_of(made, "/cancel")), 409, "still_sending")

    made.refresh_from_db()
    assert (made.errand, made.cancel_asked_at) == (Errand.RESPONSE, None)
    assert not can_cancel(api, made)


def test_who_cannot_cancel_reads_how_to_reach_the_service(api: APIClient, made: ServiceRequest) -> None:
    move(made, Status.DELIVERED)
    Agency.objects.update(contact_phone="", name_en="")

    named = assert_problem(api.post(path_of(made, "/cancel")), 409, "cannot_cancel")["message"]
    assert named["th"].endswith(" กรุณาติดต่อหน่วยงานโดยตรง: กรม dlt")
    assert named["en"].endswith(" Please contact the agency: กรม dlt")

    Service.objects.update(contacts=[{"name": {"th": "ศูนย์บริการ"}, "phone": "1111", "email": "ask@dlt.go.th"}])
    reached = assert_problem(api.post(path_of(made, "/cancel")), 409, "cannot_cancel")["message"]
    assert reached["th"].endswith(" กรุณาติดต่อหน่วยงานโดยตรง: 1111 · ask@dlt.go.th")
    assert reached["en"].endswith(" Please contact the agency: 1111 · ask@dlt.go.th")


def test_broken_options_are_no_error_of_the_citizen(api: APIClient, made: ServiceRequest) -> None:
    Service.objects.update(adapter_options={"cancel_url": "nonsense"})
    move(made, Status.DELIVERED)
    assert api.get(path_of(made)).json()["can_cancel"] is False
    assert_problem(api.post(path_of(made, "/cancel")), 409, "cannot_cancel")
