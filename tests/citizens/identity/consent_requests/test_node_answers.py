"""Answers of a node that are none: they end the request that they are about, and no other."""

import pytest
from django.db import connection
from rest_framework.test import APIClient

from citizens.models import ConsentRequest
from superapp.sandbox.listener import Request, Response, json_response
from tests.citizens.identity.consent_requests.conftest import (
    NODE_REQUEST,
    PERSON,
    Phone,
    ScriptedNode,
    pass_time,
    row_of,
    status,
    work,
)
from tests.factories import national_id

BANKS = "/api/v1/auth/providers/ndid/banks"


@pytest.mark.parametrize(
    "answer",
    [
        Response(202, b"[" * 100_000),
        Response(400, b"[" * 100_000),
        json_response(202, {"request_id": "a\0b"}),
        json_response(202, {"request_id": "ก"}),
    ],
    ids=["deeply-nested", "nested-refusal", "nul", "not-hexadecimal"],
)
def test_an_answer_that_is_none_ends_one_request_and_no_other(scripted: ScriptedNode, answer: Response) -> None:
    first, second = Phone().started(), Phone(national_id()).started()
    usual = json_response(202, {"request_id": NODE_REQUEST})
    scripted.answers["/rp/requests/"] = lambda request: answer if f"/{PERSON}" in request.target else usual
    work()
    assert not row_of(first).node_request_id
    assert row_of(second).node_request_id == NODE_REQUEST
    pass_time(first, minutes=2)
    work()
    assert row_of(first).state == "failed"


@pytest.mark.parametrize("name", ["[" * 100_000, '{"marketing_name_th": '])
def test_a_bank_whose_name_cannot_be_read_is_listed(scripted: ScriptedNode, name: str) -> None:
    scripted.answers["/utility/idp"] = json_response(200, [{"node_id": "idp1", "node_name": name}])
    assert [bank["id"] for bank in APIClient().get(BANKS).json()] == ["idp1"]


@pytest.mark.parametrize(("told", "code"), [(30000, "bank_error_30000"), (10**80, "bank_error"), ("x", "bank_error")])
def test_the_error_of_a_bank_is_kept_if_it_is_one(
    scripted: ScriptedNode, phone: Phone, told: object, code: str
) -> None:
    request_id = phone.started()
    work()
    scripted.request = status("errored", response_list=[{"idp_id": "idp1", "error_code": told}])
    work()
    assert (phone.state(request_id), row_of(request_id).failure_code) == ("failed", code)


@pytest.mark.django_db(transaction=True)
def test_a_request_that_is_gone_when_the_node_answers_keeps_no_other_from_its_news(scripted: ScriptedNode) -> None:
    gone, other = Phone().started(), Phone(national_id()).started()

    def erase(request: Request) -> Response:
        """In the thread of the node's server, while the calls are out."""
        ConsentRequest.objects.filter(pk=gone).delete()
        connection.close()
        return json_response(202, {"request_id": NODE_REQUEST})

    scripted.answers["/rp/requests/"] = erase
    work()
    assert not ConsentRequest.objects.filter(pk=gone).exists()
    assert row_of(other).node_request_id == NODE_REQUEST
