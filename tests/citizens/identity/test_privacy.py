"""The national number is readable in no column, in no spelling that needs no key."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from citizens.identity.citizens import citizen_identify
from citizens.identity.holding import IdentityHeld
from citizens.models import (
    Consent,
    ConsentRequest,
    HeldIdentity,
    IdentityEvent,
    RefreshToken,
    ServiceToken,
    Session,
    SignIn,
)
from citizens.service_requests.models import RequestDraft, ServiceRequest
from services_catalog.models import AuditEvent, Service
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.server import Sandbox
from tests.citizens.identity.conftest import Browser, use_sandbox
from tests.citizens.identity.consent_requests.conftest import Node, Phone, work
from tests.citizens.identity.redeeming import make_mini_app, redeem, token_of
from tests.conftest import phone_with
from tests.factories import ANSWERS, verified_identity
from tests.number_spellings import spellings

NUMBER = "1234567890121"


def _rows() -> Iterator[tuple[str, str]]:
    """Every row of every table of ours, as PostgreSQL writes it: bytes in hexadecimal digits."""
    labels = ["citizens", "service_requests", "notifications", "services_catalog"]
    for model in (model for label in labels for model in apps.get_app_config(label).get_models()):
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT whole::text FROM {table} AS whole")
            for (row,) in cursor.fetchall():
                yield model._meta.label, row


def carrying_the_number(service: Service) -> dict[str, Any]:
    return {"service": service.code, "version": 1, "data": {**ANSWERS, "national_id": NUMBER}}


def readable() -> list[str]:
    return [label for label, row in _rows() if any(spelling in row for spelling in spellings(NUMBER))]


@pytest.mark.parametrize("decision", ["allow", "deny"])
@pytest.mark.parametrize("code", [code.value for code in ProviderCode if code != ProviderCode.NDID])
def test_a_sign_in_leaves_no_readable_number(browser: Browser, sandbox: Sandbox, code: str, decision: str) -> None:
    use_sandbox(sandbox, code)
    answer = browser.sign_in(NUMBER, decision, provider=code)
    assert ("code" in answer) == (decision == "allow")
    assert SignIn._meta.label in {label for label, _ in _rows()}
    assert readable() == []


@pytest.mark.parametrize("decision", ["accept", "reject"])
def test_a_sign_in_by_consent_leaves_no_readable_number(browser: Browser, sandbox: Sandbox, decision: str) -> None:
    node = Node(use_sandbox(sandbox, "ndid"))
    phone = Phone(NUMBER)
    request_id = phone.started()
    work()
    node.decide(request_id, decision)
    work()
    assert phone.finish(request_id).status_code == (200 if decision == "accept" else 400)
    assert ConsentRequest._meta.label in {label for label, _ in _rows()}
    assert readable() == []


def test_nothing_else_that_is_kept_of_a_person_shows_the_number(browser: Browser, service: Service) -> None:
    phone = phone_with(browser.tokens(NUMBER)["access_token"])
    with pytest.raises(IdentityHeld):
        citizen_identify(verified_identity(NUMBER, provider="moprom", family_name_th="คนอื่น", birthdate=NUMBER))
    assert phone.post("/api/v1/request-drafts", carrying_the_number(service)).status_code == 201
    make_mini_app(service.agency)
    redeemed = redeem(service.agency, token_of(phone, ["national_id"]))
    assert redeemed.json()["claims"] == {"national_id": NUMBER}

    kept = {label for label, _ in _rows()}
    new = [HeldIdentity, RequestDraft, Consent, ServiceToken, IdentityEvent, Session, RefreshToken]
    assert {model._meta.label for model in new} <= kept
    assert readable() == []


def test_a_request_that_carries_a_number_leaves_none_readable(browser: Browser, service: Service) -> None:
    phone = phone_with(browser.tokens(NUMBER)["access_token"])
    body = carrying_the_number(service)
    assert phone.post("/api/v1/service-requests", body, HTTP_IDEMPOTENCY_KEY="key").status_code == 202
    assert ServiceRequest._meta.label in {label for label, _ in _rows()}
    assert readable() == []


def test_the_search_for_readable_numbers_finds_one(service: Service) -> None:
    service.description_en = f"call {NUMBER}"
    service.save()
    assert [label for label, row in _rows() if NUMBER in row] == [AuditEvent._meta.label, Service._meta.label]
