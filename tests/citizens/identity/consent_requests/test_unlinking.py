"""NDID that a citizen has unlinked comes back by a new consent alone."""

import pytest

from citizens.identity.citizens import citizen_identify
from citizens.identity.tokens import access_token_issue
from citizens.models import Citizen, LinkedIdentity
from tests.citizens.identity.consent_requests.conftest import PERSON, Node, Phone, row_of, work
from tests.conftest import phone_with
from tests.factories import make_session, national_id, verified_identity


@pytest.fixture
def citizen(db: None) -> Citizen:
    """Came by ThaID and by NDID."""
    citizen_identify(verified_identity(PERSON))
    return citizen_identify(verified_identity(PERSON, provider="ndid"))


def unlink(citizen: Citizen) -> None:
    answer = phone_with(access_token_issue(make_session(citizen))).delete("/api/v1/me/identities/ndid")
    assert answer.status_code == 204


@pytest.mark.parametrize("heard", [True, False], ids=["that we know of", "that the bank has still"])
def test_an_unlinked_bank_is_not_linked_again_by_an_earlier_yes(
    node: Node, phone: Phone, citizen: Citizen, heard: bool
) -> None:
    request_id = phone.started()
    work()
    node.decide(request_id)
    if heard:
        work()
        assert phone.state(request_id) == "accepted"
    unlink(citizen)

    work()
    assert phone.state(request_id) == "cancelled"
    assert phone.finish(request_id).json()["code"] == "invalid_grant"
    assert list(LinkedIdentity.objects.values_list("provider", flat=True)) == ["thaid"]
    work()
    assert row_of(request_id).closed_at is not None, "closed at the node, too"

    again = phone.started()
    work()
    node.decide(again)
    work()
    assert phone.finish(again).status_code == 200
    assert set(LinkedIdentity.objects.values_list("provider", flat=True)) == {"thaid", "ndid"}


def test_unlinking_leaves_the_requests_of_others(node: Node, phone: Phone, citizen: Citizen) -> None:
    request_id, theirs = phone.started(), Phone(national_id()).started()
    unlink(citizen)
    assert (phone.state(request_id), phone.state(theirs)) == ("cancelled", "waiting")
