import re
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from citizens.identity.tokens import access_token_issue
from citizens.models import Citizen
from citizens.service_requests.lifecycle import News, lock_requests, save_transitions, transition
from citizens.service_requests.models import IdempotencyKey, ServiceRequest, Status, StatusEvent
from citizens.service_requests.services import data_place, forget_old_idempotency_keys
from services_catalog.encryption import decrypt_json
from services_catalog.models import Agency, Service
from services_catalog.services.publishing import service_unpublish
from tests.citizens.service_requests.submitting import NO_ROWS, ONE_REQUEST, assert_problem, rows, submission, submit
from tests.conftest import phone_with
from tests.factories import ANSWERS, make_draft_service, make_service, make_session, publish_next_version


def test_a_request_is_accepted_with_a_receipt(api: APIClient, citizen: Citizen, service: Service) -> None:
    answer = submit(api)

    assert answer.status_code == 202
    kept = ServiceRequest.objects.get()
    receipt = answer.json()
    assert (receipt["id"], receipt["receipt_number"]) == (str(kept.pk), kept.receipt_number)
    assert receipt["status"] == "received"
    assert re.fullmatch(r"\d\d(-[0-9A-HJKMNP-TV-Z]{4}){3}", kept.receipt_number)
    assert answer["Location"] == f"/api/v1/service-requests/{kept.pk}"
    assert "Idempotency-Replayed" not in answer
    assert api.get(answer["Location"]).status_code == 200
    assert (kept.citizen, kept.service, kept.version) == (citizen, service, service.current_version)
    assert rows() == ONE_REQUEST


def test_what_is_kept_is_due_and_encrypted(api: APIClient, service: Service) -> None:
    submit(api)

    kept = ServiceRequest.objects.get()
    assert kept.next_attempt_at is not None
    assert kept.next_attempt_at <= timezone.now() < kept.give_up_at
    assert b"car" not in bytes(kept.data_encrypted)
    assert decrypt_json(kept.data_encrypted, bound_to=data_place(kept.pk)) == ANSWERS
    event = StatusEvent.objects.get()
    assert (event.sequence, event.status, event.source, event.next_actor) == (1, "received", "citizen", "agency")


def test_the_same_key_and_body_gives_the_same_receipt(api: APIClient, service: Service) -> None:
    first, again = submit(api), submit(api)

    assert again.status_code == 202
    assert again.json() == first.json()
    assert again["Location"] == first["Location"]
    assert again["Idempotency-Replayed"] == "true"
    assert rows() == ONE_REQUEST


def test_the_receipt_stays_the_same_when_the_request_has_moved_on(api: APIClient, service: Service) -> None:
    first = submit(api)
    kept = lock_requests([ServiceRequest.objects.get().pk]).popitem()[1]
    event = transition(kept, Status.DELIVERED, News(source=StatusEvent.Source.AGENCY))
    save_transitions([kept], [event])

    assert submit(api).json() == first.json()
    assert api.get(first["Location"]).json()["status"] == "delivered"


def test_the_order_of_members_is_no_other_body(api: APIClient, service: Service) -> None:
    submit(api)
    turned = submission(dict(reversed(ANSWERS.items())))
    assert submit(api, dict(reversed(turned.items())))["Idempotency-Replayed"] == "true"


def test_a_replay_works_after_the_form_has_changed(api: APIClient, service: Service) -> None:
    """The phone lost the first answer; what it sent was accepted."""
    first = submit(api)
    publish_next_version(service)
    assert submit(api).json() == first.json()


@pytest.mark.parametrize(
    "body", [submission({**ANSWERS, "copies": 3}), submission(version=2), submission(service="other")]
)
def test_the_same_key_with_another_body_is_refused(api: APIClient, service: Service, body: object) -> None:
    submit(api)
    assert_problem(submit(api, body), 422, "idempotency_key_reused")
    assert rows() == ONE_REQUEST


def test_keys_of_two_citizens_do_not_meet(api: APIClient, stranger: APIClient, service: Service) -> None:
    first, second = submit(api), submit(stranger)

    assert second.status_code == 202
    assert "Idempotency-Replayed" not in second
    assert first.json()["id"] != second.json()["id"]


@pytest.mark.parametrize("key", [None, "", "x" * 129, "with space", "ก".encode().decode("latin-1"), "tab\there"])
def test_a_key_is_1_to_128_visible_characters(api: APIClient, service: Service, key: str | None) -> None:
    assert_problem(submit(api, key=key), 400, "idempotency_key_missing")
    assert rows() == NO_ROWS


@pytest.mark.parametrize("key", ["k", "x" * 128, "!~"])
def test_the_shortest_and_the_longest_key_are_fine(api: APIClient, service: Service, key: str) -> None:
    assert submit(api, key=key).status_code == 202


def test_a_refusal_frees_the_key(api: APIClient, service: Service) -> None:
    assert submit(api, submission({"licence": "bus"})).status_code == 422
    assert submit(api, submission(version=7)).status_code == 409
    assert submit(api, submission(service="unknown")).status_code == 404
    assert rows() == NO_ROWS

    accepted = submit(api)

    assert accepted.status_code == 202
    assert "Idempotency-Replayed" not in accepted


def test_old_keys_are_forgotten_and_the_requests_stay(api: APIClient, service: Service) -> None:
    submit(api, key="old")
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(days=7, seconds=1), taken_in=0)
    submit(api, key="new")

    IdempotencyKey.objects.filter(key="new").update(created_at=timezone.now() - timedelta(days=6, hours=23))

    assert forget_old_idempotency_keys() == 1
    assert [kept.key for kept in IdempotencyKey.objects.all()] == ["new"]
    assert ServiceRequest.objects.count() == 2


def test_a_retired_form_is_refused_with_the_number_of_the_live_one(api: APIClient, service: Service) -> None:
    publish_next_version(service)

    body = assert_problem(submit(api), 409, "form_changed")

    assert body["current_version"] == 2
    assert rows() == NO_ROWS
    assert submit(api, submission(version=2)).status_code == 202


@pytest.mark.parametrize("version", [0, -1, 2**31, 10**30, "x", None, True, [1], 1.5])
def test_a_version_that_cannot_be_is_refused(api: APIClient, service: Service, version: object) -> None:
    body = assert_problem(submit(api, submission(version=version)), 422, "invalid_data")
    assert [error["pointer"] for error in body["errors"]] == ["#/version"]
    assert rows() == NO_ROWS


def test_unknown_and_unpublished_services_look_the_same(api: APIClient, agency: Agency) -> None:
    make_draft_service(agency, "draft")
    service_unpublish(service=make_service(agency, "withdrawn"))

    answers = [submit(api, submission(service=code)) for code in ("draft", "withdrawn", "unknown")]

    assert [assert_problem(answer, 404, "unknown_service") for answer in answers] == [answers[0].json()] * 3
    assert rows() == NO_ROWS


def test_a_service_that_was_deleted_and_made_again(api: APIClient, agency: Agency, service: Service) -> None:
    """What a process remembers of a service may be gone."""
    assert submit(api, submission(version=7)).status_code == 409
    Service.objects.update(publication="unpublished", current_version=None)
    service.delete()
    assert submit(api).status_code == 404

    make_service(agency, service.code)
    assert submit(api).status_code == 202


@pytest.mark.parametrize(("ial", "aal"), [("1.3", "2.2"), ("2.3", "1.0"), ("2.1", "2.1")])
def test_a_weak_sign_in_is_told_what_is_needed(agency: Agency, citizen: Citizen, ial: str, aal: str) -> None:
    """RFC 9470."""
    make_service(agency, min_ial="2.2", min_aal="2.2")
    answer = submit(phone_with(access_token_issue(make_session(citizen, ial=ial, aal=aal))))

    body = assert_problem(answer, 401, "insufficient_user_authentication")
    assert body["required"] == {"ial": "2.2", "aal": "2.2"}
    assert answer["WWW-Authenticate"] == ('Bearer error="insufficient_user_authentication", acr_values="ial2.2 aal2.2"')
    assert rows() == NO_ROWS


def test_a_sign_in_that_is_just_strong_enough_is_let_in(agency: Agency, citizen: Citizen) -> None:
    make_service(agency, min_ial="2.2", min_aal="2.2")
    phone = phone_with(access_token_issue(make_session(citizen, ial="2.2", aal="2.2")))
    assert submit(phone).status_code == 202


@pytest.mark.parametrize("token", [None, "made-up"])
def test_nothing_is_accepted_without_a_token(anonymous: APIClient, service: Service, token: str | None) -> None:
    answer = submit(anonymous if token is None else phone_with(token))

    assert_problem(answer, 401, "not_signed_in" if token is None else "token_not_accepted")
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert rows() == NO_ROWS


def test_refusals_are_in_the_language_the_phone_asks_for(api: APIClient, service: Service) -> None:
    english = submit(api, submission(service="unknown"), HTTP_ACCEPT_LANGUAGE="en").json()
    assert english["detail"] == english["message"]["en"]
    assert english["title"] == "No such service"
