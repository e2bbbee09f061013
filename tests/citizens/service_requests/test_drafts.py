"""What a citizen has typed and not sent: kept for them alone, encrypted, and for a while."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from citizens.models import Citizen
from citizens.service_requests.drafts import draft_data
from citizens.service_requests.models import RequestDraft
from citizens.service_requests.tasks import forget_expired_drafts
from services_catalog.encryption import CannotDecrypt
from services_catalog.models import Agency, Service
from services_catalog.services.publishing import service_unpublish
from tests.citizens.service_requests.drafting import PATH, keep, listed, send, signed_in_with
from tests.citizens.service_requests.submitting import assert_problem, submission, submit
from tests.factories import ANSWERS, make_draft_service, make_service, publish_next_version

HALF = {"licence": "car"}


def test_what_is_typed_is_kept_and_read_back(api: APIClient, service: Service) -> None:
    answer = keep(api, submission(HALF))

    assert answer.status_code == 201
    draft = answer.json()
    assert answer["Location"] == f"{PATH}/{draft['id']}"
    assert draft["service"] == {"code": service.code, "name": {"th": service.name_th, "en": service.name_en}}
    assert (draft["data"], draft["version"], draft["current_version"], draft["errors"]) == (HALF, 1, 1, [])
    assert api.get(answer["Location"]).json() == draft


def test_what_is_incomplete_or_wrong_is_kept_and_told(api: APIClient, service: Service) -> None:
    """Sending checks; a draft only says what sending would find."""
    wrong = {"licence": "submarine", "copies": "two", "unknown": [1]}
    draft = keep(api, submission(wrong)).json()

    assert draft["data"] == wrong
    assert {error["pointer"] for error in draft["errors"]} == {"#/data/licence", "#/data/copies", "#/data/unknown"}
    assert all(error["message"]["th"] and error["message"]["en"] for error in draft["errors"])
    assert [error["pointer"] for error in keep(api, submission({})).json()["errors"]] == ["#/data/licence"]


@pytest.mark.parametrize("data", [None, [], "text", 7, True])
def test_what_is_no_object_is_refused(api: APIClient, service: Service, data: Any) -> None:
    body = assert_problem(keep(api, submission(data)), 422, "invalid_data")
    assert [error["pointer"] for error in body["errors"]] == ["#/data"]
    assert not RequestDraft.objects.exists()


def test_what_is_too_large_is_refused(api: APIClient, service: Service) -> None:
    assert_problem(keep(api, submission({"note": "x" * 300_000})), 413, "body_too_large")
    assert not RequestDraft.objects.exists()


def test_only_the_live_form_of_a_published_service_can_be_begun(
    api: APIClient, agency: Agency, service: Service
) -> None:
    make_draft_service(agency, "draft")
    publish_next_version(service)

    assert_problem(keep(api, submission(service="draft")), 404, "unknown_service")
    assert_problem(keep(api, submission(service="nothing")), 404, "unknown_service")
    for version in (1, 3):
        assert assert_problem(keep(api, submission(version=version)), 409, "form_changed")["current_version"] == 2
    assert not RequestDraft.objects.exists()


def test_drafts_are_listed_newest_first_without_the_answers(api: APIClient, agency: Agency, service: Service) -> None:
    make_service(agency, "dlt-other")
    first, second = keep(api).json()["id"], keep(api, submission(service="dlt-other")).json()["id"]

    page = api.get(PATH).json()

    assert [draft["id"] for draft in page["results"]] == [second, first]
    assert not {"data", "errors"} & set(page["results"][0])
    until = datetime.fromisoformat(page["results"][0]["expires_at"])
    assert timedelta(days=29) < until - timezone.now() <= timedelta(days=30)


def test_the_same_typed_twice_is_kept_once(api: APIClient, service: Service) -> None:
    """The answer to the first call was lost."""
    first, again = keep(api), keep(api)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert RequestDraft.objects.count() == 1


def test_a_draft_is_changed_in_its_place(api: APIClient, service: Service) -> None:
    draft = keep(api, submission(HALF)).json()

    changed = api.put(f"{PATH}/{draft['id']}", {"version": 1, "data": ANSWERS})

    assert changed.status_code == 200
    assert (changed.json()["id"], changed.json()["data"]) == (draft["id"], ANSWERS)
    assert changed.json()["updated_at"] > draft["updated_at"]
    assert api.get(f"{PATH}/{draft['id']}").json() == changed.json()


def test_a_draft_is_thrown_away(api: APIClient, service: Service) -> None:
    draft_id = keep(api).json()["id"]

    assert api.delete(f"{PATH}/{draft_id}").status_code == 204
    assert not RequestDraft.objects.exists()
    assert_problem(api.delete(f"{PATH}/{draft_id}"), 404, "not_found")


def test_drafts_of_others_do_not_exist(api: APIClient, stranger: APIClient, service: Service) -> None:
    address = f"{PATH}/{keep(api).json()['id']}"

    answers = [
        stranger.get(address),
        stranger.put(address, {"version": 1, "data": {}}),
        stranger.delete(address),
        stranger.post(f"{address}/submit", {}, HTTP_IDEMPOTENCY_KEY="key"),
    ]

    unknown = stranger.get(f"{PATH}/0190b4a2-0000-7000-8000-000000000000")
    assert [assert_problem(answer, 404, "not_found") for answer in answers] == [unknown.json()] * 4
    assert listed(stranger) == []
    assert api.get(address).json()["data"] == ANSWERS


def test_a_draft_is_there_on_any_device_and_with_any_digital_id(
    api: APIClient, citizen: Citizen, service: Service
) -> None:
    draft_id = keep(api).json()["id"]
    assert api.post("/api/v1/auth/sign-out").status_code == 204

    assert listed(signed_in_with(citizen, ial="1.1")) == [draft_id]


def test_answers_of_a_draft_are_kept_encrypted_and_bound_to_their_row(api: APIClient, service: Service) -> None:
    keep(api, submission({"note": "very private words"}))
    other = RequestDraft.objects.get(pk=keep(api, submission(HALF)).json()["id"])

    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(data_encrypted, 'escape') FROM service_requests_requestdraft")
        assert not any("private" in kept for (kept,) in cursor.fetchall())
    first = RequestDraft.objects.exclude(pk=other.pk).get()
    assert draft_data(first) == {"note": "very private words"}
    other.data_encrypted = first.data_encrypted
    with pytest.raises(CannotDecrypt):
        draft_data(other)


def test_there_are_so_many_drafts_and_none_is_thrown_away_for_another(
    api: APIClient, service: Service, settings: Settings
) -> None:
    settings.DRAFTS_PER_CITIZEN = 2
    kept = [keep(api, submission({"copies": copies})).json()["id"] for copies in (1, 2)]

    refused = keep(api, submission({"copies": 3}))

    assert assert_problem(refused, 409, "too_many_drafts")["limit"] == 2
    assert listed(api) == kept[::-1]
    assert keep(api, submission({"copies": 2})).status_code == 200, "what is kept already needs no place"
    api.delete(f"{PATH}/{kept[0]}")
    assert keep(api, submission({"copies": 3})).status_code == 201


def test_drafts_are_forgotten_when_their_time_is_over(api: APIClient, service: Service) -> None:
    old, young = (keep(api, submission({"copies": copies})).json()["id"] for copies in (1, 2))
    RequestDraft.objects.filter(pk=old).update(expires_at=timezone.now() - timedelta(seconds=1))

    assert listed(api) == [young], "not even before the task has come"
    assert_problem(api.get(f"{PATH}/{old}"), 404, "not_found")
    assert_problem(send(api, old), 404, "not_found")
    forget_expired_drafts()
    assert [str(draft.pk) for draft in RequestDraft.objects.all()] == [young]


def test_typing_on_gives_a_draft_its_full_time_again(api: APIClient, service: Service) -> None:
    draft_id = keep(api).json()["id"]
    RequestDraft.objects.update(expires_at=timezone.now() + timedelta(hours=1))

    until = api.put(f"{PATH}/{draft_id}", {"version": 1, "data": HALF}).json()["expires_at"]

    assert datetime.fromisoformat(until) > timezone.now() + timedelta(days=29)


def test_a_draft_says_that_the_form_has_changed(api: APIClient, service: Service) -> None:
    draft_id = keep(api).json()["id"]
    publish_next_version(service)

    draft = api.get(f"{PATH}/{draft_id}").json()

    assert (draft["version"], draft["current_version"]) == (1, 2)
    assert api.put(f"{PATH}/{draft_id}", {"version": 1, "data": HALF}).json()["data"] == HALF, "typing goes on"
    refused = api.put(f"{PATH}/{draft_id}", {"version": 3, "data": HALF})
    assert assert_problem(refused, 409, "form_changed")["current_version"] == 2
    moved = api.put(f"{PATH}/{draft_id}", {"version": 2, "data": ANSWERS}).json()
    assert (moved["version"], moved["current_version"], moved["data"]) == (2, 2, ANSWERS)


def test_a_draft_outlives_its_services_withdrawal(api: APIClient, service: Service) -> None:
    draft_id = keep(api).json()["id"]
    service_unpublish(service=service)

    draft = api.get(f"{PATH}/{draft_id}").json()

    assert (draft["current_version"], draft["errors"], draft["data"]) == (None, [], ANSWERS)
    assert_problem(send(api, draft_id), 404, "unknown_service")
    assert listed(api) == [draft_id]


def test_what_was_sent_by_itself_is_no_draft_any_more(api: APIClient, service: Service) -> None:
    """The phone sent what it had in its own form, not the draft of the same."""
    keep(api)
    assert submit(api).status_code == 202

    assert listed(api) == []


def test_typing_is_counted_apart_from_sending(api: APIClient, service: Service, limit_rate: Any) -> None:
    limit_rate("drafting", "1/minute")
    assert keep(api).status_code == 201
    assert_problem(keep(api, submission(HALF)), 429, "too_many_requests")
    assert submit(api).status_code == 202
