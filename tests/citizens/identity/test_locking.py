"""What is decided about a citizen waits for no transaction that only names the citizen in a row of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection, transaction

from citizens.identity.citizens import citizen_identify
from citizens.identity.claims import open_national_id
from citizens.identity.deciding import held_identity_compare, held_identity_decide
from citizens.identity.events import identity_event_write
from citizens.identity.sessions import session_end
from citizens.identity.tokens import access_token_issue
from citizens.models import HeldIdentity, IdentityEvent, Session
from services_catalog.services.operator_actions import Doer
from tests.conftest import phone_with
from tests.factories import make_held, make_session, verified_identity

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def held(db: None) -> HeldIdentity:
    """Mor Prom's, of a citizen who came by ThaID and Pao Tang."""
    held = make_held()
    citizen_identify(verified_identity(open_national_id(held.citizen), provider="paotang"))
    return held


def sign_in(held: HeldIdentity) -> None:
    citizen_identify(verified_identity(open_national_id(held.citizen)))


def decide(held: HeldIdentity) -> None:
    seen = held_identity_compare(held).marks()[0].hex()
    held_identity_decide(held_id=held.pk, decision=HeldIdentity.Decision.REFUSED, seen=seen, by=Doer("x"), reason="r")


def unlink(held: HeldIdentity) -> None:
    """ThaID, by a phone that came by it."""
    phone = phone_with(access_token_issue(make_session(held.citizen)))
    assert phone.delete("/api/v1/me/identities/thaid").status_code == 204


def on_a_connection_of_its_own(do: Callable[[], None]) -> None:
    try:
        do()
    finally:
        connection.close()


@pytest.mark.parametrize("act", [sign_in, decide, unlink])
def test_nobody_waits_for_what_only_names_the_citizen(held: HeldIdentity, act: Callable[[HeldIdentity], None]) -> None:
    with ThreadPoolExecutor(1) as thread, transaction.atomic():
        identity_event_write(held.citizen_id, IdentityEvent.Kind.NUMBER_SEEN)
        connection.check_constraints()  # as the commit does: the citizen's key is shared until it is through
        thread.submit(on_a_connection_of_its_own, partial(act, held)).result(timeout=1)


def test_a_device_is_signed_out_while_the_identity_it_came_by_is_unlinked(held: HeldIdentity) -> None:
    """Signing out has the session and then names the citizen; unlinking has the citizen and then wants the session."""
    elsewhere = make_session(held.citizen)
    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            assert session_end(elsewhere.pk, Session.EndedBecause.SIGNED_OUT)
            unlinked = thread.submit(on_a_connection_of_its_own, partial(unlink, held))
            with pytest.raises(TimeoutError):
                unlinked.result(timeout=0.5)
        unlinked.result()

    elsewhere.refresh_from_db()
    assert elsewhere.ended_because == "signed_out"
    assert not held.citizen.identities.filter(provider="thaid").exists()
