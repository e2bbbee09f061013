"""A citizen opens an agency's own app; the agency learns once, soon, and what was consented to."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from citizens.identity.claims import seal_claims
from citizens.identity.consents import consent_revoke
from citizens.identity.devices import Device
from citizens.identity.tasks import forget_expired
from citizens.identity.tokens import access_token_issue
from citizens.models import AgencySubject, Citizen, Consent, IdentityEvent, ServiceToken, Session
from services_catalog.models import Agency, Service
from services_catalog.services.publishing import service_unpublish
from tests.citizens.identity.redeeming import CONSENTS, ask, make_mini_app, publish_asking, redeem, token_of
from tests.citizens.service_requests.submitting import assert_problem
from tests.conftest import phone_with
from tests.factories import make_agency, make_citizen, make_draft_service, make_provider, make_session, national_id

NAME = "ทดสอบ ระบบดี"


@pytest.fixture
def number() -> str:
    return national_id()


@pytest.fixture
def citizen(db: None, number: str) -> Citizen:
    made = make_citizen(number)
    made.claims_encrypted = seal_claims(made.pk, {"name_th": NAME, "birthdate": "1990-05-17"})
    made.save()
    return made


@pytest.fixture
def mini_app(agency: Agency) -> Service:
    return make_mini_app(agency)


def events(citizen: Citizen) -> list[tuple[str, list[str]]]:
    kinds = ("consent_given", "consent_revoked", "token_redeemed")
    found = IdentityEvent.objects.filter(citizen=citizen, kind__in=kinds).order_by("id")
    return list(found.values_list("kind", "claims"))


def test_the_agency_learns_who_came(
    api: APIClient, agency: Agency, citizen: Citizen, mini_app: Service, number: str
) -> None:
    issued = ask(api, consent=["name_th", "national_id"])
    assert (issued.status_code, issued["Cache-Control"]) == (201, "no-store")
    assert (issued.json()["expires_in"], issued.json()["claims"]) == (120, ["name_th", "national_id"])

    told = redeem(agency, issued.json()["token"])

    assert (told.status_code, told["Cache-Control"]) == (200, "no-store")
    session = Session.objects.get()
    assert told.json() == {
        "subject": str(AgencySubject.objects.get().pk),
        "service": "dlt-app",
        "version": 2,
        "claims": {"name_th": NAME, "national_id": number},
        "assurance": {"ial": "2.3", "aal": "2.2"},
        "auth_time": timezone.localtime(session.authenticated_at).isoformat(),
    }
    assert str(citizen.pk) not in told.content.decode()
    claims = ["name_th", "national_id"]
    assert events(citizen) == [("consent_given", claims), ("token_redeemed", claims)]


def test_without_consent_the_phone_is_told_what_to_ask(api: APIClient, agency: Agency, mini_app: Service) -> None:
    Service.objects.filter(pk=mini_app.pk).update(
        claim_purposes={"name_th": {"th": "ออกใบอนุญาต", "en": "To print it"}}, privacy_url="https://dlt.example/p"
    )

    asked = assert_problem(ask(api), 403, "consent_needed")["asked"]

    assert asked["service"] == {"code": "dlt-app", "name": {"th": mini_app.name_th, "en": mini_app.name_en}}
    assert asked["agency"] == {"code": "dlt", "name": {"th": agency.name_th, "en": agency.name_en}}
    assert (asked["purpose"]["code"], asked["privacy_url"]) == ("mini_app", "https://dlt.example/p")
    assert asked["purpose"]["name"]["th"]
    assert asked["claims"] == [
        {
            "claim": "name_th",
            "name": {"th": "ชื่อและนามสกุล", "en": "Full name"},
            "purpose": {"th": "ออกใบอนุญาต", "en": "To print it"},
            "given": False,
        },
        {
            "claim": "national_id",
            "name": {"th": "เลขประจำตัวประชาชน", "en": "National ID number"},
            "purpose": None,
            "given": False,
        },
    ]
    assert not ServiceToken.objects.exists()
    assert not Consent.objects.exists()


def test_a_service_that_asks_for_nothing_needs_a_yes_all_the_same(api: APIClient, agency: Agency) -> None:
    """It learns that the same person has come again."""
    make_mini_app(agency, claims=[])
    assert assert_problem(ask(api), 403, "consent_needed")["asked"]["claims"] == []
    assert redeem(agency, token_of(api, [])).json()["claims"] == {}


def test_only_what_was_consented_to_is_told(api: APIClient, agency: Agency, mini_app: Service) -> None:
    told = redeem(agency, token_of(api, ["name_th"])).json()
    assert told["claims"] == {"name_th": NAME}
    assert redeem(agency, token_of(api)).json()["claims"] == {"name_th": NAME}, "what was said before counts"


@pytest.mark.parametrize("claim", ["birthdate", "address", "made_up", ""])
def test_claims_beyond_those_of_the_version_are_refused(api: APIClient, mini_app: Service, claim: str) -> None:
    body = assert_problem(ask(api, consent=["name_th", claim]), 422, "invalid_data")
    assert [error["pointer"] for error in body["errors"]] == ["#/consent/1"]
    assert not Consent.objects.exists()
    assert not ServiceToken.objects.exists()


def test_a_version_that_asks_for_more_needs_consent_anew(api: APIClient, agency: Agency, mini_app: Service) -> None:
    early = token_of(api, ["name_th"])
    publish_asking(mini_app, ["name_th", "national_id", "birthdate"])

    asked = assert_problem(ask(api), 403, "consent_needed")["asked"]

    assert {one["claim"]: one["given"] for one in asked["claims"]} == {
        "name_th": True,
        "national_id": False,
        "birthdate": False,
    }
    assert redeem(agency, early).json()["claims"] == {"name_th": NAME}
    told = redeem(agency, token_of(api, ["name_th", "birthdate"])).json()
    assert told["claims"] == {"name_th": NAME, "birthdate": "1990-05-17"}
    assert Consent.objects.count() == 1


def test_a_version_that_asks_for_less_is_told_less(api: APIClient, agency: Agency, mini_app: Service) -> None:
    token_of(api, ["name_th", "national_id"])
    publish_asking(mini_app, ["name_th"])
    assert redeem(agency, token_of(api)).json()["claims"] == {"name_th": NAME}


def test_saying_less_counts_for_tokens_that_are_out(api: APIClient, agency: Agency, mini_app: Service) -> None:
    token = token_of(api, ["name_th", "national_id"])
    ask(api, consent=["name_th"])
    assert redeem(agency, token).json()["claims"] == {"name_th": NAME}


def test_redeemed_twice(api: APIClient, agency: Agency, citizen: Citizen, mini_app: Service) -> None:
    token = token_of(api, ["name_th"])
    assert redeem(agency, token).status_code == 200

    assert_problem(redeem(agency, token), 410, "service_token_over")
    assert [kind for kind, _ in events(citizen)] == ["consent_given", "token_redeemed"]


@pytest.mark.django_db(transaction=True)
def test_of_six_who_redeem_at_once_one_wins(
    api: APIClient, agency: Agency, citizen: Citizen, mini_app: Service
) -> None:
    token = token_of(api, ["name_th"])

    def one_of_six(_: int) -> int:
        try:
            return int(redeem(agency, token).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=6) as pool:
        answers = sorted(pool.map(one_of_six, range(6)))

    assert answers == [200, 410, 410, 410, 410, 410]
    assert [kind for kind, _ in events(citizen)] == ["consent_given", "token_redeemed"]


def test_redeemed_late(api: APIClient, agency: Agency, mini_app: Service) -> None:
    token = token_of(api, ["name_th"])
    kept = ServiceToken.objects.get()
    assert timedelta(seconds=115) < kept.expires_at - timezone.now() <= timedelta(seconds=120)
    ServiceToken.objects.update(expires_at=timezone.now())

    assert_problem(redeem(agency, token), 410, "service_token_over")
    forget_expired()
    assert not ServiceToken.objects.exists()
    assert_problem(redeem(agency, token), 404, "service_token_unknown")


def test_a_token_of_another_agency_is_not_known_and_stays_good(
    api: APIClient, agency: Agency, mini_app: Service
) -> None:
    """Used up, it would let any agency that sees a token keep the citizen from the service it is for."""
    token, other = token_of(api, ["name_th"]), make_agency("doe")

    foreign, guessed = redeem(other, token), redeem(other, "x" * 43)

    assert_problem(foreign, 404, "service_token_unknown")
    assert foreign.json() == guessed.json()
    assert redeem(agency, token).status_code == 200


@pytest.mark.parametrize("token", ["", "guessed", "x" * 43, "x" * 201, None, 7, ["x"], {}])
def test_guessed_tokens_lead_nowhere(agency: Agency, mini_app: Service, token: object) -> None:
    assert redeem(agency, token).status_code in (404, 422)


@pytest.mark.parametrize("header", ["HTTP_AUTHORIZATION", "HTTP_WEBHOOK_SIGNATURE", "HTTP_WEBHOOK_TIMESTAMP"])
def test_redeeming_needs_the_agencys_key_and_signature(
    api: APIClient, agency: Agency, mini_app: Service, header: str
) -> None:
    token = token_of(api, ["name_th"])
    assert_problem(redeem(agency, token, **{header: ""}), 401, "agency_not_recognised")
    assert redeem(agency, token).status_code == 200


def test_a_token_dies_with_its_consent(api: APIClient, agency: Agency, citizen: Citizen, mini_app: Service) -> None:
    token = token_of(api, ["name_th"])
    (consent,) = api.get(CONSENTS).json()["results"]

    assert api.delete(f"{CONSENTS}/{consent['id']}").status_code == 204

    assert_problem(redeem(agency, token), 410, "service_token_over")
    assert_problem(ask(api), 403, "consent_needed")
    assert events(citizen) == [("consent_given", ["name_th"]), ("consent_revoked", ["name_th"])]
    again = token_of(api, ["name_th"])
    assert_problem(redeem(agency, token), 410, "service_token_over")
    assert redeem(agency, again).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_consent_that_is_given_anew_while_it_is_revoked_does_not_come_back(
    api: APIClient, agency: Agency, citizen: Citizen, mini_app: Service
) -> None:
    early = token_of(api, ["name_th"])
    consent = Consent.objects.get()

    def give_anew() -> str:
        try:
            return token_of(api, ["name_th"])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            consent_revoke(citizen_id=citizen.pk, consent_id=consent.pk, device=Device())
            given = thread.submit(give_anew)
            with pytest.raises(TimeoutError):
                given.result(timeout=1)
        late = given.result()
    assert_problem(redeem(agency, early), 410, "service_token_over")
    assert redeem(agency, late).status_code == 200
    consent.refresh_from_db()
    assert consent.revoked_at is not None


def test_a_token_dies_with_the_session_it_was_made_in(api: APIClient, agency: Agency, mini_app: Service) -> None:
    """A phone that was stolen and signed out from another device opens no app with what it made before."""
    token = token_of(api, ["name_th"])
    assert api.post("/api/v1/auth/sign-out").status_code == 204

    assert_problem(redeem(agency, token), 410, "service_token_over")


def test_a_token_dies_with_the_digital_id_it_came_by(api: APIClient, agency: Agency, mini_app: Service) -> None:
    row = make_provider("http://127.0.0.1:9")
    first, second = token_of(api, ["name_th"]), token_of(api)
    assert redeem(agency, first).status_code == 200
    row.is_on = False
    row.save()

    assert_problem(redeem(agency, second), 410, "service_token_over")


def test_an_ended_session_makes_no_token_even_while_the_cache_knows_nothing(
    api: APIClient, citizen: Citizen, mini_app: Service
) -> None:
    Session.objects.filter(citizen=citizen).update(ended_at=timezone.now())
    assert_problem(ask(api, consent=["name_th"]), 401, "token_not_accepted")
    assert not ServiceToken.objects.exists()


@pytest.mark.parametrize(("ial", "aal"), [("1.3", "2.2"), ("2.3", "1.0")])
def test_a_weak_sign_in_gets_no_service_token(citizen: Citizen, mini_app: Service, ial: str, aal: str) -> None:
    weak = phone_with(access_token_issue(make_session(citizen, ial=ial, aal=aal)))

    body = assert_problem(ask(weak, consent=["name_th"]), 401, "insufficient_user_authentication")

    assert body["required"] == {"ial": "2.1", "aal": "2.1"}
    assert not Consent.objects.exists()


def test_a_service_that_is_not_published_gets_none(api: APIClient, agency: Agency, mini_app: Service) -> None:
    token = token_of(api, ["name_th"])
    make_draft_service(agency, "draft")
    service_unpublish(service=mini_app)

    for code in ("draft", "dlt-app", "nothing"):
        assert_problem(ask(api, code, ["name_th"]), 404, "unknown_service")
    assert_problem(redeem(agency, token), 410, "service_token_over")


def test_agencies_cannot_tell_that_it_is_the_same_citizen(api: APIClient, agency: Agency, mini_app: Service) -> None:
    other = make_agency("doe")
    make_mini_app(agency, "dlt-second", [])
    make_mini_app(other, "doe-app", [])

    first = redeem(agency, token_of(api, [])).json()["subject"]

    assert redeem(agency, token_of(api, [], "dlt-second")).json()["subject"] == first
    assert redeem(other, token_of(api, [], "doe-app")).json()["subject"] != first


def test_consents_are_shown_to_whom_they_are_of(
    api: APIClient, stranger: APIClient, agency: Agency, mini_app: Service
) -> None:
    token_of(api, ["name_th"])

    (shown,) = api.get(CONSENTS).json()["results"]

    assert shown["service"]["code"] == "dlt-app"
    assert shown["agency"] == {"code": "dlt", "name": {"th": agency.name_th, "en": agency.name_en}}
    assert shown["claims"] == [{"claim": "name_th", "name": {"th": "ชื่อและนามสกุล", "en": "Full name"}}]
    assert shown["revoked_at"] is None
    assert stranger.get(CONSENTS).json()["results"] == []
    assert_problem(stranger.delete(f"{CONSENTS}/{shown['id']}"), 404, "not_found")
    api.delete(f"{CONSENTS}/{shown['id']}")
    assert api.get(CONSENTS).json()["results"][0]["revoked_at"]
    assert_problem(api.delete(f"{CONSENTS}/{shown['id']}"), 404, "not_found")


def test_no_token_and_no_claim_is_kept_readable_or_logged(
    api: APIClient, agency: Agency, mini_app: Service, number: str, caplog: pytest.LogCaptureFixture, capfd: Any
) -> None:
    with caplog.at_level(logging.DEBUG):
        token = token_of(api, ["name_th", "national_id"])
        redeem(agency, token)
        redeem(agency, token)
        redeem(make_agency("doe"), token)
    written = caplog.text + "".join(capfd.readouterr())
    assert "service_token_over" in written
    assert not [secret for secret in (token, number, NAME) if secret in written]
    with connection.cursor() as cursor:
        for table in ("servicetoken", "consent", "identityevent", "agencysubject"):
            cursor.execute(f"SELECT whole::text FROM citizens_{table} AS whole")
            rows = " ".join(row for (row,) in cursor.fetchall())
            assert not [secret for secret in (token, token.encode().hex(), number, NAME) if secret in rows]


def test_asking_for_tokens_is_limited(
    api: APIClient, mini_app: Service, limit_rate: Callable[[str, str], None]
) -> None:
    limit_rate("service_tokens", "1/minute")
    assert ask(api, consent=["name_th"]).status_code == 201
    assert_problem(ask(api), 429, "too_many_requests")


@pytest.mark.parametrize("consent", ["name_th", {"name_th": True}, [1, {}], [None], 7, ["name_th"] * 50])
def test_consent_of_the_wrong_shape_is_refused(api: APIClient, mini_app: Service, consent: Any) -> None:
    assert_problem(ask(api, consent=consent), 422, "invalid_data")
    assert not Consent.objects.exists()
