"""A citizen sees their digital IDs, and unlinks all but one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from citizens.identity.citizens import citizen_identify
from citizens.identity.claims import open_claims, open_national_id
from citizens.identity.devices import Device
from citizens.identity.holding import IdentityHeld
from citizens.identity.identities import identity_unlink
from citizens.identity.tokens import access_token_issue
from citizens.models import Citizen, HeldIdentity, IdentityEvent, Session
from tests.citizens.identity.conftest import Browser, landing
from tests.conftest import phone_with
from tests.factories import make_session, national_id, verified_identity


@pytest.fixture
def both(db: None) -> Citizen:
    """Came by ThaID and then by Mor Prom."""
    number = national_id()
    citizen_identify(verified_identity(number, address="ThaID"))
    return citizen_identify(verified_identity(number, provider="moprom", ial="2.1", gender="male"))


@pytest.fixture
def phone(both: Citizen) -> APIClient:
    """Signed in by ThaID."""
    return phone_with(access_token_issue(make_session(both)))


def codes(phone: APIClient) -> list[str]:
    return [one["provider"]["code"] for one in phone.get("/api/v1/me/identities").json()["linked"]]


def test_who_i_am_shows_the_number_masked(db: None) -> None:
    citizen = citizen_identify(verified_identity("1234567890121", title_th="นาย"))
    answer = phone_with(access_token_issue(make_session(citizen))).get("/api/v1/me")

    assert answer.json() == {
        "id": str(citizen.pk),
        "national_id": "1-xxxx-xxxxx-12-1",
        "names": {"title_th": "นาย", "given_name_th": "ทดสอบ", "family_name_th": "ระบบดี"},
    }
    assert "1234567890121" not in answer.content.decode()


def test_my_identities_are_shown(phone: APIClient) -> None:
    shown = phone.get("/api/v1/me/identities").json()
    assert [(one["provider"]["code"], one["ial"], one["can_unlink"]) for one in shown["linked"]] == [
        ("thaid", "2.3", True),
        ("moprom", "2.1", True),
    ]
    assert shown["held"] == []


def test_a_held_identity_is_shown_with_what_to_do(phone: APIClient, both: Citizen) -> None:
    number_of = national_id()
    citizen = citizen_identify(verified_identity(number_of))
    with pytest.raises(IdentityHeld):
        citizen_identify(verified_identity(number_of, provider="paotang", given_name_th="คนอื่น"))
    theirs = phone_with(access_token_issue(make_session(citizen)))

    [held] = theirs.get("/api/v1/me/identities").json()["held"]
    assert (held["provider"]["code"], held["decision"], held["differing"]) == ("paotang", "waiting", ["given_name_th"])
    assert held["what_next"]["th"]
    assert "our staff are looking at it" in held["what_next"]["en"]
    assert phone.get("/api/v1/me/identities").json()["held"] == [], "of others nothing is seen"

    HeldIdentity.objects.update(decision="refused", decided_at=timezone.now())
    [refused] = theirs.get("/api/v1/me/identities").json()["held"]
    assert "did not accept" in refused["what_next"]["en"]


def test_unlinking_forgets_the_account_and_what_only_it_said(phone: APIClient, both: Citizen) -> None:
    assert phone.delete("/api/v1/me/identities/moprom").status_code == 204

    assert codes(phone) == ["thaid"]
    both.refresh_from_db()
    assert "gender" not in open_claims(both)
    assert both.identity_events.latest("id").kind == IdentityEvent.Kind.UNLINKED


def test_unlinking_forgets_an_account_of_that_provider_that_is_held(phone: APIClient, both: Citizen) -> None:
    """Nobody accepts it later, and so links again what the citizen has unlinked."""
    number = open_national_id(both)
    for provider in ("moprom", "paotang"):
        with pytest.raises(IdentityHeld):
            citizen_identify(verified_identity(number, provider=provider, subject="2", given_name_th="คนอื่น"))
    assert phone.delete("/api/v1/me/identities/moprom").status_code == 204

    held = phone.get("/api/v1/me/identities").json()["held"]
    assert [one["provider"]["code"] for one in held] == ["paotang"]
    assert HeldIdentity.objects.get().provider == "paotang"


def test_the_last_identity_stays(phone: APIClient) -> None:
    phone.delete("/api/v1/me/identities/moprom")
    answer = phone.delete("/api/v1/me/identities/thaid")

    assert (answer.status_code, answer.json()["code"]) == (409, "last_identity")
    assert codes(phone) == ["thaid"]


def test_an_identity_that_is_not_linked_is_not_there(phone: APIClient, stranger: APIClient) -> None:
    assert phone.delete("/api/v1/me/identities/paotang").status_code == 404
    assert stranger.delete("/api/v1/me/identities/moprom").status_code == 404, "another citizen's"
    assert codes(phone) == ["thaid", "moprom"]


def test_sessions_of_an_unlinked_identity_end_but_for_the_one_that_asks(phone: APIClient, both: Citizen) -> None:
    elsewhere, by_moprom = make_session(both), make_session(both)
    Session.objects.filter(pk=by_moprom.pk).update(provider="moprom")

    assert phone.delete("/api/v1/me/identities/thaid").status_code == 204
    ended = Session.objects.exclude(ended_at=None)
    assert [(one.pk, one.ended_because) for one in ended] == [(elsewhere.pk, "unlinked")]
    assert phone.get("/api/v1/me").status_code == 200


def test_a_code_of_an_unlinked_identity_is_refused(browser: Browser) -> None:
    code = browser.sign_in()["code"]
    citizen = citizen_identify(verified_identity("1234567890121", provider="moprom"))
    session = make_session(citizen)
    Session.objects.update(provider="moprom")
    assert phone_with(access_token_issue(session)).delete("/api/v1/me/identities/thaid").status_code == 204

    answer = browser.exchange(code=code)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_grant")
    assert not Session.objects.exclude(pk=session.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_a_code_that_is_exchanged_while_its_identity_is_unlinked_is_refused(browser: Browser) -> None:
    code = browser.sign_in()["code"]
    citizen = citizen_identify(verified_identity("1234567890121", provider="moprom"))
    session = make_session(citizen)

    def exchange() -> int:
        try:
            return int(browser.exchange(code=code).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            identity_unlink(citizen_id=citizen.pk, session_id=session.pk, provider="thaid", device=Device())
            exchanged = thread.submit(exchange)
            with pytest.raises(TimeoutError):
                exchanged.result(timeout=1)
        assert exchanged.result() == 400
    assert list(Session.objects.all()) == [session]


def test_an_answer_to_a_sign_in_begun_before_the_unlinking_links_nothing(browser: Browser) -> None:
    browser.tokens()
    citizen = citizen_identify(verified_identity("1234567890121", provider="moprom"))
    phone = phone_with(access_token_issue(make_session(citizen)))
    late = Browser()
    answer = late.consent(late.begin()["Location"], "1234567890121")
    assert phone.delete("/api/v1/me/identities/thaid").status_code == 204

    assert landing(late.come_back(answer)) == {"error": "access_denied", "state": late.state}
    assert codes(phone) == ["moprom"]

    assert "code" in Browser().sign_in()
    assert codes(phone) == ["moprom", "thaid"], "a sign-in that begins anew links it again"


def test_unlinking_leaves_sign_ins_by_other_providers(browser: Browser) -> None:
    citizen = citizen_identify(verified_identity("1234567890121", provider="moprom"))
    phone = phone_with(access_token_issue(make_session(citizen)))
    code = browser.sign_in()["code"]
    assert phone.delete("/api/v1/me/identities/moprom").status_code == 204
    assert browser.exchange(code=code).status_code == 200


def test_unlinking_needs_a_recent_sign_in(both: Citizen) -> None:
    session = make_session(both)
    Session.objects.update(authenticated_at=timezone.now() - timedelta(minutes=16))
    answer = phone_with(access_token_issue(session)).delete("/api/v1/me/identities/moprom")

    assert (answer.status_code, answer.json()["code"], answer.json()["max_age"]) == (401, "recent_sign_in_needed", 900)
    assert 'max_age="900"' in answer["WWW-Authenticate"]
    assert both.identities.count() == 2


def test_an_unlinked_identity_is_linked_again_by_a_fresh_proof(phone: APIClient, both: Citizen) -> None:
    phone.delete("/api/v1/me/identities/moprom")
    assert codes(phone) == ["thaid"]
    number = open_national_id(both)
    with pytest.raises(IdentityHeld):
        citizen_identify(verified_identity(number, provider="moprom", ial="2.1", given_name_th="คนอื่น"))
    citizen_identify(verified_identity(number, provider="moprom", ial="2.1"))
    assert codes(phone) == ["thaid", "moprom"]
