"""Platform staff decide about held identities, once, about what they saw; and see a number for a reason."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from citizens.identity.citizens import citizen_identify
from citizens.identity.claims import open_national_id
from citizens.identity.deciding import CannotDecide, held_identity_compare, held_identity_decide
from citizens.identity.devices import Device
from citizens.identity.events import identity_event_write
from citizens.identity.holding import IdentityHeld
from citizens.identity.providers.base import IdentityNotProven
from citizens.models import Citizen, HeldIdentity, IdentityEvent
from services_catalog.models import OperatorAction
from services_catalog.services.operator_actions import Doer
from tests.factories import make_agency, make_held, national_id, verified_identity
from tests.services_catalog.admin.conftest import make_officer, signed_in
from tests.services_catalog.admin.pages import page

SOMEBODY_ELSE = {"given_name_th": "คนอื่น"}


@pytest.fixture
def held(db: None) -> HeldIdentity:
    return make_held()


@pytest.fixture
def operator(db: None) -> Client:
    return signed_in(make_officer("operator", "operator"))


def ask(client: Client, row: Any, action: str, **answers: str) -> Any:
    data = {"action": action, "_selected_action": [str(row.pk)], **answers}
    return client.post(page(type(row), "changelist"), data, headers={"accept-language": "en"}, follow=True)


def decide(client: Client, held: HeldIdentity, action: str, reason: str = "saw the papers") -> Any:
    """As the page asks: it shows both sides first."""
    seen = ask(client, held, action).context["form"]["seen_values"].initial
    return ask(client, held, action, confirmed="1", reason=reason, seen_values=seen)


def test_the_page_shows_both_sides_and_marks_what_differs(operator: Client, held: HeldIdentity) -> None:
    shown = operator.get(page(HeldIdentity, "change", held), headers={"accept-language": "en"}).text
    assert "คนอื่น" in shown
    assert "ทดสอบ" in shown
    assert shown.count('<span class="badge danger">') == 1


def test_an_accepted_identity_is_linked(operator: Client, held: HeldIdentity) -> None:
    decide(operator, held, "accept")
    held.refresh_from_db()

    assert (held.decision, held.reason) == ("accepted", "saw the papers")
    assert sorted(held.citizen.identities.values_list("provider", flat=True)) == ["moprom", "thaid"]
    action = OperatorAction.objects.get()
    assert (action.action, action.officer, action.agency) == ("held_identity_accept", held.decided_by, None)
    kinds = list(held.citizen.identity_events.order_by("id").values_list("kind", flat=True))
    assert kinds == ["linked", "held", "held_accepted", "linked"]
    number = open_national_id(held.citizen)
    assert citizen_identify(verified_identity(number, provider="moprom", **SOMEBODY_ELSE)) == held.citizen


def test_a_refused_identity_is_refused_again_until_it_says_something_else(operator: Client, held: HeldIdentity) -> None:
    decide(operator, held, "refuse")
    number = open_national_id(held.citizen)

    with pytest.raises(IdentityNotProven, match="held_identity_refused"):
        citizen_identify(verified_identity(number, provider="moprom", **SOMEBODY_ELSE))
    with pytest.raises(IdentityHeld):
        citizen_identify(verified_identity(number, provider="moprom", given_name_th="คนใหม่"))
    assert held.citizen.identities.count() == 1
    assert held.citizen.identity_events.filter(kind="held_refused").count() == 1


def test_nothing_is_decided_without_a_reason(operator: Client, held: HeldIdentity) -> None:
    decide(operator, held, "accept", reason=" ")
    held.refresh_from_db()
    assert held.decision == "waiting"
    assert not OperatorAction.objects.exists()


def test_nobody_decides_about_values_they_have_not_seen(operator: Client, held: HeldIdentity) -> None:
    seen = ask(operator, held, "accept").context["form"]["seen_values"].initial
    with pytest.raises(IdentityHeld):
        citizen_identify(verified_identity(open_national_id(held.citizen), provider="moprom", given_name_th="ผู้ร้าย"))
    answer = ask(operator, held, "accept", confirmed="1", reason="looked the same", seen_values=seen)

    assert "has changed since you looked" in answer.text
    assert held.citizen.identities.count() == 1


def test_an_account_that_became_another_citizens_is_not_taken_over(operator: Client, held: HeldIdentity) -> None:
    subject = open_national_id(held.citizen)
    other = citizen_identify(verified_identity(national_id(), provider="moprom", subject=subject))
    answer = decide(operator, held, "accept")

    assert "belongs to another citizen" in answer.text
    assert other.identities.get().provider == "moprom"
    held.refresh_from_db()
    assert held.decision == "waiting"


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_decide_once() -> None:
    held, together = make_held(), threading.Barrier(2)
    seen = held_identity_compare(held).marks()[0].hex()

    def one(decision: HeldIdentity.Decision) -> bool:
        together.wait()
        try:
            held_identity_decide(held_id=held.pk, decision=decision, seen=seen, by=Doer("x"), reason="r")
        except CannotDecide:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(one, [HeldIdentity.Decision.ACCEPTED, HeldIdentity.Decision.REFUSED]))
    assert sorted(done) == [False, True]
    assert OperatorAction.objects.count() == 1


def test_a_citizens_page_shows_what_happened_and_changes_nothing_of_it(operator: Client, citizen: Citizen) -> None:
    device = Device(name="Somchai's phone", network="203.0.113.0/24")
    identity_event_write(citizen.pk, IdentityEvent.Kind.SIGNED_IN, provider="thaid", device=device)
    shown = operator.get(page(Citizen, "change", citizen), headers={"accept-language": "en"}).text
    assert all(text in shown for text in ("Signed in", "Somchai&#x27;s phone", "203.0.113.0/24", "Digital ID linked"))
    assert 'name="identity_events-0-kind"' not in shown
    reviewer = signed_in(make_officer("reviewer", "platform_reviewer"))
    assert reviewer.get(page(Citizen, "change", citizen)).status_code == 403


def test_a_number_is_revealed_once_for_a_reason_that_is_kept(operator: Client, citizen: Citizen) -> None:
    number = open_national_id(citizen)
    assert number not in operator.get(page(Citizen, "change", citizen)).text
    assert number not in ask(operator, citizen, "reveal", confirmed="1", reason="").text
    assert not OperatorAction.objects.exists()

    assert number in ask(operator, citizen, "reveal", confirmed="1", reason="court order 12").text
    action = OperatorAction.objects.get()
    assert (action.action, action.reason, action.subject_id) == ("number_reveal", "court order 12", citizen.pk)
    assert citizen.identity_events.latest("id").kind == "number_seen"
    assert number not in operator.get(page(OperatorAction, "changelist")).text


@pytest.mark.parametrize("role", ["platform_reviewer", "agency_administrator", "case_handler", "editor"])
def test_other_roles_neither_decide_nor_reveal(held: HeldIdentity, role: str) -> None:
    of_agency = {} if role == "platform_reviewer" else {"agency": make_agency()}
    client = signed_in(make_officer("other", role, **of_agency))
    for row, action in ((held, "accept"), (held.citizen, "reveal")):
        answer = ask(client, row, action, confirmed="1", reason="curious", seen_values="x")
        assert open_national_id(held.citizen) not in answer.text
    held.refresh_from_db()
    assert held.decision == "waiting"
    assert not OperatorAction.objects.exists()
