"""Keys are changed on a live database: nothing is lost, and the old ones can go."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import BinaryField
from pytest_django import Settings

from citizens.identity.citizens import citizen_identify
from citizens.identity.claims import applicant_claims
from citizens.identity.consent_requests.rows import number_of, salt_of
from citizens.identity.refreshing import tokens_refresh
from citizens.identity.sessions import refresh_token_issue
from citizens.models import Citizen, ConsentRequest, LinkedIdentity
from citizens.service_requests.drafts import draft_create, draft_data
from citizens.service_requests.models import ServiceRequest
from citizens.service_requests.services import Asked, data_place
from services_catalog.encryption import decrypt_json
from services_catalog.services.credentials import credential_by_api_key, outgoing_secret
from superapp.operations.keys.registry import LOOKED, SEALED
from tests.citizens.identity.consent_requests.conftest import Phone, ScriptedNode, make_node
from tests.counterparts import http_server
from tests.factories import (
    ANSWERS,
    credentials_of,
    make_agency,
    make_citizen,
    make_held,
    make_request,
    make_service,
    make_session,
    national_id,
    verified_identity,
)

# Hashes, fingerprints without a plain value beside them, and an uploaded list of services.
NO_KEY_CAN_MOVE = {
    *("token_hash", "state_hash", "cookie_hash", "code_hash", "device_hash", "callback_token_hash", "content"),
    *("body_fingerprint", "api_key_primary", "api_key_secondary"),
}
OURS = ("citizens", "service_requests", "notifications", "services_catalog")


def rotate(*arguments: str) -> str:
    told = StringIO()
    call_command("rotate_keys", *arguments, stdout=told)
    return told.getvalue()


@pytest.fixture
def new_keys(settings: Settings) -> None:
    """What is written from now on is under keys of their own, and the former are still read."""
    settings.ENCRYPTION_KEYS = {"new": os.urandom(32), **settings.ENCRYPTION_KEYS}
    settings.LOOKUP_KEYS = {"new": os.urandom(32), **settings.LOOKUP_KEYS}


def drop_old_keys(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = {"new": settings.ENCRYPTION_KEYS["new"]}
    settings.LOOKUP_KEYS = {"new": settings.LOOKUP_KEYS["new"]}


def test_every_column_that_a_key_protects_is_known() -> None:
    columns = {
        (model, field.name)
        for label in OURS
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, BinaryField) and field.name not in NO_KEY_CAN_MOVE
    }
    known = {(one.model, one.column) for one in SEALED} | {(one.model, one.column) for one in LOOKED}
    assert columns == known


def test_everything_reads_after_the_old_keys_are_gone(
    db: None, settings: Settings, request: pytest.FixtureRequest
) -> None:
    agency = make_agency()
    held = make_held()
    number = national_id()
    citizen = citizen_identify(verified_identity(number))
    service = make_service(agency)
    kept = make_request(citizen, service)
    draft = draft_create(citizen_id=citizen.pk, asked=Asked(service.code, 1, {"copies": 1})).draft
    request.getfixturevalue("new_keys")

    with pytest.raises(CommandError, match="under old keys"):
        rotate("--check")
    assert "1 agencies" in rotate()
    rotate("--check")
    drop_old_keys(settings)

    assert citizen_identify(verified_identity(number)) == citizen
    citizen.refresh_from_db()
    assert applicant_claims(citizen, ["national_id"]) == {"national_id": number}
    kept = ServiceRequest.objects.get(pk=kept.pk)
    assert decrypt_json(kept.data_encrypted, bound_to=data_place(kept.pk)) == ANSWERS
    draft.refresh_from_db()
    assert draft_data(draft) == {"copies": 1}
    agency.refresh_from_db()
    assert outgoing_secret(agency.credential) == credentials_of(agency).outgoing_secret
    assert Citizen.objects.filter(pk=held.citizen_id).exists()
    rotate("--check")


def test_a_sign_in_under_way_goes_on_under_the_new_keys(
    db: None, settings: Settings, request: pytest.FixtureRequest
) -> None:
    used = refresh_token_issue(make_session(make_citizen()))
    successor = tokens_refresh(refresh_token=used, network="").refresh_token
    number = national_id()
    with http_server(ScriptedNode()) as node:
        make_node(node.url.removesuffix("/cases"))
        asked = ConsentRequest.objects.get(pk=Phone(number).started())
        salt = salt_of(asked)
        request.getfixturevalue("new_keys")
        rotate()
        drop_old_keys(settings)

        assert tokens_refresh(refresh_token=used, network="").refresh_token == successor
        asked.refresh_from_db()
        assert (number_of(asked), salt_of(asked)) == (number, salt)
        assert Phone(number).start().json()["code"] == "consent_request_open"


def test_an_agencys_api_key_is_found_while_the_old_look_up_key_is_kept(
    db: None, settings: Settings, request: pytest.FixtureRequest
) -> None:
    agency = make_agency()
    request.getfixturevalue("new_keys")
    rotate()
    assert credential_by_api_key(credentials_of(agency).api_key) is not None
    drop_old_keys(settings)
    assert credential_by_api_key(credentials_of(agency).api_key) is None


def test_a_value_that_no_key_opens_is_told_and_left(db: None, settings: Settings) -> None:
    citizen_identify(verified_identity(national_id()))
    settings.ENCRYPTION_KEYS = {"new": os.urandom(32)}
    before = list(Citizen.objects.values_list("claims_encrypted", flat=True))
    with pytest.raises(CommandError, match="no key opens"):
        rotate()
    assert list(Citizen.objects.values_list("claims_encrypted", flat=True)) == before


def test_a_citizen_known_under_the_old_key_is_not_made_twice(db: None, new_keys: None, settings: Settings) -> None:
    number, keys = national_id(), settings.LOOKUP_KEYS
    settings.LOOKUP_KEYS = dict(reversed(keys.items()))
    first = citizen_identify(verified_identity(number))
    settings.LOOKUP_KEYS = keys
    assert citizen_identify(verified_identity(number, provider="moprom")) == first
    assert Citizen.objects.count() == 1


class SigningIn:
    """Citizens who sign in again and again, in threads, until the block ends."""

    def __init__(self, numbers: list[str]) -> None:
        self.numbers = numbers
        self.stop = threading.Event()
        self.pool = ThreadPoolExecutor(2)

    def __enter__(self) -> None:
        self.rounds = [self.pool.submit(self._go_on) for _ in range(2)]

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        assert all(one.result() for one in self.rounds)
        self.pool.shutdown()

    def _go_on(self) -> int:
        rounds = 0
        try:
            while not self.stop.is_set() or not rounds:
                for number in self.numbers:
                    citizen_identify(verified_identity(number, address=f"round {rounds}"))
                rounds += 1
        finally:
            connection.close()
        return rounds


@pytest.mark.django_db(transaction=True)
def test_keys_are_rotated_while_citizens_sign_in(settings: Settings, request: pytest.FixtureRequest) -> None:
    numbers = [national_id() for _ in range(30)]
    for number in numbers:
        citizen_identify(verified_identity(number, address="before"))
    request.getfixturevalue("new_keys")
    with SigningIn(numbers), suppress(CommandError):  # somebody held a row each time it came by
        rotate()
    rotate()
    drop_old_keys(settings)

    assert Citizen.objects.count() == LinkedIdentity.objects.count() == len(numbers)
    for number in numbers:
        citizen = citizen_identify(verified_identity(number, provider="moprom", subject="m" + number, ial="1.3"))
        assert applicant_claims(citizen, ["address"])["address"].startswith("round")
