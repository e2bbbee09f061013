"""What others try: the node's voice forged, somebody else's request, many requests, numbers that are none."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from citizens.identity.consent_requests.rows import callback_token
from citizens.models import Citizen, ConsentRequest, IdentityProvider, Session
from superapp.sandbox.listener import Response
from tests.citizens.identity.consent_requests.conftest import (
    NODE_REQUEST,
    Phone,
    ScriptedNode,
    callback,
    completed,
    pass_time,
    row_of,
    status,
    work,
)
from tests.factories import national_id


@pytest.fixture
def waiting(scripted: ScriptedNode, phone: Phone) -> str:
    """A request that the node has and nobody has answered."""
    request_id = phone.started()
    work()
    assert row_of(request_id).node_request_id == NODE_REQUEST
    return request_id


def far_away(request_id: str) -> None:
    ConsentRequest.objects.filter(pk=request_id).update(next_poll_at=timezone.now() + timedelta(hours=1))


def is_due(request_id: str) -> bool:
    due = row_of(request_id).next_poll_at
    return due is not None and due <= timezone.now()


def test_a_forged_callback_signs_nobody_in(waiting: str, phone: Phone) -> None:
    assert callback(waiting, **completed(), block_height="chain:900").status_code == 204
    assert phone.state(waiting) == "waiting"
    work()  # the node says otherwise
    assert phone.state(waiting) == "waiting"
    assert phone.finish(waiting).json()["code"] == "consent_not_given"
    assert not Session.objects.exists()


def test_a_callback_has_the_node_asked_soon(waiting: str) -> None:
    far_away(waiting)
    assert callback(waiting, request_id=NODE_REQUEST, block_height="chain:107").status_code == 204
    assert is_due(waiting)
    assert row_of(waiting).block_height == 107


@pytest.mark.parametrize("late", ["chain:107", "chain:106"], ids=["repeated", "out of order"])
def test_a_repeated_or_late_callback_changes_nothing(waiting: str, late: str) -> None:
    callback(waiting, block_height="chain:107")
    far_away(waiting)
    assert callback(waiting, block_height=late).status_code == 204
    assert not is_due(waiting)
    assert row_of(waiting).block_height == 107


def test_heights_are_compared_as_numbers(waiting: str) -> None:
    callback(waiting, block_height="chain:99")
    far_away(waiting)
    callback(waiting, block_height="chain:100")
    assert is_due(waiting)


def test_a_callback_about_anothers_request_is_ignored(waiting: str) -> None:
    far_away(waiting)
    assert callback(waiting, request_id="cd" * 32, block_height="chain:107").status_code == 204
    assert not is_due(waiting)


def test_an_address_that_was_not_given_to_the_node_does_not_exist(waiting: str) -> None:
    answer = APIClient().post(f"/api/v1/auth/consent-requests/callback/{'0' * 64}", {"request_id": NODE_REQUEST})
    assert answer.status_code == 404


def test_the_token_of_the_callback_is_kept_as_its_digest_alone(waiting: str, scripted: ScriptedNode) -> None:
    sent = next(one for one in scripted.arrived if "/rp/requests/" in one.target)
    token = sent.body.decode().partition("/callback/")[2].partition('"')[0]
    assert len(token) == 64
    assert bytes(row_of(waiting).callback_token_hash).hex() != token


@pytest.mark.parametrize("content", [b"[]", b"{", b'{"block_height": 5}', b'{"request_id": {}}', b"\xff"])
def test_a_callback_of_nonsense_is_no_server_error(waiting: str, content: bytes) -> None:
    address = f"/api/v1/auth/consent-requests/callback/{callback_token(UUID(waiting))}"
    answer = APIClient().generic("POST", address, content.decode("latin-1"), content_type="application/json")
    assert answer.status_code in (204, 400, 422)


def accept(scripted: ScriptedNode, **changes: Any) -> None:
    scripted.request = completed(**changes)
    work()


def test_finishing_with_another_verifier_is_refused_and_the_starter_can_still_finish(
    waiting: str, phone: Phone, scripted: ScriptedNode
) -> None:
    accept(scripted)
    assert phone.finish(waiting, Phone().verifier).json()["code"] == "invalid_grant"
    assert phone.cancel(waiting, Phone().verifier).json()["code"] == "invalid_grant"
    assert phone.state(waiting) == "accepted"
    assert phone.finish(waiting).status_code == 200


def test_nobody_finishes_twice(waiting: str, phone: Phone, scripted: ScriptedNode) -> None:
    accept(scripted)
    assert phone.finish(waiting).status_code == 200
    assert phone.finish(waiting).json()["code"] == "invalid_grant"
    assert Session.objects.count() == 1


def test_a_stranger_learns_nothing_from_trying_to_finish(waiting: str, phone: Phone) -> None:
    of_another = phone.finish(waiting, Phone().verifier)
    of_none = phone.finish("0190b4a2-0000-7000-8000-000000000000")
    assert of_another.json() == of_none.json()


def test_an_accepted_request_that_nobody_finishes_ends(waiting: str, phone: Phone, scripted: ScriptedNode) -> None:
    accept(scripted)
    pass_time(waiting, hours=1)
    assert phone.finish(waiting).json()["code"] == "invalid_grant"
    work()
    assert row_of(waiting).failure_code == "not_finished"
    assert phone.start().status_code == 202


def test_a_provider_that_was_switched_off_signs_nobody_in(waiting: str, phone: Phone, scripted: ScriptedNode) -> None:
    accept(scripted)
    IdentityProvider.objects.update(is_on=False)
    assert phone.finish(waiting).json()["code"] == "unknown_provider"
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"valid_signature": False}, "signature_or_level_not_valid"),
        ({"valid_ial": False}, "signature_or_level_not_valid"),
        ({"valid_ial": None, "valid_signature": None}, "signature_or_level_not_valid"),
        ({"ial": 2.1}, "level_too_low"),
        ({"aal": 1}, "level_too_low"),
        ({"ial": None}, "level_too_low"),
        ({"idp_id": "idp2"}, "answer_not_ours"),
        ({"status": "reject"}, "answer_not_ours"),
    ],
)
def test_an_answer_that_proves_less_than_was_asked_signs_nobody_in(
    waiting: str, phone: Phone, scripted: ScriptedNode, changes: dict[str, Any], code: str
) -> None:
    accept(scripted, **changes)
    assert (phone.state(waiting), row_of(waiting).failure_code) == ("failed", code)
    assert phone.finish(waiting).json()["code"] == "invalid_grant"
    assert not Citizen.objects.exists()


def test_checks_that_the_chain_does_not_tell_yet_are_waited_for(
    waiting: str, phone: Phone, scripted: ScriptedNode
) -> None:
    scripted.request = {**completed(valid_ial=None, valid_signature=None), "closed": False}
    work()
    assert phone.state(waiting) == "waiting"
    accept(scripted)
    assert phone.state(waiting) == "accepted"


def test_levels_are_capped_by_the_row(waiting: str, phone: Phone, scripted: ScriptedNode) -> None:
    accept(scripted, ial=3, aal=3)
    phone.finish(waiting)
    session = Session.objects.get()
    assert (str(session.ial), str(session.aal)) == ("2.3", "2.2")


def test_one_open_request_for_a_number(waiting: str, phone: Phone) -> None:
    answer = Phone().start()
    assert (answer.status_code, answer.json()["code"]) == (409, "consent_request_open")
    assert 0 < int(answer["Retry-After"]) <= 600


def test_one_open_request_for_an_unknown_number_too(scripted: ScriptedNode, phone: Phone) -> None:
    scripted.answers["/utility/idp/citizen_id/"] = Response(200, b"[]")
    phone.started()
    work()
    assert Phone().start().status_code == 409


def test_a_phone_that_lost_the_answer_gets_the_same_request(waiting: str, phone: Phone) -> None:
    assert phone.started() == waiting
    assert ConsentRequest.objects.count() == 1


def test_a_number_is_asked_three_times_an_hour_and_five_a_day(scripted: ScriptedNode) -> None:
    phones = [Phone() for _ in range(3)]
    for one in phones:
        one.cancel(one.started())
    answer = Phone().start()
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_consent_requests")
    assert 3590 < int(answer["Retry-After"]) <= 3600
    for row in ConsentRequest.objects.all():
        pass_time(str(row.pk), hours=2)
    for one in (Phone(), Phone()):
        one.cancel(one.started())
    answer = Phone().start()
    assert answer.status_code == 429
    assert 21 * 3600 < int(answer["Retry-After"]) <= 22 * 3600


def test_a_device_asks_three_times_an_hour_for_whomever(scripted: ScriptedNode, phone: Phone) -> None:
    for _ in range(3):
        phone.started(national_id=national_id())
    answer = phone.start(national_id=national_id())
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_consent_requests")
    assert Phone(national_id()).start().status_code == 202


@pytest.mark.parametrize(
    ("number", "taken"),
    [
        ("1234567890122", False),
        ("9234567890121", False),
        ("123456789012", False),
        ("๑๒๓๔๕๖๗๘๙๐๑๒๑", False),
        ("0993000133978", False),
        ("0105536112014", True),
    ],
    ids=["check digit", "9-leading", "too short", "Thai digits", "public body", "0-leading"],
)
def test_only_numbers_of_people_are_asked(scripted: ScriptedNode, number: str, taken: bool) -> None:
    answer = Phone(number).start()
    assert answer.status_code == (202 if taken else 422)
    assert ConsentRequest.objects.exists() == taken
    assert number not in answer.content.decode()


def test_only_banks_of_the_list_are_asked(scripted: ScriptedNode, phone: Phone) -> None:
    answer = phone.start(bank="idp9")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/bank")


def test_starting_is_counted_by_the_shared_limits(
    scripted: ScriptedNode, phone: Phone, limit_rate: Callable[[str, str], None]
) -> None:
    limit_rate("sign_in", "1/minute")
    phone.start()
    answer = phone.start()
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_late_news_of_a_request_that_has_ended_is_harmless(waiting: str, phone: Phone, scripted: ScriptedNode) -> None:
    scripted.request = status("rejected")
    work()
    assert phone.state(waiting) == "rejected"
    scripted.request = completed()
    callback(waiting, request_id=NODE_REQUEST, block_height="chain:120")
    work()
    assert phone.state(waiting) == "rejected"
    assert not Session.objects.exists()
