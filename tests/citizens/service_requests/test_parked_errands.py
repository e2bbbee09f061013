"""Answers and wishes to cancel that are parked: the agency's news is a way out, and so is a human who has asked."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from citizens.models import Citizen
from citizens.service_requests.models import CitizenResponse, Errand, ServiceRequest, Status
from citizens.service_requests.texts import ANSWER_DELIVERED, CANCEL_NOT_DELIVERED
from services_catalog.models import Agency, OperatorAction, Service
from tests.citizens.service_requests.admin.test_request_actions import client_of, run
from tests.citizens.service_requests.following import move, offer, path_of
from tests.citizens.service_requests.submitting import assert_problem
from tests.citizens.service_requests.test_agency_api import message, push
from tests.citizens.service_requests.test_responding import ask, respond
from tests.factories import credentials_of, make_request

MILESTONE = {"th": "ยังรอ", "en": "Still waiting"}


@pytest.fixture
def made(citizen: Citizen, service: Service) -> ServiceRequest:
    offer(service, "response_url", "cancel_url")
    return make_request(citizen, service)


def park(made: ServiceRequest) -> None:
    """As routing leaves an errand whose outcome nobody can tell."""
    ServiceRequest.objects.update(
        parked_reason="outcome_unknown", outcome_unknown=True, next_attempt_at=None, agency_reference="DLT-7"
    )
    made.refresh_from_db()


@pytest.fixture
def parked_answer(api: APIClient, agency: Agency, made: ServiceRequest) -> ServiceRequest:
    assert ask(agency, made).status_code == 200
    assert respond(api, made).status_code == 202
    park(made)
    assert made.errand == Errand.RESPONSE
    return made


@pytest.fixture
def parked_wish(api: APIClient, made: ServiceRequest) -> ServiceRequest:
    move(made, Status.IN_PROGRESS)
    assert api.post(path_of(made, "/cancel")).status_code == 202
    park(made)
    assert made.errand == Errand.CANCELLATION
    return made


def tell(agency: Agency, made: ServiceRequest, status: str, **data: Any) -> None:
    assert push(credentials_of(agency), message(made.pk, status, **data), event_id="news").status_code == 200
    made.refresh_from_db()


def assert_unparked(made: ServiceRequest) -> None:
    assert (made.parked_reason, made.outcome_unknown, made.errand) == ("", False, Errand.SUBMISSION)
    assert made.next_attempt_at is None


@pytest.mark.django_db(transaction=True)
class TestByHand:
    @pytest.fixture
    def officer(self, agency: Agency) -> Client:
        return client_of(agency=agency, roles=["case_handler"])

    def test_an_answer_that_the_agency_has(
        self, api: APIClient, officer: Client, parked_answer: ServiceRequest
    ) -> None:
        assert "Done: 1." in run(officer, "mark_delivered", parked_answer, agency_reference="DLT-7")
        parked_answer.refresh_from_db()
        assert_unparked(parked_answer)
        assert parked_answer.status == Status.IN_PROGRESS
        assert CitizenResponse.objects.get().delivered_at is not None
        told = parked_answer.events.latest("sequence")
        assert (told.source, told.milestone_th) == ("platform", ANSWER_DELIVERED.th)
        assert OperatorAction.objects.get().changes["parked_reason"] == ["outcome_unknown", ""]
        assert "working on your request" in api.get(path_of(parked_answer)).json()["next_step"]["en"]

    def test_what_the_agency_asked_meanwhile_stays_asked(
        self, api: APIClient, agency: Agency, officer: Client, made: ServiceRequest
    ) -> None:
        ask(agency, made)
        respond(api, made)
        ask(agency, made, event_id="more")
        park(made)
        run(officer, "mark_delivered", made, agency_reference="DLT-7")
        shown = api.get(path_of(made)).json()
        assert (shown["status"], shown["next_actor"], shown["can_respond"]) == ("action_required", "citizen", True)
        assert made.events.latest("sequence").milestone_th == ANSWER_DELIVERED.th
        assert respond(api, made, key="answer-2").status_code == 202

    def test_a_wish_to_cancel_that_the_agency_has(self, officer: Client, parked_wish: ServiceRequest) -> None:
        assert "Done: 1." in run(officer, "mark_delivered", parked_wish, agency_reference="DLT-7")
        parked_wish.refresh_from_db()
        assert_unparked(parked_wish)
        assert parked_wish.cancel_asked_at is not None


def test_news_ends_the_parking_of_an_answer(api: APIClient, agency: Agency, parked_answer: ServiceRequest) -> None:
    assert "We are checking" in api.get(path_of(parked_answer)).json()["next_step"]["en"]
    tell(agency, parked_answer, "in_progress")
    assert_unparked(parked_answer)
    shown = api.get(path_of(parked_answer)).json()
    assert "working on your request" in shown["next_step"]["en"]
    assert shown["can_cancel"] is True


def test_a_question_after_a_parked_answer_can_be_answered(
    api: APIClient, agency: Agency, parked_answer: ServiceRequest
) -> None:
    tell(agency, parked_answer, "action_required", asks={"text": {"th": "อีกครั้ง", "en": "Once more"}})
    assert_unparked(parked_answer)
    assert respond(api, parked_answer, key="answer-2").status_code == 202
    parked_answer.refresh_from_db()
    assert (parked_answer.errand, parked_answer.next_attempt_at is not None) == (Errand.RESPONSE, True)


def test_news_from_before_leaves_it_parked(api: APIClient, agency: Agency, parked_answer: ServiceRequest) -> None:
    """It tells nothing of what became of the answer."""
    content = message(parked_answer.pk, "action_required", milestone=MILESTONE)
    content["timestamp"] = (timezone.now() - timedelta(hours=1)).isoformat()
    assert push(credentials_of(agency), content, event_id="late").status_code == 200
    parked_answer.refresh_from_db()
    assert (parked_answer.parked_reason, parked_answer.errand) == ("outcome_unknown", Errand.RESPONSE)
    assert_problem(respond(api, parked_answer, key="answer-2"), 409, "nothing_asked")


def test_after_news_a_citizen_whose_wish_was_parked_may_ask_again(
    api: APIClient, agency: Agency, parked_wish: ServiceRequest
) -> None:
    tell(agency, parked_wish, "in_progress", milestone=MILESTONE)
    assert_unparked(parked_wish)
    assert parked_wish.events.latest("sequence").milestone_th == CANCEL_NOT_DELIVERED.th
    assert api.get(path_of(parked_wish)).json()["can_cancel"] is True
    assert api.post(path_of(parked_wish, "/cancel")).json()["cancel_asked_at"] is not None


def test_news_that_says_nothing_new_leaves_a_wish_parked(agency: Agency, parked_wish: ServiceRequest) -> None:
    tell(agency, parked_wish, "in_progress")
    assert parked_wish.parked_reason == "outcome_unknown"
