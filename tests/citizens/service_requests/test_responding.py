"""An agency asks, the citizen answers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from citizens.models import Citizen
from citizens.service_requests.models import (
    Actor,
    AgencyEvent,
    CitizenResponse,
    Errand,
    ServiceRequest,
    Status,
    StatusEvent,
)
from citizens.service_requests.routing.claim import claim, mark_sending
from citizens.service_requests.routing.record import record
from citizens.service_requests.routing.send import Sent
from citizens.service_requests.services import response_place
from citizens.service_requests.texts import ANSWER_DELIVERED, ANSWER_ON_ITS_WAY
from services_catalog.adapters.types import Receipt
from services_catalog.encryption import decrypt_json
from services_catalog.models import Agency, Service
from tests.citizens.service_requests.following import move, offer, path_of
from tests.citizens.service_requests.submitting import assert_problem
from tests.citizens.service_requests.test_agency_api import message, push
from tests.factories import credentials_of, make_request

FORM = {
    "type": "object",
    "properties": {"photo": {"type": "string", "enum": ["sent", "lost"]}, "why": {"type": "string", "maxLength": 5}},
    "required": ["photo"],
    "additionalProperties": False,
}
TEXT = {"th": "กรุณาส่งรูปถ่าย", "en": "Please send a photo"}
ANSWER = {"photo": "sent"}


@pytest.fixture
def made(citizen: Citizen, service: Service) -> ServiceRequest:
    offer(service, "response_url", "cancel_url")
    return make_request(citizen, service)


def ask(agency: Agency, made: ServiceRequest, *, event_id: str = "asks", **asks: Any) -> Any:
    content = message(made.pk, "action_required", asks={"text": TEXT, **asks})
    return push(credentials_of(agency), content, event_id=event_id)


def respond(phone: APIClient, made: ServiceRequest, data: Any = None, *, key: str = "answer-1") -> Any:
    body = {"data": ANSWER if data is None else data}
    return phone.post(path_of(made, "/response"), body, HTTP_IDEMPOTENCY_KEY=key)


def test_what_is_asked_is_shown_until_it_is_answered_and_settled(
    api: APIClient, agency: Agency, made: ServiceRequest
) -> None:
    assert api.get(path_of(made)).json()["asked"] is None
    until = datetime(2099, 1, 2, 3, tzinfo=UTC)

    assert ask(agency, made, until=until.isoformat(), form=FORM).status_code == 200

    shown = api.get(path_of(made)).json()
    assert (shown["status"], shown["next_actor"], shown["can_respond"]) == ("action_required", "citizen", True)
    assert shown["asked"]["text"] == TEXT
    assert shown["asked"]["form"] == FORM
    assert datetime.fromisoformat(shown["asked"]["until"]) == until
    assert made.events.get(sequence=2).milestone_en == TEXT["en"]
    push(credentials_of(agency), message(made.pk, "in_progress"), event_id="goes-on")
    shown = api.get(path_of(made)).json()
    assert (shown["asked"], shown["can_respond"]) == (None, False)
    made.refresh_from_db()
    assert (made.asked_th, made.asked_until, made.asked_form) == ("", None, None)


def test_an_answer_is_kept_encrypted_and_due(api: APIClient, agency: Agency, made: ServiceRequest) -> None:
    ask(agency, made, form=FORM)

    answer = respond(api, made)

    assert answer.status_code == 202
    assert "Idempotency-Replayed" not in answer
    shown = answer.json()
    assert (shown["status"], shown["next_actor"], shown["can_respond"]) == ("action_required", "agency", False)
    assert "You have answered" in shown["next_step"]["en"]
    kept = CitizenResponse.objects.get()
    assert b"sent" not in bytes(kept.data_encrypted)
    assert decrypt_json(kept.data_encrypted, bound_to=response_place(kept.pk)) == ANSWER
    made.refresh_from_db()
    assert (made.errand, made.tries, made.next_actor) == (Errand.RESPONSE, 0, Actor.AGENCY)
    assert made.next_attempt_at is not None
    assert made.next_attempt_at <= timezone.now() < made.give_up_at
    told = made.events.get(sequence=3)
    assert (told.source, told.status, told.from_status) == (StatusEvent.Source.CITIZEN, "action_required", "")
    assert (told.milestone_th, told.next_actor) == (ANSWER_ON_ITS_WAY.th, Actor.AGENCY)


def test_the_same_key_gives_the_same_answer(api: APIClient, agency: Agency, made: ServiceRequest) -> None:
    ask(agency, made, form=FORM)
    first, again = respond(api, made), respond(api, made)

    assert (again.status_code, again["Idempotency-Replayed"]) == (202, "true")
    assert again.json() == first.json()
    assert (CitizenResponse.objects.count(), made.events.count()) == (1, 3)
    assert_problem(respond(api, made, {"photo": "lost"}), 422, "idempotency_key_reused")
    assert_problem(respond(api, made, key="answer-2"), 409, "nothing_asked")
    assert CitizenResponse.objects.count() == 1


def test_a_replay_works_after_the_agency_has_gone_on(api: APIClient, agency: Agency, made: ServiceRequest) -> None:
    ask(agency, made)
    respond(api, made)
    push(credentials_of(agency), message(made.pk, "completed"), event_id="end")
    assert respond(api, made).json()["status"] == "completed"


@pytest.mark.parametrize("key", ["", "with space", "x" * 129])
def test_an_answer_needs_a_key(api: APIClient, agency: Agency, made: ServiceRequest, key: str) -> None:
    ask(agency, made)
    assert_problem(respond(api, made, key=key), 400, "idempotency_key_missing")


@pytest.mark.parametrize(
    ("data", "pointer", "code"),
    [
        ({}, "#/data/photo", "required"),
        ({"photo": "maybe"}, "#/data/photo", "enum"),
        ({"photo": "sent", "a/b": 1}, "#/data/a~1b", "additionalProperties"),
        ({"photo": "sent", "why": "too long"}, "#/data/why", "maxLength"),
    ],
)
def test_answers_that_do_not_fit(
    api: APIClient, agency: Agency, made: ServiceRequest, data: Any, pointer: str, code: str
) -> None:
    ask(agency, made, form=FORM)
    refused = assert_problem(respond(api, made, data), 422, "invalid_data")
    assert [(error["pointer"], error["code"]) for error in refused["errors"]] == [(pointer, code)]
    assert not CitizenResponse.objects.exists()
    assert respond(api, made).status_code == 202


@pytest.mark.parametrize("body", [{}, {"data": []}, {"data": None}, {"data": "x"}, []])
def test_answers_of_the_wrong_shape(api: APIClient, agency: Agency, made: ServiceRequest, body: Any) -> None:
    ask(agency, made)
    answer = api.post(path_of(made, "/response"), body, HTTP_IDEMPOTENCY_KEY="answer-1")
    assert_problem(answer, 422, "invalid_data")
    assert not CitizenResponse.objects.exists()


@pytest.mark.parametrize("status", [status for status in Status if status not in ("received", "action_required")])
def test_nobody_answers_what_nobody_asked(api: APIClient, made: ServiceRequest, status: Status) -> None:
    assert_problem(respond(api, made), 409, "nothing_asked")
    move(made, status)
    assert_problem(respond(api, made), 409, "nothing_asked")
    assert not CitizenResponse.objects.exists()


def test_the_agency_may_ask_for_what_is_not_the_citizens_to_give(
    api: APIClient, agency: Agency, made: ServiceRequest
) -> None:
    push(credentials_of(agency), message(made.pk, "action_required", who_acts_next="agency"))
    assert_problem(respond(api, made), 409, "nothing_asked")


def test_an_answer_after_its_time(api: APIClient, agency: Agency, made: ServiceRequest) -> None:
    ask(agency, made, until=(timezone.now() - timedelta(seconds=1)).isoformat())
    assert api.get(path_of(made)).json()["can_respond"] is False
    refused = assert_problem(respond(api, made), 409, "answer_too_late")
    assert "1584" in refused["message"]["th"]


def test_an_agency_that_takes_no_answers_here_is_named(api: APIClient, agency: Agency, made: ServiceRequest) -> None:
    Service.objects.update(adapter_options={"submit_url": "http://127.0.0.1:9/cases"})
    ask(agency, made)
    assert api.get(path_of(made)).json()["can_respond"] is False
    refused = assert_problem(respond(api, made), 409, "cannot_answer_here")
    assert "1584" in refused["message"]["en"]


def test_a_wish_to_cancel_arrives_first(api: APIClient, agency: Agency, made: ServiceRequest) -> None:
    ask(agency, made)
    assert api.post(path_of(made, "/cancel")).status_code == 202
    assert_problem(respond(api, made), 409, "still_sending")
    assert not CitizenResponse.objects.exists()


@pytest.mark.parametrize("status", ["", "received", "in_progress", "action_required"])
def test_a_second_question_while_the_first_answer_is_on_its_way_stays_to_be_answered(
    api: APIClient, agency: Agency, made: ServiceRequest, status: str
) -> None:
    ask(agency, made)
    respond(api, made)
    [claimed] = mark_sending(claim(made.service_id, at_most=1))
    more = {"th": "กรุณาส่งสำเนา", "en": "Please send a copy"}
    ask(agency, made, event_id="more", text=more, form=FORM)
    assert_problem(respond(api, made, key="answer-2"), 409, "still_sending")

    record([Sent(claimed, Receipt("DLT-1", status), timedelta(seconds=1))])

    shown = api.get(path_of(made)).json()
    assert (shown["status"], shown["next_actor"], shown["can_respond"]) == ("action_required", "citizen", True)
    assert (shown["asked"]["text"], shown["asked"]["form"]) == (more, FORM)
    told = made.events.latest("sequence")
    assert (told.status, told.next_actor, told.milestone_th) == ("action_required", "citizen", ANSWER_DELIVERED.th)
    assert CitizenResponse.objects.get().delivered_at is not None
    assert respond(api, made, key="answer-2").status_code == 202


def test_a_receipt_for_the_answer_may_say_that_the_request_has_ended(
    api: APIClient, agency: Agency, made: ServiceRequest
) -> None:
    ask(agency, made)
    respond(api, made)
    [claimed] = mark_sending(claim(made.service_id, at_most=1))
    ask(agency, made, event_id="more")
    record([Sent(claimed, Receipt("DLT-1", "completed"), timedelta(seconds=1))])
    shown = api.get(path_of(made)).json()
    assert (shown["status"], shown["asked"]) == ("completed", None)


def test_news_does_not_stop_an_answer_on_its_way(api: APIClient, agency: Agency, made: ServiceRequest) -> None:
    ask(agency, made)
    respond(api, made)
    push(credentials_of(agency), message(made.pk, "in_progress"), event_id="goes-on")
    made.refresh_from_db()
    assert (made.status, made.errand) == (Status.IN_PROGRESS, Errand.RESPONSE)
    assert made.next_attempt_at is not None


@pytest.mark.parametrize(
    ("asks", "pointer"),
    [
        ({"text": {"th": "", "en": "x"}}, "#/data/asks/text/th"),
        ({"text": {"th": "ก" * 1001, "en": ""}}, "#/data/asks/text/th"),
        ({"text": "x"}, "#/data/asks/text"),
        ({"until": "soon"}, "#/data/asks/until"),
        ({"form": []}, "#/data/asks/form"),
        ({"form": {"type": "string"}}, "#/data/asks/form"),
        ({"form": {"type": "object", "properties": 3}}, "#/data/asks/form"),
        ({"form": {"type": "object", "properties": {"a": {"pattern": "("}}}}, "#/data/asks/form"),
        ({"form": {"type": "object", "$ref": "https://elsewhere.example/form"}}, "#/data/asks/form"),
        ({"form": {"type": "object", "allOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {}}}}, "#/data/asks/form"),
        ({"form": {"type": "object", "description": "x" * 17_000}}, "#/data/asks/form"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_questions_that_cannot_be_asked(agency: Agency, made: ServiceRequest, asks: Any, pointer: str) -> None:
    refused = assert_problem(ask(agency, made, **asks), 422, "invalid_data")
    assert [error["pointer"] for error in refused["errors"]] == [pointer]
    assert not AgencyEvent.objects.exists()
    made.refresh_from_db()
    assert made.status == Status.RECEIVED


@pytest.mark.parametrize("status", ["in_progress", "completed", "rejected", "cancelled"])
def test_only_what_waits_for_the_citizen_asks(agency: Agency, made: ServiceRequest, status: str) -> None:
    refused = push(credentials_of(agency), message(made.pk, status, asks={"text": TEXT}))
    errors = assert_problem(refused, 422, "invalid_data")["errors"]
    assert [(error["pointer"], error["code"]) for error in errors] == [("#/data/asks", "only_with_action_required")]
