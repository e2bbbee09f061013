"""Two calls with one key at the same time: one request, whatever happens to the first."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone
from rest_framework.test import APIClient
from uuid_utils.compat import uuid7

from citizens.models import Citizen
from citizens.service_requests.models import IdempotencyKey, ServiceRequest, Status
from citizens.service_requests.sent_before import window_of
from citizens.service_requests.services import Asked
from services_catalog.models import Service
from tests.citizens.service_requests.following import move
from tests.citizens.service_requests.submitting import NO_ROWS, ONE_REQUEST, assert_problem, rows, submission, submit
from tests.conftest import phone_with
from tests.factories import ANSWERS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def calls() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(max_workers=6) as pool:
        yield pool


def in_thread(work: Callable[[], Any]) -> Any:
    """The answer to `work` in a thread with a database connection of its own, closed afterwards."""
    try:
        return work()
    finally:
        connections.close_all()


def call_later(calls: ThreadPoolExecutor, access_token: str, body: Any = None) -> Future[Any]:
    return calls.submit(in_thread, lambda: submit(phone_with(access_token), body))


@contextmanager
def twin_under_way(citizen: Citizen, key: str = "key-1", taken_in: int | None = None) -> Iterator[None]:
    """Somewhere else a twin has inserted the key and not committed; it is undone on leaving."""
    taken, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            IdempotencyKey.objects.create(
                citizen=citizen,
                key=key,
                body_fingerprint=Asked("dlt-licence", 1, ANSWERS).fingerprints()[0],
                taken_in=taken_in,
                service_request_id=uuid7(),
                created_at=timezone.now(),
            )
            taken.set()
            done.wait(10)
            transaction.set_rollback(True)

    thread = threading.Thread(target=in_thread, args=(hold,))
    thread.start()
    try:
        assert taken.wait(5)
        yield
    finally:
        done.set()
        thread.join()


def is_waited_for() -> bool:
    """Whether some call waits for the transaction of another."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_twins_become_one_request(calls: ThreadPoolExecutor, access_token: str, service: Service) -> None:
    together = threading.Barrier(6)

    def one_of_six() -> Any:
        phone = phone_with(access_token)
        together.wait(5)
        return submit(phone)

    answers = [one.result() for one in [calls.submit(in_thread, one_of_six) for _ in range(6)]]

    assert [answer.status_code for answer in answers] == [202] * 6
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer for answer in answers) == 1
    assert rows() == ONE_REQUEST


def test_the_same_under_six_keys_at_once_becomes_one_request(
    calls: ThreadPoolExecutor, access_token: str, service: Service
) -> None:
    together = threading.Barrier(6)

    def one_of_six(key: str) -> Any:
        phone = phone_with(access_token)
        together.wait(5)
        return submit(phone, key=key)

    def keyed(key: str) -> Future[Any]:
        return calls.submit(in_thread, lambda: one_of_six(key))

    answers = [one.result() for one in [keyed(f"key-{number}") for number in range(6)]]

    accepted = [answer.json() for answer in answers if answer.status_code == 202]
    assert len(accepted) == 1
    for answer in answers:
        if answer.status_code != 202:
            assert assert_problem(answer, 409, "already_sent")["existing"]["id"] == accepted[0]["id"]
    assert rows() == ONE_REQUEST


def test_what_came_to_nothing_is_sent_anew_once(calls: ThreadPoolExecutor, access_token: str, service: Service) -> None:
    submit(phone_with(access_token), key="first")
    move(ServiceRequest.objects.get(), Status.CANCELLED)
    together = threading.Barrier(6)

    def one_of_six(key: str) -> Any:
        phone = phone_with(access_token)
        together.wait(5)
        return submit(phone, key=key)

    def keyed(key: str) -> Future[Any]:
        return calls.submit(in_thread, lambda: one_of_six(key))

    answers = [one.result() for one in [keyed(f"key-{number}") for number in range(6)]]

    assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409, 409, 409]
    assert ServiceRequest.objects.count() == 2


def test_a_call_with_another_key_waits_for_the_same_body(
    calls: ThreadPoolExecutor, citizen: Citizen, access_token: str, service: Service
) -> None:
    with twin_under_way(citizen, key="another", taken_in=window_of(timezone.now())):
        call = call_later(calls, access_token)
        wait_until(is_waited_for)
        assert not call.done()

    assert call.result().status_code == 202
    assert rows() == ONE_REQUEST


def test_twins_with_different_bodies_become_one_request(
    calls: ThreadPoolExecutor, access_token: str, service: Service
) -> None:
    bodies = [submission({**ANSWERS, "copies": copies}) for copies in (1, 2, 3, 4)]
    answers = [one.result() for one in [call_later(calls, access_token, body) for body in bodies]]

    assert sorted(answer.status_code for answer in answers) == [202, 422, 422, 422]
    assert rows() == ONE_REQUEST


def test_a_call_goes_on_when_its_twin_is_undone(
    calls: ThreadPoolExecutor, citizen: Citizen, access_token: str, service: Service
) -> None:
    with twin_under_way(citizen):
        call = call_later(calls, access_token)
        wait_until(is_waited_for)
        assert not call.done()
    answer = call.result()

    assert answer.status_code == 202
    assert "Idempotency-Replayed" not in answer
    assert rows() == ONE_REQUEST


def test_a_call_waits_two_seconds_for_its_twin_and_no_more(api: APIClient, citizen: Citizen, service: Service) -> None:
    with twin_under_way(citizen):
        began = time.monotonic()
        refused = submit(api)
        waited = time.monotonic() - began

    assert_problem(refused, 409, "submission_in_progress")
    assert refused["Retry-After"] == "2"
    assert 1.9 < waited < 4
    assert rows() == NO_ROWS
    assert submit(api).status_code == 202


def test_nobody_waits_for_the_twins_of_others(
    citizen: Citizen, api: APIClient, stranger: APIClient, service: Service
) -> None:
    with twin_under_way(citizen):
        assert submit(stranger).status_code == 202
        assert submit(api, submission({**ANSWERS, "copies": 5}), key="another").status_code == 202
