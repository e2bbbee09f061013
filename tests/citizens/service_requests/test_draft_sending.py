"""A draft is sent at most once, and never lost on the way."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from pytest_django import Settings
from rest_framework.test import APIClient

from citizens.service_requests.models import RequestDraft, ServiceRequest, Status
from citizens.service_requests.services import data_place
from services_catalog.encryption import decrypt_json
from services_catalog.models import Agency, Service
from services_catalog.services.publishing import service_publish, service_version_create
from tests.citizens.service_requests.drafting import PATH, keep, listed, send
from tests.citizens.service_requests.following import move
from tests.citizens.service_requests.submitting import (
    NO_ROWS,
    ONE_REQUEST,
    assert_problem,
    rows,
    submission,
    submit,
)
from tests.conftest import phone_with
from tests.factories import ANSWERS, FORM, make_service


def test_a_draft_becomes_a_request(api: APIClient, service: Service) -> None:
    draft_id = keep(api).json()["id"]

    sent = send(api, draft_id)

    assert sent.status_code == 202
    request = ServiceRequest.objects.get()
    assert sent["Location"] == f"/api/v1/service-requests/{request.pk}"
    assert sent.json()["receipt_number"] == request.receipt_number
    assert decrypt_json(request.data_encrypted, bound_to=data_place(request.pk)) == ANSWERS
    assert rows() == ONE_REQUEST
    assert listed(api) == []
    assert_problem(api.get(f"{PATH}/{draft_id}"), 404, "not_found")
    assert_problem(api.put(f"{PATH}/{draft_id}", {"version": 1, "data": {}}), 404, "not_found")
    assert_problem(api.delete(f"{PATH}/{draft_id}"), 404, "not_found")
    assert RequestDraft.objects.get().data_encrypted is None, "the answers are kept once"


@pytest.mark.parametrize("key", ["key-1", "another"])
def test_sending_it_again_gives_the_same_receipt(api: APIClient, service: Service, key: str) -> None:
    """The answer was lost; the phone may have forgotten its key, too."""
    draft_id = keep(api).json()["id"]
    first = send(api, draft_id)

    again = send(api, draft_id, key=key, body={"send_again": True})

    assert (again.status_code, again.content) == (202, first.content)
    assert again["Idempotency-Replayed"] == "true"
    assert rows() == ONE_REQUEST


def test_a_draft_and_its_content_under_one_key_are_one_request(api: APIClient, service: Service) -> None:
    draft_id = keep(api).json()["id"]
    first = send(api, draft_id, key="one")

    assert submit(api, key="one").json() == first.json()
    assert rows() == ONE_REQUEST


def test_a_key_of_another_request_sends_no_draft(api: APIClient, service: Service) -> None:
    submit(api, submission({**ANSWERS, "copies": 5}), key="used")
    draft_id = keep(api).json()["id"]

    assert_problem(send(api, draft_id, key="used"), 422, "idempotency_key_reused")
    assert listed(api) == [draft_id]
    assert send(api, draft_id, key="fresh").status_code == 202


def test_sending_a_draft_needs_a_key(api: APIClient, service: Service) -> None:
    assert_problem(send(api, keep(api).json()["id"], key=None), 400, "idempotency_key_missing")


def test_what_does_not_fit_is_refused_and_kept(api: APIClient, service: Service) -> None:
    draft = keep(api, submission({"copies": 9})).json()

    body = assert_problem(send(api, draft["id"]), 422, "invalid_data")

    assert body["errors"] == draft["errors"]
    assert {error["pointer"] for error in body["errors"]} == {"#/data/licence", "#/data/copies"}
    assert rows() == NO_ROWS
    api.put(f"{PATH}/{draft['id']}", {"version": 1, "data": ANSWERS})
    assert send(api, draft["id"]).status_code == 202, "with the same key"


def test_a_form_that_changed_says_what_no_longer_fits(api: APIClient, service: Service) -> None:
    draft_id = keep(api).json()["id"]
    form = {**FORM, "required": ["licence", "telephone"]}
    version = service_version_create(service=service, form=form, example={"licence": "car", "telephone": "0812345678"})
    service_publish(service=service, version=version)

    body = assert_problem(send(api, draft_id), 409, "form_changed")

    assert body["current_version"] == 2
    assert [error["pointer"] for error in body["errors"]] == ["#/data/telephone"]
    assert listed(api) == [draft_id]
    assert rows() == NO_ROWS
    api.put(f"{PATH}/{draft_id}", {"version": 2, "data": {**ANSWERS, "telephone": "0812345678"}})
    assert send(api, draft_id).status_code == 202


def test_what_was_sent_a_moment_ago_is_asked_about(api: APIClient, agency: Agency) -> None:
    make_service(agency, "dlt-licence")
    submit(api, key="first")
    draft_id = keep(api).json()["id"]

    assert_problem(send(api, draft_id), 409, "already_sent")
    assert listed(api) == [draft_id]
    assert send(api, draft_id, body={"send_again": True}).status_code == 202
    assert ServiceRequest.objects.count() == 2


def test_the_receipt_is_that_of_the_beginning_wherever_the_request_stands(api: APIClient, service: Service) -> None:
    draft_id = keep(api).json()["id"]
    first = send(api, draft_id)
    move(ServiceRequest.objects.get(), Status.CANCELLED)

    assert send(api, draft_id).content == first.content


@pytest.mark.parametrize("body", [{"send_again": "perhaps"}, [], {"send_again": None}])
def test_odd_ways_of_sending_are_refused(api: APIClient, service: Service, body: Any) -> None:
    draft_id = keep(api).json()["id"]
    assert_problem(send(api, draft_id, body=body), 422, "invalid_data")
    assert listed(api) == [draft_id]


def test_a_body_is_not_needed(api: APIClient, service: Service) -> None:
    draft_id = keep(api).json()["id"]
    assert api.post(f"{PATH}/{draft_id}/submit", HTTP_IDEMPOTENCY_KEY="key").status_code == 202


@contextmanager
def held(draft_id: str) -> Iterator[None]:
    """Somewhere else the draft is being sent and nobody knows how it ends."""
    taken, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            RequestDraft.objects.select_for_update().get(pk=draft_id)
            taken.set()
            done.wait(10)
        connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert taken.wait(5)
        yield
    finally:
        done.set()
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_a_draft_sent_by_six_at_once_becomes_one_request(api: APIClient, access_token: str, service: Service) -> None:
    draft_id = keep(api).json()["id"]
    together = threading.Barrier(6)

    def one_of_six(number: int) -> Any:
        try:
            phone = phone_with(access_token)
            together.wait(5)
            return send(phone, draft_id, key=f"key-{number}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=6) as pool:
        answers = list(pool.map(one_of_six, range(6)))

    assert [answer.status_code for answer in answers] == [202] * 6
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer for answer in answers) == 1
    assert rows() == ONE_REQUEST


@pytest.mark.django_db(transaction=True)
def test_a_twin_that_takes_long_is_not_waited_for(api: APIClient, service: Service, settings: Settings) -> None:
    settings.TWIN_WAIT = timedelta(milliseconds=2500)
    draft_id = keep(api).json()["id"]
    with held(draft_id):
        refused = send(api, draft_id)

    assert_problem(refused, 409, "submission_in_progress")
    assert refused["Retry-After"] == "3"
    assert rows() == NO_ROWS
    assert send(api, draft_id).status_code == 202


@pytest.mark.django_db(transaction=True)
def test_a_crash_between_accepting_and_ending_the_draft_leaves_the_draft_alone(
    api: APIClient, service: Service
) -> None:
    """Both are one transaction: the database refuses the second half, and the first is gone, too."""
    draft_id = keep(api).json()["id"]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'crash'; END $$;"
            " CREATE TRIGGER crash BEFORE UPDATE ON service_requests_requestdraft EXECUTE FUNCTION crash()"
        )
    try:
        api.raise_request_exception = False
        assert send(api, draft_id).status_code == 500
        assert rows() == NO_ROWS
        assert listed(api) == [draft_id]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION crash() CASCADE")
    assert send(api, draft_id).status_code == 202
    assert rows() == ONE_REQUEST
