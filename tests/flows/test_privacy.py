"""No national id in plain text in any table, log, task argument or URL of a journey by every digital ID (rule 11)."""

import base64
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from citizens.models import ConsentRequest, LinkedIdentity
from services_catalog.national_id import is_national_id
from superapp.sandbox.agencies.behaviours import AgencyKind
from superapp.sandbox.client import exchange
from superapp.sandbox.credentials import agency_credentials
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.journey.one_citizen import sign_in
from superapp.sandbox.journey.phone import Phone, PhoneError
from superapp.sandbox.people import TEST_PEOPLE
from superapp.sandbox.ports import provider_port
from tests.flows.conftest import PERSON, System
from tests.number_spellings import spellings
from tests.signatures import signature

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("flows")]

CHILD = TEST_PEOPLE[1].number
MARRIED = TEST_PEOPLE[3]
KNOWN = (PERSON.number, CHILD, MARRIED.number)
# Standing alone: random hexadecimal has long runs of digits, too.
THIRTEEN_DIGITS = re.compile(r"(?<![0-9A-Za-z])[0-9]{13}(?![0-9A-Za-z])")
_A_DAY = 24 * 60 * 60 * 1000
TASK_BODY = re.compile(r'\\?"body\\?": ?\\?"([A-Za-z0-9+/=]+)\\?"')


def found_in(text: str) -> list[str]:
    """Every national id that the text shows."""
    known = [
        spelling
        for number in (PERSON.number, CHILD, MARRIED.number)
        for spelling in spellings(number)
        if spelling in text
    ]
    return known + THIRTEEN_DIGITS.findall(text)


def not_moments(numbers: list[str]) -> list[str]:
    """Without the servers' own notes of when a key ends: milliseconds since 1970 have thirteen digits, too."""
    now = time.time() * 1000
    return [number for number in numbers if not number.isdigit() or abs(int(number) - now) > _A_DAY]


@pytest.fixture(scope="module")
def journey(system: System) -> System:
    """One person by each digital ID, forms that carry a number and come to good and bad ends, an agency's own app."""
    bank_app = f"http://127.0.0.1:{provider_port(system.ports.sandbox, ProviderCode.NDID)}/bank"
    for provider in ProviderCode:
        sign_in(system.phone, PERSON, provider, bank_app=bank_app)
    _be_held(system)
    _send_forms(system)
    _open_mini_app(system)
    for path in ("service-requests", "notifications", "me", "me/identities", "me/identity-events", "me/consents"):
        system.phone.get(f"/api/v1/{path}")
    system.phone.refresh()
    return system


def _be_held(system: System) -> None:
    """Somebody whom Pao Tang knows by another name than ThaID."""
    phone = Phone(system.ports.web_url)
    phone.sign_in(MARRIED.number)
    with pytest.raises(PhoneError, match="identity_held"):
        phone.sign_in(MARRIED.number, ProviderCode.PAOTANG)
    phone.close()


def _send_forms(system: System) -> None:
    """To agencies that answer, lose their answer, and refuse; one that is not valid, and one that is kept."""
    data = {"note": "For my daughter", "child": CHILD}
    accepted = [system.submit(kind, data, f"privacy-{kind}") for kind in (AgencyKind.INSTANT, AgencyKind.AMNESIAC)]
    system.submit(AgencyKind.REFUSING, data, "privacy-refused")
    code = system.services[AgencyKind.INSTANT].code
    invalid = system.phone.submit(code, 1, {"child": CHILD[:12] + "0"}, "invalid")
    assert invalid.status_code == 422
    assert CHILD[:12] not in invalid.text
    assert _post(system, "/api/v1/request-drafts", {"service": code, "version": 1, "data": data}).status_code == 201
    system.await_completed(*accepted)


def _open_mini_app(system: System) -> None:
    """The agency learns the number in the body of an answer."""
    service = system.services[AgencyKind.INSTANT]
    asked = _post(system, "/api/v1/service-tokens", {"service": service.code, "consent": ["national_id", "name_th"]})
    assert asked.status_code == 201, asked.text
    body = json.dumps({"token": asked.json()["token"]}).encode()
    credentials, now = agency_credentials(service.agency.code, secret=settings.SANDBOX_SECRET), int(time.time())
    headers = {
        "Authorization": f"Bearer {credentials.api_key}",
        "Content-Type": "application/json",
        "webhook-id": "privacy",
        "webhook-timestamp": str(now),
        "webhook-signature": signature(credentials.callback_secret, "privacy", now, body),
    }
    address = f"{system.ports.web_url}/api/agency/v1/service-tokens/redeem"
    assert exchange("POST", address, headers=headers, body=body).json()["claims"]["national_id"] == PERSON.number


def _post(system: System, path: str, body: Any) -> Any:
    return system.phone._http.post(path, json=body, headers=system.phone._headers())


def rows() -> Iterator[tuple[str, str]]:
    """Every value of every column of every table, as text; bytes as they would read."""
    tables = [one.name for one in connection.introspection.get_table_list(connection.cursor()) if one.type == "t"]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column.name for column in cursor.description]
            for row in cursor.fetchall():
                yield from ((f"{table}.{name}", _as_text(value)) for name, value in zip(names, row, strict=True))


def _as_text(value: object) -> str:
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).decode("latin-1")
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


def test_the_search_finds_what_it_looks_for() -> None:
    for spelling in spellings(CHILD):
        assert found_in(f'{{"child": "{spelling}"}}')
    somebody = TEST_PEOPLE[4].number
    assert is_national_id(somebody)
    assert found_in(f"GET /people/{somebody}?x=1") == [somebody]
    assert not found_in(f"018f{somebody}abc"), "random hexadecimal"


def test_the_agencies_did_get_the_numbers(journey: System) -> None:
    bodies = [request.body.decode() for request in journey.arrived if request.path.endswith("/cases")]
    assert any(CHILD in body and PERSON.number in body for body in bodies)


def test_no_table_shows_a_national_id(journey: System) -> None:
    seen = {column for column, _ in rows()}
    kept = {
        *("citizens_citizen.national_id_encrypted", "citizens_heldidentity.claims_encrypted"),
        *("citizens_consentrequest.number_encrypted", "citizens_servicetoken.token_hash"),
        *("citizens_identityevent.id", "citizens_session.id", "citizens_refreshtoken.successor_encrypted"),
        *("service_requests_servicerequest.data_encrypted", "service_requests_requestdraft.data_encrypted"),
    }
    assert kept <= seen
    assert set(LinkedIdentity.objects.values_list("provider", flat=True)) == set(ProviderCode), "all have been used"
    assert {column: found_in(value) for column, value in rows() if found_in(value)} == {}


def test_no_log_shows_a_national_id(journey: System) -> None:
    logs = {path.name: path.read_text() for path in journey.logs.iterdir()}
    assert set(logs) >= {"web.log", "delivery.log", "worker.log", "identity.log", "beat.log"}
    assert any("drain_lane" in log for log in logs.values())
    assert {name: found_in(log) for name, log in logs.items() if found_in(log)} == {}


def test_nothing_in_the_broker_or_the_cache_shows_a_national_id(journey: System) -> None:
    written = journey.broker.everything_ever_written()
    bodies = [base64.b64decode(body).decode() for body in TASK_BODY.findall(written)]
    lane = str(journey.services[AgencyKind.INSTANT].pk)
    asked = str(ConsentRequest.objects.latest("id").pk)
    assert all(any(one in body for body in bodies) for one in (lane, asked)), "the arguments of tasks can be read here"
    assert not_moments(found_in(written)) == []
    assert [body for body in bodies if found_in(body)] == []
    assert not_moments(found_in(journey.cache.everything_ever_written())) == []


def test_no_url_shows_a_national_id(journey: System) -> None:
    seen = [request.target for request in journey.arrived]
    assert any("/api/v2/oauth2/token/" in url for url in seen), "ThaID's back channel"
    assert any(url.endswith("/cases") for url in seen), "submissions"
    assert any("/service-requests" in url for url in journey.phone_urls)
    # Whom a bank is asked about stands in the path of the node, which is nobody's but the platform's own.
    to_node = [url for url in seen if "/citizen_id/" in url]
    assert any(PERSON.number in url for url in to_node)
    assert [url for url in [*seen, *journey.phone_urls] if found_in(url) and url not in to_node] == []
