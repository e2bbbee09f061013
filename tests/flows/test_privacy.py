"""No national id in plain text in any table, log, task argument or URL of a whole journey (rule 11)."""

import base64
import json
import re
import time
from collections.abc import Iterator

import pytest
from django.db import connection

from services_catalog.national_id import is_national_id
from superapp.sandbox.agencies.behaviours import AgencyKind
from superapp.sandbox.people import TEST_PEOPLE
from tests.flows.conftest import PERSON, System

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("flows")]

CHILD = TEST_PEOPLE[1].number
# Standing alone: random hexadecimal has long runs of digits, too.
THIRTEEN_DIGITS = re.compile(r"(?<![0-9A-Za-z])[0-9]{13}(?![0-9A-Za-z])")
_A_DAY = 24 * 60 * 60 * 1000
TASK_BODY = re.compile(r'\\?"body\\?": ?\\?"([A-Za-z0-9+/=]+)\\?"')


def spellings(number: str) -> list[str]:
    """As people and programs write it."""
    parts = (number[0], number[1:5], number[5:10], number[10:12], number[12])
    return [number, " ".join(parts), "-".join(parts), base64.b64encode(number.encode()).decode(), number.encode().hex()]


def found_in(text: str) -> list[str]:
    """Every national id that the text shows."""
    known = [spelling for number in (PERSON.number, CHILD) for spelling in spellings(number) if spelling in text]
    return known + THIRTEEN_DIGITS.findall(text)


def not_moments(numbers: list[str]) -> list[str]:
    """Without the servers' own notes of when a key ends: milliseconds since 1970 have thirteen digits, too."""
    now = time.time() * 1000
    return [number for number in numbers if not number.isdigit() or abs(int(number) - now) > _A_DAY]


@pytest.fixture(scope="module")
def journey(system: System) -> System:
    """Forms that carry a number, sent to agencies that answer, lose their answer, and refuse; one that is not valid."""
    data = {"note": "For my daughter", "child": CHILD}
    accepted = [system.submit(kind, data, f"privacy-{kind}") for kind in (AgencyKind.INSTANT, AgencyKind.AMNESIAC)]
    system.submit(AgencyKind.REFUSING, data, "privacy-refused")
    invalid = system.phone.submit(system.services[AgencyKind.INSTANT].code, 1, {"child": CHILD[:12] + "0"}, "invalid")
    assert invalid.status_code == 422
    assert CHILD[:12] not in invalid.text
    system.await_completed(*accepted)
    system.phone.get("/api/v1/service-requests")
    system.phone.get("/api/v1/notifications")
    system.phone.refresh()
    return system


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
    somebody = TEST_PEOPLE[3].number
    assert is_national_id(somebody)
    assert found_in(f"GET /people/{somebody}?x=1") == [somebody]
    assert not found_in(f"018f{somebody}abc"), "random hexadecimal"


def test_the_agencies_did_get_the_numbers(journey: System) -> None:
    bodies = [request.body.decode() for request in journey.arrived if request.path.endswith("/cases")]
    assert any(CHILD in body and PERSON.number in body for body in bodies)


def test_no_table_shows_a_national_id(journey: System) -> None:
    seen = {column for column, _ in rows()}
    assert {"service_requests_servicerequest.data_encrypted", "citizens_citizen.national_id_encrypted"} <= seen
    assert {column: found_in(value) for column, value in rows() if found_in(value)} == {}


def test_no_log_shows_a_national_id(journey: System) -> None:
    logs = {path.name: path.read_text() for path in journey.logs.iterdir()}
    assert set(logs) >= {"web.log", "delivery.log", "worker.log", "beat.log"}
    assert any("drain_lane" in log for log in logs.values())
    assert {name: found_in(log) for name, log in logs.items() if found_in(log)} == {}


def test_nothing_in_the_broker_or_the_cache_shows_a_national_id(journey: System) -> None:
    written = journey.broker.everything_ever_written()
    bodies = [base64.b64decode(body).decode() for body in TASK_BODY.findall(written)]
    lane = str(journey.services[AgencyKind.INSTANT].pk)
    assert any(lane in body for body in bodies), "the arguments of tasks can be read here"
    assert not_moments(found_in(written)) == []
    assert [body for body in bodies if found_in(body)] == []
    assert not_moments(found_in(journey.cache.everything_ever_written())) == []


def test_no_url_shows_a_national_id(journey: System) -> None:
    seen = [request.target for request in journey.arrived]
    assert any("/api/v2/oauth2/token/" in url for url in seen), "ThaID's back channel"
    assert any(url.endswith("/cases") for url in seen), "submissions"
    assert any("/service-requests" in url for url in journey.phone_urls)
    assert [url for url in [*seen, *journey.phone_urls] if found_in(url)] == []
