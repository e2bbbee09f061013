"""The tables in docs/ say what the code and the settings say."""

import importlib
import re
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.test import Client
from pytest_django import Settings

from citizens.service_requests.lifecycle import NEXT_ACTOR, TRANSITIONS
from citizens.service_requests.models import Outcome, Status
from citizens.service_requests.reconciliation.recording import Finding
from citizens.service_requests.texts import STATUS_NAMES
from services_catalog.models import Officer, Standing
from services_catalog.problems import ProblemType
from services_catalog.rights import RIGHTS
from superapp.embedded.locations import PROJECT_ROOT
from superapp.settings.delivery import BREAKER

_DOCS = PROJECT_ROOT / "docs"
_PACKAGES = ("citizens", "services_catalog", "superapp")


def table(page: str, first_heading: str, *, which: int = 0) -> list[list[str]]:
    """The cells of a table of docs/<page> whose first column has that heading, without its two heading lines."""
    tables: list[list[list[str]]] = [[]]
    for line in (_DOCS / page).read_text(encoding="utf-8").splitlines():
        if line.startswith("|"):
            tables[-1].append([cell.strip().strip("`") for cell in line.strip().strip("|").split("|")])
        elif tables[-1]:
            tables.append([])
    return [rows[2:] for rows in tables if rows and rows[0][0] == first_heading][which]


@cache
def problem_types() -> dict[str, ProblemType]:
    """Every ProblemType constant of the code, by its code."""
    found: dict[str, ProblemType] = {}
    for path in (path for package in _PACKAGES for path in (PROJECT_ROOT / package).rglob("*.py")):
        if re.search(r"^[A-Z_]+ = ProblemType\(", path.read_text(encoding="utf-8"), re.MULTILINE):
            module = importlib.import_module(".".join(path.relative_to(PROJECT_ROOT).with_suffix("").parts))
            constants = [value for value in vars(module).values() if isinstance(value, ProblemType)]
            found.update({one.code: one for one in constants})
    return found


def test_every_problem_is_in_the_table_with_its_status_and_sentences() -> None:
    told = [(code, int(status), th, en) for code, status, th, en, _ in table("problems.md", "code")]
    has = [(one.code, one.status, one.detail.th, one.detail.en) for one in problem_types().values()]
    assert sorted(told) == sorted(has)


def test_the_transition_table() -> None:
    told = {
        start: frozenset() if following == "–" else frozenset(following.split(", "))
        for start, following in table("delivery.md", "from")
    }
    assert told == {start.value: frozenset(one.value for one in to) for start, to in TRANSITIONS.items()}


def test_the_outcomes_of_attempts() -> None:
    assert [row[0] for row in table("delivery.md", "outcome")] == [outcome.value for outcome in Outcome]


def test_the_reasons_for_parking_are_in_the_code() -> None:
    routing = PROJECT_ROOT / "citizens" / "service_requests" / "routing"
    code = "".join(path.read_text(encoding="utf-8") for path in routing.glob("*.py"))
    assert all(f'"{reason}"' in code for reason, _ in table("delivery.md", "reason"))


def test_the_retry_tables() -> None:
    told = {
        profile: {"waits": [_duration(one) for one in waits.split(", ")], "give_up_after": _duration(give_up)}
        for profile, waits, give_up in table("delivery.md", "profile")
    }
    assert told == settings.RETRY_PROFILES


def test_the_standings_of_a_lane() -> None:
    assert [row[0] for row in table("delivery.md", "standing")] == [standing.value for standing in Standing]


def test_the_circuit_breaker_is_that_of_production() -> None:
    told = {name: value for _, name, value in table("delivery.md", "breaker")}
    waits = told.pop("probe_waits").split(", ")
    assert {name: _number(value) for name, value in told.items()} | {"probe_waits": [*map(_duration, waits)]} == BREAKER
    in_the_sandbox = [*map(_duration, ("1 s", "2 s", "4 s"))]
    assert {**BREAKER, "probe_waits": in_the_sandbox} == settings.BREAKER


def _number(text: str) -> float | timedelta:
    return _duration(text) if " " in text else float(text)


def _duration(text: str) -> timedelta:
    number, unit = text.split()
    return int(number) * {"s": timedelta(seconds=1), "min": timedelta(minutes=1), "h": timedelta(hours=1)}.get(
        unit, timedelta(days=1)
    )


def test_the_statuses_a_citizen_sees() -> None:
    told = [tuple(row) for row in table("citizens.md", "status")]
    assert told == [
        (one.value, STATUS_NAMES[one].th, STATUS_NAMES[one].en, NEXT_ACTOR[one].value)
        for one in (
            *(Status.RECEIVED, Status.DELIVERED, Status.IN_PROGRESS, Status.ACTION_REQUIRED, Status.COMPLETED),
            *(Status.REJECTED, Status.CANCELLED, Status.UNDELIVERABLE),
        )
    ]
    assert len(told) == len(Status)


def test_every_variable_the_settings_read_is_in_the_operators_table() -> None:
    told = {row[0] for row in table("operators.md", "variable")}
    files = (PROJECT_ROOT / "superapp" / "settings").glob("*.py")
    code = "\n".join(path.read_text(encoding="utf-8") for path in files)
    read = set(re.findall(r'(?:env\.\w+|env|required)\(\s*"([A-Z_]+)"', code))
    assert read - told == set()


def test_every_threat_names_a_test_that_exists() -> None:
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (PROJECT_ROOT / "tests").rglob("test_*.py"))
    named = [name for row in table("security.md", "threat") for name in re.findall(r"test_\w+", row[2])]
    assert named
    assert [name for name in named if f"def {name}(" not in tests] == []


def test_no_threat_stands_twice() -> None:
    threats = [row[0] for row in table("security.md", "threat")]
    assert [one for one in set(threats) if threats.count(one) > 1] == []


def test_every_metric_is_in_the_operators_tables(client: Client, settings: Settings, db: None) -> None:
    settings.METRICS_TOKEN = "word"
    page = client.get("/metrics", headers={"authorization": "Bearer word"}).content.decode()
    has = {name for name in re.findall(r"^# TYPE (superapp_\w+) ", page, re.MULTILINE) if not name.endswith("_created")}
    told = {row[0] for which in (0, 1) for row in table("operators.md", "metric", which=which)}
    assert told == has


def test_the_rights_of_every_role() -> None:
    told = {
        model: {
            role: frozenset(cell.split(", ")) for role, cell in zip(Officer.Role, cells, strict=True) if cell != "–"
        }
        for model, *cells in table("operators.md", "model")
    }
    assert told == RIGHTS


def test_what_comes_of_comparing_with_an_agency() -> None:
    assert [row[0] for row in table("operators.md", "finding")] == [finding.value for finding in Finding]
