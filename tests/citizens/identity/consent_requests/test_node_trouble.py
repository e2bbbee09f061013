"""The node down, slow, forgetful: what is lost is found again, and nothing is created twice."""

import os
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from citizens.identity.consent_requests.ask import consent_requests_ask_due
from citizens.identity.consent_requests.claim import requests_claim
from citizens.models import ProviderHealth
from superapp.sandbox.listener import HangUp, Response, json_response
from tests.citizens.identity.consent_requests.conftest import (
    NODE_REQUEST,
    Phone,
    ScriptedNode,
    callback,
    completed,
    make_node,
    pass_time,
    row_of,
    work,
)
from tests.counterparts import unused_port
from tests.factories import make_provider, national_id

BANKS = "/api/v1/auth/providers/ndid/banks"


def refusal(code: int, status: int = 400) -> Response:
    return json_response(status, {"error": {"code": code, "message": "no"}})


def test_a_creation_whose_answer_was_lost_is_found_and_never_sent_twice(scripted: ScriptedNode, phone: Phone) -> None:
    scripted.answers["/rp/requests/"] = HangUp.CLOSED
    request_id = phone.started()
    work()
    scripted.answers["/rp/request_references/"] = json_response(200, {"request_id": NODE_REQUEST})
    work()
    assert (row_of(request_id).state, row_of(request_id).node_request_id) == ("waiting", NODE_REQUEST)
    assert scripted.count("/rp/requests/") == 1


def test_a_creation_that_the_node_never_had_ends_and_is_not_sent_twice(scripted: ScriptedNode, phone: Phone) -> None:
    scripted.answers["/rp/requests/"] = HangUp.CLOSED
    request_id = phone.started()
    work()
    pass_time(request_id, minutes=2)
    work()
    assert (phone.state(request_id), row_of(request_id).failure_code) == ("failed", "lost_at_node")
    assert scripted.count("/rp/requests/") == 1
    assert phone.start().status_code == 202


def test_a_worker_that_dies_while_it_creates_leaves_a_request_that_is_looked_for(
    scripted: ScriptedNode, phone: Phone
) -> None:
    request_id = phone.started()
    assert [str(row.pk) for row in requests_claim()] == [request_id]
    assert requests_claim() == [], "leased"
    scripted.answers["/rp/request_references/"] = json_response(200, {"request_id": NODE_REQUEST})
    work()
    assert row_of(request_id).node_request_id == NODE_REQUEST
    assert scripted.count("/rp/requests/") == 0


def test_a_reference_that_the_node_has_already_is_the_same_request(scripted: ScriptedNode, phone: Phone) -> None:
    scripted.answers["/rp/requests/"] = refusal(20045)
    scripted.answers["/rp/request_references/"] = json_response(200, {"request_id": NODE_REQUEST})
    request_id = phone.started()
    work()
    assert (row_of(request_id).state, row_of(request_id).node_request_id) == ("waiting", NODE_REQUEST)


@pytest.mark.parametrize("code", [10007, 10008])
def test_a_node_that_is_not_in_step_is_asked_again(scripted: ScriptedNode, phone: Phone, code: int) -> None:
    scripted.answers["/rp/requests/"] = refusal(code, 500)
    request_id = phone.started()
    work()
    assert (row_of(request_id).state, row_of(request_id).asked_at) == ("creating", None)
    del scripted.answers["/rp/requests/"]
    work()
    assert row_of(request_id).node_request_id == NODE_REQUEST


@pytest.mark.parametrize("code", [20005, 20006, 20022, 20058])
def test_a_bank_that_does_not_know_the_person_after_all_is_told_to_nobody(
    scripted: ScriptedNode, phone: Phone, code: int
) -> None:
    scripted.answers["/rp/requests/"] = refusal(code)
    request_id = phone.started()
    work()
    assert (phone.state(request_id), row_of(request_id).is_decoy) == ("waiting", True)


@pytest.mark.parametrize("code", [20003, 20066, 20079, 20096])
def test_what_the_node_never_takes_ends_with_a_sentence(scripted: ScriptedNode, phone: Phone, code: int) -> None:
    scripted.answers["/rp/requests/"] = refusal(code)
    request_id = phone.started()
    work()
    seen = phone.look(request_id)
    assert (seen["state"], seen["next_actor"], row_of(request_id).failure_code) == ("failed", "nobody", f"node_{code}")
    assert "NDID" in seen["next_step"]["en"]


def test_a_request_that_never_comes_onto_the_chain_ends(scripted: ScriptedNode, phone: Phone) -> None:
    request_id = phone.started()
    work()
    scripted.answers["/utility/requests/"] = Response(404)
    work()
    assert phone.state(request_id) == "waiting", "the chain is slow"
    pass_time(request_id, minutes=2)
    work()
    assert row_of(request_id).failure_code == "not_on_chain"


def test_closing_is_tried_until_the_node_confirms(scripted: ScriptedNode, phone: Phone) -> None:
    request_id = phone.started()
    work()
    phone.cancel(request_id)
    scripted.answers["/rp/request_close"] = HangUp.CLOSED
    work()
    work()
    assert row_of(request_id).closed_at is None
    assert row_of(request_id).next_poll_at is not None
    del scripted.answers["/rp/request_close"]
    work()
    assert row_of(request_id).closed_at is None, "taken is not closed"
    scripted.request = {"closed": True}
    work()
    assert row_of(request_id).closed_at is not None
    assert scripted.count("/utility/private_message_removal/") == 1


def test_a_slow_node_costs_a_deadline_and_is_asked_again(scripted: ScriptedNode, phone: Phone) -> None:
    def slow(_request: object) -> Response:
        time.sleep(1.3)
        return Response(200, b"[]")

    request_id = phone.started()
    scripted.answers["/utility/idp/citizen_id/"] = slow
    work()
    assert (row_of(request_id).state, row_of(request_id).asked_at) == ("creating", None)


def test_a_node_that_is_down_is_left_alone_and_the_phone_is_told(scripted: ScriptedNode, phone: Phone) -> None:
    request_id = phone.started()
    with unused_port() as port:
        make_node(f"http://127.0.0.1:{port}")
        for _ in range(5):
            work()
        assert ProviderHealth.objects.get(provider="ndid").closed_until is not None
        answer = Phone().start()
        assert (answer.status_code, answer.json()["code"]) == (503, "identity_provider_down")
        assert int(answer["Retry-After"]) > 0
        told = phone.client.get("/api/v1/auth/providers").json()
        assert [one["is_up"] for one in told if one["code"] == "ndid"] == [False]
        pass_time(request_id, minutes=2)
        work()
    assert phone.state(request_id) == "failed"


@pytest.mark.parametrize("answer", [refusal(20092, 403), Response(401), Response(403)], ids=["code", "401", "403"])
def test_a_node_that_does_not_take_our_key_is_down_and_ends_no_request(
    scripted: ScriptedNode, phone: Phone, settings: Settings, answer: Response
) -> None:
    settings.PROVIDER_BREAKER = {**settings.PROVIDER_BREAKER, "failures": 2}
    request_id = phone.started()
    scripted.answers["/"] = answer
    work()
    assert (row_of(request_id).state, row_of(request_id).asked_at) == ("creating", None)
    work()
    health = ProviderHealth.objects.get()
    assert (health.failures, health.last_failure) == (2, "client_refused")
    assert Phone(national_id()).start().json()["code"] == "identity_provider_down"

    scripted.answers.clear()
    ProviderHealth.objects.update(closed_until=timezone.now())
    work()
    assert row_of(request_id).node_request_id == NODE_REQUEST, "as soon as the key is right"


def test_a_node_that_does_not_take_our_key_when_asked_for_its_banks_is_counted(scripted: ScriptedNode) -> None:
    scripted.answers["/utility/idp"] = refusal(20092, 403)
    assert APIClient().get(BANKS).status_code == 503
    assert ProviderHealth.objects.get().last_failure == "client_refused"


def test_after_the_wait_the_node_is_asked_exactly_once(scripted: ScriptedNode, settings: Settings) -> None:
    """However many requests are due, by however many turns."""
    settings.PROVIDER_BREAKER = {**settings.PROVIDER_BREAKER, "waits": [timedelta(minutes=1)]}
    settings.CONSENT_REQUEST_BATCH = 4
    waiting = [Phone(national_id()).started() for _ in range(6)]
    scripted.answers["/utility/"] = json_response(500, {})
    for asked in (6, 1, 1):
        ProviderHealth.objects.update(closed_until=timezone.now())
        scripted.arrived.clear()
        work()
        work()
        assert len(scripted.arrived) == asked

    del scripted.answers["/utility/"]
    scripted.answers["/rp/requests/"] = lambda _request: json_response(202, {"request_id": secrets.token_hex(32)})
    ProviderHealth.objects.update(closed_until=timezone.now())
    scripted.arrived.clear()
    work()
    assert scripted.count("/rp/requests/") == len(waiting), "it is back, and all go on at once"
    assert scripted.count("/utility/idp?") == 1, "the probe"
    assert {row_of(one).state for one in waiting} == {"waiting"}
    assert ProviderHealth.objects.get().failures == 0


@pytest.mark.django_db(transaction=True)
def test_a_slow_node_has_so_many_calls_of_a_process_and_no_more(scripted: ScriptedNode, settings: Settings) -> None:
    settings.PROVIDER_CALLS_IN_FLIGHT = 1
    settings.PROVIDER_CALL_IS_SLOW = timedelta(0)
    make_provider("http://127.0.0.1:9")
    seen: list[tuple[int, list[str]]] = []

    def meanwhile(_request: object) -> Response:
        """While one phone's question for the banks is out, another phone asks."""
        answer = APIClient().get(BANKS)
        seen.append((answer.status_code, answer.json().get("providers")))
        connection.close()
        return Response(200, b'[{"node_id": "idp1"}]')

    scripted.answers["/utility/idp"] = meanwhile
    assert APIClient().get(BANKS).status_code == 200
    assert seen == [(503, ["thaid"])]
    assert not ProviderHealth.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_claim_at_once_do_not_get_the_same(scripted: ScriptedNode, phone: Phone) -> None:
    phone.started()

    def claim() -> int:
        try:
            return len(requests_claim())
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread, transaction.atomic():
        assert len(requests_claim()) == 1
        assert thread.submit(claim).result(timeout=1) == 0, "passed over, without waiting for the other's commit"
    assert requests_claim() == [], "leased"


def test_news_of_a_request_that_is_being_created_does_not_create_it_twice(scripted: ScriptedNode, phone: Phone) -> None:
    request_id = phone.started()
    assert len(requests_claim()) == 1
    assert callback(request_id).status_code == 204
    consent_requests_ask_due()

    assert scripted.count("/rp/requests/") == 0, "that is for the worker that has claimed it"
    assert scripted.count("/rp/request_references/") == 1


def test_the_questions_become_rarer(scripted: ScriptedNode, phone: Phone) -> None:
    request_id = phone.started()
    work()
    waits = []
    for minutes in (0, 1, 2):
        pass_time(request_id, minutes=minutes)
        work()
        due = row_of(request_id).next_poll_at
        assert due is not None
        waits.append((due - timezone.now()).total_seconds())
    assert waits[0] < waits[1] < waits[2]


def test_a_completed_request_is_done_with_at_the_node(scripted: ScriptedNode, phone: Phone) -> None:
    request_id = phone.started()
    work()
    scripted.request = completed()
    work()
    work()
    assert row_of(request_id).closed_at is not None
    assert scripted.count("/rp/request_close") == 0, "the node closes what is complete"
    assert phone.finish(request_id).status_code == 200
    assert row_of(request_id).next_poll_at is None


def test_keys_may_change_while_a_person_is_asked(scripted: ScriptedNode, phone: Phone, settings: Settings) -> None:
    request_id = phone.started()
    work()
    settings.ENCRYPTION_KEYS = {"new": os.urandom(32), **settings.ENCRYPTION_KEYS}
    settings.LOOKUP_KEYS = {"new": os.urandom(32), **settings.LOOKUP_KEYS}
    assert Phone().start().status_code == 409, "found under the old key"
    call_command("rotate_keys")
    settings.ENCRYPTION_KEYS = {"new": settings.ENCRYPTION_KEYS["new"]}
    settings.LOOKUP_KEYS = {"new": settings.LOOKUP_KEYS["new"]}
    assert Phone().start().status_code == 409, "found under the new one"
    scripted.request = completed()
    work()
    assert phone.finish(request_id).status_code == 200
