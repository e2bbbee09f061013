"""The same citizen, service and answers under another key: sent by mistake, or on purpose."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from rest_framework.test import APIClient

from citizens.models import Citizen
from citizens.service_requests.models import IdempotencyKey, ServiceRequest, Status
from citizens.service_requests.sent_before import window_of
from services_catalog.models import Agency, Lane, Service
from tests.citizens.service_requests.following import move
from tests.citizens.service_requests.submitting import ONE_REQUEST, assert_problem, rows, submission, submit
from tests.factories import ANSWERS, make_service


def sent(*, ago: timedelta, key: str = "key-1") -> None:
    """Moves the sending with that key to the past, as if it had been accepted then."""
    then = timezone.now() - ago
    IdempotencyKey.objects.filter(key=key, taken_in__isnull=False).update(taken_in=window_of(then))
    IdempotencyKey.objects.filter(key=key).update(created_at=then)


def test_another_key_for_the_same_is_refused_with_a_link(api: APIClient, service: Service) -> None:
    first = submit(api).json()

    refused = submit(api, key="key-2")

    body = assert_problem(refused, 409, "already_sent")
    href = f"/api/v1/service-requests/{first['id']}"
    existing = {"id": first["id"], "receipt_number": first["receipt_number"], "href": href}
    assert body["existing"] == {**existing, "created_at": body["existing"]["created_at"]}
    assert datetime.fromisoformat(body["existing"]["created_at"]) == datetime.fromisoformat(first["created_at"])
    assert refused["Location"] == href
    assert api.get(href).json()["receipt_number"] == first["receipt_number"]
    assert rows() == ONE_REQUEST


def test_it_is_sent_all_the_same_when_the_citizen_says_so(api: APIClient, service: Service) -> None:
    again = {**submission(), "send_again": True}
    first = submit(api)

    second, third = submit(api, again, key="key-2"), submit(api, again, key="key-3")

    assert [answer.status_code for answer in (first, second, third)] == [202] * 3
    assert len({answer.json()["id"] for answer in (first, second, third)}) == 3
    assert_problem(submit(api, key="key-4"), 409, "already_sent")


def test_the_same_key_is_a_replay_first(api: APIClient, service: Service) -> None:
    submit(api)
    submit(api, {**submission(), "send_again": True}, key="key-2")
    for key in ("key-1", "key-2"):
        for body in (submission(), {**submission(), "send_again": True}):
            assert submit(api, body, key=key)["Idempotency-Replayed"] == "true"
    assert ServiceRequest.objects.count() == 2


def test_what_was_first_sent_with_the_flag_counts_too(api: APIClient, service: Service) -> None:
    submit(api, {**submission(), "send_again": True})
    assert_problem(submit(api, key="key-2"), 409, "already_sent")


def test_other_answers_services_and_citizens_are_something_else(
    api: APIClient, stranger: APIClient, agency: Agency, service: Service
) -> None:
    make_service(agency, "dlt-other")
    submit(api)
    assert submit(api, submission({**ANSWERS, "copies": 3}), key="2").status_code == 202
    assert submit(api, submission(service="dlt-other"), key="3").status_code == 202
    assert submit(stranger, key="4").status_code == 202


@pytest.mark.parametrize("seconds", [1, 120, 299, 590])
def test_an_earlier_window_is_looked_at_too(api: APIClient, service: Service, seconds: int) -> None:
    submit(api)
    sent(ago=timedelta(seconds=seconds))
    assert_problem(submit(api, key="key-2"), 409, "already_sent")


def test_ten_minutes_later_it_is_a_new_request(api: APIClient, service: Service) -> None:
    submit(api)
    sent(ago=settings.RESEND_WINDOW)
    assert submit(api, key="key-2").status_code == 202
    assert_problem(submit(api, key="key-3"), 409, "already_sent")


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.REJECTED, Status.UNDELIVERABLE])
@pytest.mark.parametrize("minutes", [0, 9])
def test_what_came_to_nothing_does_not_count(api: APIClient, service: Service, status: Status, minutes: int) -> None:
    first = submit(api).json()
    move(ServiceRequest.objects.get(pk=first["id"]), status)
    sent(ago=timedelta(minutes=minutes))

    second = submit(api, key="key-2")

    assert second.status_code == 202
    assert_problem(submit(api, key="key-3"), 409, "already_sent")
    assert submit(api).json() == first
    assert submit(api, key="key-2").json() == second.json()


@pytest.mark.parametrize("status", [Status.DELIVERED, Status.IN_PROGRESS, Status.ACTION_REQUIRED, Status.COMPLETED])
def test_what_the_agency_has_counts(api: APIClient, service: Service, status: Status) -> None:
    submit(api)
    move(ServiceRequest.objects.get(), status)
    assert_problem(submit(api, key="key-2"), 409, "already_sent")


def test_a_cancelled_one_is_forgotten_while_another_counts(api: APIClient, service: Service) -> None:
    first = submit(api).json()
    submit(api, {**submission(), "send_again": True}, key="key-2")
    move(ServiceRequest.objects.get(pk=first["id"]), Status.CANCELLED)
    assert_problem(submit(api, key="key-3"), 409, "already_sent")


@pytest.mark.parametrize("flag", ["x", 2, None, [], {}])
def test_a_flag_that_is_none(api: APIClient, service: Service, flag: object) -> None:
    body = assert_problem(submit(api, {**submission(), "send_again": flag}), 422, "invalid_data")
    assert [error["pointer"] for error in body["errors"]] == ["#/send_again"]


def test_nothing_readable_is_kept_of_the_answers(citizen: Citizen, api: APIClient, service: Service) -> None:
    submit(api)
    kept = IdempotencyKey.objects.get()
    assert len(kept.body_fingerprint) == 32
    assert kept.taken_in == window_of(kept.created_at)


@pytest.mark.parametrize(
    ("days", "given"),
    [(None, settings.RETRY_PROFILES["sandbox"]["give_up_after"]), (1, timedelta(days=1)), (90, timedelta(days=90))],
)
def test_how_long_we_try_is_the_lanes_word_at_that_moment(
    api: APIClient, service: Service, days: int | None, given: timedelta
) -> None:
    """Also where this process remembers another one."""
    submit(api, submission({**ANSWERS, "copies": 1}), key="before")
    Lane.objects.update(give_up_after_days=days)
    accepted = submit(api).json()
    kept = ServiceRequest.objects.get(pk=accepted["id"])
    assert kept.give_up_at - kept.created_at == given
