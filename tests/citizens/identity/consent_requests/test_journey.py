"""Signing in by consent, against the sandbox's node."""

import pytest

from citizens.identity.consent_requests.forget import numbers_forget
from citizens.identity.sessions import refresh_token_issue
from citizens.models import Citizen, ConsentRequest, IdentityEvent, Session
from superapp.sandbox.client import exchange
from tests.citizens.identity.consent_requests.conftest import (
    PERSON,
    UNKNOWN_TO_BANKS,
    Node,
    Phone,
    pass_time,
    row_of,
    until,
    work,
)
from tests.conftest import phone_with
from tests.factories import make_citizen, make_session


def test_a_person_signs_in_by_their_bank(node: Node, phone: Phone) -> None:
    request_id = phone.started()
    work()
    seen = phone.look(request_id)
    assert (seen["state"], seen["next_actor"]) == ("waiting", "citizen")
    assert len(seen["reference"]) == 6
    node.decide(request_id)
    work()
    assert (phone.look(request_id)["state"], phone.look(request_id)["next_actor"]) == ("accepted", "phone")

    tokens = phone.finish(request_id)

    assert tokens.status_code == 200
    assert phone_with(tokens.json()["access_token"]).get("/api/v1/service-requests").status_code == 200
    session = Session.objects.get()
    assert (session.provider, str(session.ial), str(session.aal)) == ("ndid", "2.3", "2.2")
    assert session.device_name == "Test phone"
    assert IdentityEvent.objects.filter(citizen=session.citizen, kind=IdentityEvent.Kind.SIGNED_IN).count() == 1
    assert phone.state(request_id) == "finished"


def accepted(node: Node, phone: Phone) -> str:
    """A request that the phone can finish."""
    request_id = phone.started()
    work()
    node.decide(request_id)
    work()
    assert phone.state(request_id) == "accepted"
    return request_id


def test_a_step_up_at_the_bank_ends_the_session_it_replaces(node: Node, phone: Phone) -> None:
    weak = phone.finish(accepted(node, phone)).json()
    replaced = Session.objects.get()
    strong = phone.finish(accepted(node, phone), replaces=weak["refresh_token"])

    assert strong.status_code == 200
    replaced.refresh_from_db()
    assert replaced.ended_because == "replaced"
    assert Session.objects.filter(ended_at=None).count() == 1


def test_a_step_up_at_the_bank_ends_nobody_elses_session(node: Node, phone: Phone) -> None:
    theirs = refresh_token_issue(make_session(make_citizen()))
    assert phone.finish(accepted(node, phone), replaces=theirs).status_code == 200
    assert not Session.objects.exclude(ended_at=None).exists()


def test_a_yes_that_signs_nobody_in_is_told_as_failed(node: Node, phone: Phone) -> None:
    request_id = accepted(node, phone)
    ConsentRequest.objects.update(number_encrypted=None)
    answer = phone.finish(request_id)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_grant")
    seen = phone.look(request_id)
    assert (seen["state"], seen["next_actor"], row_of(request_id).failure_code) == ("failed", "nobody", "key_is_gone")
    assert "did not work" in seen["next_step"]["en"]
    assert phone.finish(request_id).json()["code"] == "invalid_grant"


def test_the_reference_of_the_phone_is_in_the_banks_message(node: Node, phone: Phone) -> None:
    request_id = phone.started()
    work()
    reference = phone.look(request_id)["reference"]
    page = exchange("GET", f"{node.url}/bank")
    assert f"(Ref: {reference})" in page.body.decode()


def test_the_same_number_is_the_same_citizen_and_keeps_what_other_ids_said(node: Node, phone: Phone) -> None:
    known = make_citizen(PERSON)
    request_id = phone.started()
    work()
    node.decide(request_id)
    work()
    assert phone.finish(request_id).status_code == 200
    assert bytes(Citizen.objects.get().claims_encrypted) == bytes(known.claims_encrypted)
    assert set(known.identities.values_list("provider", flat=True)) == {"thaid", "ndid"}


def test_all_banks_can_be_chosen_whoever_asks(node: Node, phone: Phone) -> None:
    answer = phone.client.get("/api/v1/auth/providers/ndid/banks")
    assert [bank["id"] for bank in answer.json()] == ["idp1", "idp2", "idp3"]
    assert answer.json()[0]["name"] == {"th": "ธนาคารทดสอบหนึ่ง", "en": "Test Bank One"}


@pytest.mark.parametrize(
    ("failure", "state", "code"),
    [
        ("rejected", "rejected", "rejected"),
        ("complicated", "failed", "complicated"),
        ("errored", "failed", "bank_error_30000"),
        ("invalid_signature", "failed", "signature_or_level_not_valid"),
        ("invalid_ial", "failed", "signature_or_level_not_valid"),
    ],
)
def test_what_is_not_a_valid_yes_signs_nobody_in_and_is_closed(
    node: Node, phone: Phone, failure: str, state: str, code: str
) -> None:
    request_id = phone.started()
    work()
    node.switch(failure)
    node.decide(request_id)
    work()
    assert (phone.state(request_id), row_of(request_id).failure_code) == (state, code)
    assert phone.finish(request_id).json()["code"] == "invalid_grant"
    work()
    work()
    assert node.has(request_id)["closed"]
    assert row_of(request_id).closed_at is not None
    assert row_of(request_id).next_poll_at is None
    assert not Citizen.objects.exists()


def test_nobody_answers_in_time(node: Node, phone: Phone) -> None:
    request_id = phone.started()
    work()
    pass_time(request_id, hours=1)
    work()
    assert phone.state(request_id) == "timed_out"
    work()
    work()
    assert node.has(request_id)["closed"]


def test_the_node_times_a_request_out(node: Node, phone: Phone) -> None:
    node.switch("timed_out")
    request_id = phone.started()
    work()
    until(lambda: node.has(request_id)["timed_out"])
    work()
    assert phone.state(request_id) == "timed_out"


def test_a_cancelled_request_is_closed_and_a_late_yes_changes_nothing(node: Node, phone: Phone) -> None:
    request_id = phone.started()
    work()
    assert phone.cancel(request_id).json()["state"] == "cancelled"
    node.decide(request_id)  # faster than our closing
    work()
    work()
    assert phone.state(request_id) == "cancelled"
    assert phone.finish(request_id).json()["code"] == "invalid_grant"
    assert node.has(request_id)["closed"]


def test_an_unknown_number_looks_like_one_that_nobody_answers_for(node: Node, phone: Phone) -> None:
    unknown = Phone(UNKNOWN_TO_BANKS)
    first, second = phone.start(), unknown.start()
    assert first.status_code == second.status_code == 202
    kept = {"id", "reference", "expires_at"}
    without = [{name: value for name, value in one.json().items() if name not in kept} for one in (first, second)]
    assert without[0] == without[1]
    ids = first.json()["id"], second.json()["id"]
    for hours in (0, 1):
        for request_id in ids:
            pass_time(request_id, hours=hours)
        work()
        seen = [
            {name: value for name, value in phone.look(request_id).items() if name not in kept} for request_id in ids
        ]
        assert seen[0] == seen[1]
    assert phone.state(ids[1]) == "timed_out"
    assert row_of(ids[1]).node_request_id == ""


def test_starting_asks_nobody_about_the_number(node: Node, phone: Phone) -> None:
    """So that neither answer nor time tell whether a bank knows it."""
    phone.client.get("/api/v1/auth/providers/ndid/banks")
    node.switch("down")
    assert phone.start().status_code == 202
    assert Phone(UNKNOWN_TO_BANKS).start().status_code == 202


def test_the_number_is_erased_when_the_limits_count_it_no_more(node: Node, phone: Phone) -> None:
    request_id, decoy = phone.started(), Phone(UNKNOWN_TO_BANKS).started()
    work()
    for one in (request_id, decoy):
        pass_time(one, hours=2)
    work()
    work()
    numbers_forget()
    assert row_of(request_id).number_encrypted is not None
    for one in (request_id, decoy):
        pass_time(one, days=1)
    numbers_forget()
    row = row_of(request_id)
    assert row.number_encrypted is None
    assert len(row.node_request_id) == 64, "kept for audits, as the salt is"
    assert row.initial_salt_encrypted is not None
    assert not ConsentRequest.objects.filter(pk=decoy).exists()
