"""One number is one citizen, whichever provider says it; what providers disagree on waits for a human."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection

from citizens.identity.citizens import citizen_identify
from citizens.identity.claims import applicant_claims, open_claims
from citizens.identity.holding import IdentityHeld
from citizens.identity.providers.base import IdentityNotProven, VerifiedIdentity
from citizens.identity.tokens import access_token_issue
from citizens.models import Citizen, HeldIdentity, IdentityEvent, LinkedIdentity
from tests.citizens.identity.begun import sign_in_with
from tests.citizens.identity.fake_provider import FakeProvider
from tests.conftest import phone_with
from tests.factories import make_session, national_id, verified_identity

STATELESS, JURISTIC_BODY, WRONG_CHECK_DIGIT = "0101100000011", "0994000617721", "1234567890123"


@pytest.fixture
def number(db: None) -> str:
    return national_id()


def kinds(citizen: Citizen) -> list[str]:
    return list(citizen.identity_events.order_by("id").values_list("kind", flat=True))


def test_a_second_provider_with_the_same_number_is_the_same_citizen(number: str) -> None:
    first = citizen_identify(verified_identity(number))
    second = citizen_identify(verified_identity(number, provider="moprom", subject="account-1"))

    assert second == first
    assert sorted(first.identities.values_list("provider", flat=True)) == ["moprom", "thaid"]
    assert kinds(first) == ["linked", "linked"]


def test_a_provider_that_says_nothing_but_the_number_is_linked(number: str) -> None:
    first = citizen_identify(verified_identity(number))
    told_nothing = verified_identity(number, provider="ndid")
    bare = VerifiedIdentity("ndid", "reference", number, {}, told_nothing.assurance)

    assert citizen_identify(bare) == first
    assert open_claims(first)["given_name_th"] == "ทดสอบ"


def test_a_provider_that_differs_is_held_and_blocks_nothing(number: str) -> None:
    first = citizen_identify(verified_identity(number))
    with pytest.raises(IdentityHeld):
        citizen_identify(verified_identity(number, provider="moprom", given_name_th="คนอื่น"))

    held = first.held.get()
    assert (held.decision, held.differing) == ("waiting", ["given_name_th"])
    assert first.identities.get().provider == "thaid"
    assert citizen_identify(verified_identity(number)) == first
    first.refresh_from_db()
    assert open_claims(first)["given_name_th"] == "ทดสอบ"
    assert kinds(first) == ["linked", "held"]


def test_later_sign_ins_update_the_one_that_waits(number: str) -> None:
    first = citizen_identify(verified_identity(number))
    for name in ("หนึ่ง", "สอง", "สอง"):
        with pytest.raises(IdentityHeld):
            citizen_identify(verified_identity(number, provider="moprom", given_name_th=name))

    assert first.held.count() == 1
    assert kinds(first) == ["linked", "held", "held"], "the third said nothing new"


def test_what_waits_is_gone_once_the_provider_agrees(number: str) -> None:
    first = citizen_identify(verified_identity(number))
    with pytest.raises(IdentityHeld):
        citizen_identify(verified_identity(number, provider="moprom", given_name_th="คนอื่น"))

    assert citizen_identify(verified_identity(number, provider="moprom")) == first
    assert not HeldIdentity.objects.exists()


def test_the_same_account_may_change_what_it_says(number: str) -> None:
    """Somebody marries, and the provider knows first."""
    citizen_identify(verified_identity(number))
    citizen = citizen_identify(verified_identity(number, family_name_th="ใหม่"))
    assert open_claims(citizen)["family_name_th"] == "ใหม่"


def test_another_account_of_the_same_provider_has_to_agree(number: str) -> None:
    citizen = citizen_identify(verified_identity(number, subject="old"))
    with pytest.raises(IdentityHeld):
        citizen_identify(verified_identity(number, subject="new", given_name_th="คนอื่น"))
    citizen_identify(verified_identity(number, subject="newer"))

    assert citizen.identities.count() == 1
    with pytest.raises(IdentityHeld):
        citizen_identify(verified_identity(number, subject="old", given_name_th="คนอื่น"))


def test_a_person_whose_number_has_changed_is_told_so_and_may_unlink_and_come_again(provider: FakeProvider) -> None:
    former, new = national_id(), national_id()

    def come_with(number: str) -> dict[str, str]:
        return sign_in_with(provider, lambda nonce: provider.signs(provider.claims(nonce, sub="one", pid=number)))

    assert "code" in come_with(former)
    assert come_with(new)["error"] == "number_changed"
    citizen = citizen_identify(replace(verified_identity(former, provider="moprom"), claims={}))
    assert Citizen.objects.count() == 1, "nobody was made of it"

    phone = phone_with(access_token_issue(make_session(citizen)))
    assert phone.delete("/api/v1/me/identities/thaid").status_code == 204
    assert "code" in come_with(new)
    assert Citizen.objects.count() == 2


def test_an_account_that_comes_with_a_second_number_is_refused(number: str) -> None:
    citizen_identify(verified_identity(number, subject="one account"))
    with pytest.raises(IdentityNotProven, match="account_of_another_citizen"):
        citizen_identify(verified_identity(national_id(), subject="one account"))

    assert Citizen.objects.count() == 1


def test_one_subject_at_two_providers_is_two_accounts(number: str) -> None:
    citizen_identify(verified_identity(number, subject="7"))
    citizen_identify(verified_identity(national_id(), provider="moprom", subject="7"))
    assert Citizen.objects.count() == 2


def test_agencies_get_the_fields_of_the_strongest_identity_and_what_only_others_give(number: str) -> None:
    citizen_identify(verified_identity(number, provider="paotang", ial="2.1", gender="male", address="อ่อน"))
    citizen_identify(verified_identity(number, ial="2.3", title_th="นาย", address="แข็ง"))
    citizen = citizen_identify(verified_identity(number, provider="paotang", ial="2.1", gender="male", address="ใหม่"))

    assert applicant_claims(citizen, ["address", "gender", "title_th", "national_id"]) == {
        "address": "แข็ง",
        "gender": "male",
        "title_th": "นาย",
        "national_id": number,
    }


def test_of_equally_strong_identities_the_one_used_last_counts(number: str) -> None:
    citizen_identify(verified_identity(number, address="แรก"))
    citizen = citizen_identify(verified_identity(number, provider="moprom", address="หลัง"))
    assert open_claims(citizen)["address"] == "หลัง"
    citizen = citizen_identify(verified_identity(number, address="แรก"))
    assert open_claims(citizen)["address"] == "แรก"


def linked_before_claims_were_kept() -> None:
    """Makes rows what they are where they are older than the constraint, which looks at what is written since."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'identity_is_sealed'")
        [definition] = cursor.fetchone()
        cursor.execute("ALTER TABLE citizens_linkedidentity DROP CONSTRAINT identity_is_sealed")
        LinkedIdentity.objects.update(subject_encrypted=None, claims_encrypted=None)
        cursor.execute(f"ALTER TABLE citizens_linkedidentity ADD CONSTRAINT identity_is_sealed {definition}")


def test_an_identity_of_before_claims_were_kept_is_compared_by_the_citizens(number: str) -> None:
    citizen = citizen_identify(verified_identity(number))
    linked_before_claims_were_kept()

    with pytest.raises(IdentityHeld):
        citizen_identify(verified_identity(number, provider="moprom", given_name_th="คนอื่น"))
    assert citizen_identify(verified_identity(number)) == citizen
    assert not LinkedIdentity.objects.filter(claims_encrypted=None).exists()


@pytest.mark.parametrize("column", ["subject_encrypted", "claims_encrypted"])
def test_the_database_refuses_a_linked_identity_without_what_was_said(number: str, column: str) -> None:
    citizen_identify(verified_identity(number))
    with pytest.raises(IntegrityError, match="identity_is_sealed"):
        LinkedIdentity.objects.update(**{column: None})


def test_stateless_people_are_citizens(db: None) -> None:
    assert citizen_identify(verified_identity(STATELESS)).identities.count() == 1


@pytest.mark.parametrize(
    "wrong", [JURISTIC_BODY, WRONG_CHECK_DIGIT, "9101700234563", "123456789012", "", "๑๒๓๔๕๖๗๘๙๐๑๒๑"]
)
def test_numbers_that_are_no_citizens_make_none(db: None, wrong: str) -> None:
    with pytest.raises(IdentityNotProven, match="no_valid_national_id"):
        citizen_identify(verified_identity(wrong, subject="x"))
    assert not Citizen.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_first_sign_ins_at_the_same_moment_are_one_citizen() -> None:
    for _ in range(5):
        number, together = national_id(), threading.Barrier(4)

        def sign_in(provider: str, number: str = number, together: threading.Barrier = together) -> Citizen:
            together.wait()
            try:
                return citizen_identify(verified_identity(number, provider=provider, subject=number + provider))
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as threads:
            found = set(threads.map(sign_in, ["thaid", "moprom", "paotang", "dga"]))
        assert len(found) == 1
        assert found.pop().identities.count() == 4
    assert Citizen.objects.count() == 5
    assert IdentityEvent.objects.count() == 20
