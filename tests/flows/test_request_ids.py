"""One id from the phone to the agency and back, in logs that programs can read."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from citizens.service_requests.models import ServiceRequest
from superapp.sandbox.agencies.behaviours import AgencyKind
from tests.flows.conftest import System, eventually

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("flows")]

TRACE = "phone-7f3a-0001"


def lines(log: Path) -> list[dict[str, Any]]:
    """Every line of the log, each a JSON object; a last one that is still being written is left out."""
    return [json.loads(line) for line in log.read_text().splitlines(keepends=True) if line.endswith("\n")]


def traced(log: Path, event: str) -> list[dict[str, Any]]:
    return [line for line in lines(log) if line["event"] == event and line.get("request_id") == TRACE]


@pytest.fixture(scope="module")
def request_id(system: System) -> UUID:
    """A request that the phone sent with an id of its own, and that is completed."""
    body = {"service": system.services[AgencyKind.FLAKY].code, "version": 1, "data": {"note": "traced"}}
    headers = {**system.phone._headers(), "Idempotency-Key": "traced", "X-Request-ID": TRACE}
    answer = system.phone._http.post("/api/v1/service-requests", json=body, headers=headers)
    assert (answer.status_code, answer.headers["X-Request-ID"]) == (202, TRACE), answer.text
    accepted = UUID(answer.json()["id"])
    system.await_completed(accepted)
    return accepted


def test_the_id_is_kept_with_the_request(request_id: UUID) -> None:
    assert ServiceRequest.objects.get(pk=request_id).request_id == TRACE


def test_each_attempt_is_one_line_of_the_workers_log(system: System, request_id: UUID) -> None:
    service = system.services[AgencyKind.FLAKY]
    eventually(lambda: len(traced(system.logs / "delivery.log", "delivery_attempt")) == 4, "four attempts in the log")
    attempts = traced(system.logs / "delivery.log", "delivery_attempt")
    assert [one["attempt"] for one in attempts] == [1, 2, 3, 4]
    assert [(one["outcome"], one["failure_code"]) for one in attempts] == [
        *[("retryable", "http_503")] * 3,
        ("delivered", ""),
    ]
    for one in attempts:
        assert (one["reference"], one["service"], one["lane"]) == (str(request_id), service.code, str(service.pk))
        assert 0 <= one["took_ms"] < 10_000


def test_the_agency_gets_the_id_with_every_attempt(system: System, request_id: UUID) -> None:
    calls = [one for one in system.arrived if one.method == "POST" and str(request_id) in one.body.decode()]
    assert [call.headers["X-Request-ID"] for call in calls] == [TRACE] * 4


def test_the_agency_carries_it_back_with_its_news(system: System, request_id: UUID) -> None:
    eventually(lambda: bool(traced(system.logs / "web.log", "agency_status")), "the agency's news in the log")
    news = traced(system.logs / "web.log", "agency_status")
    assert {(one["reference"], one["submitted_with"]) for one in news} == {(str(request_id), TRACE)}
    assert "completed" in {one["told"] for one in news}
    events = {str(pk) for pk in ServiceRequest.objects.get(pk=request_id).events.values_list("pk", flat=True)}
    assert {one["status_event"] for one in news if one["status_event"]} <= events


def test_every_line_of_every_process_is_json(system: System, request_id: UUID) -> None:
    for name in ("web", "delivery", "worker", "beat"):
        found = lines(system.logs / f"{name}.log")
        assert found, name
        assert {"event", "level", "timestamp"} <= set.intersection(*(set(line) for line in found)), name


def test_no_line_shows_a_query(system: System, request_id: UUID) -> None:
    """Signing in put one-time codes into addresses; a refused call is logged with its path alone."""
    assert system.phone._http.get("/api/v1/auth/thaid/callback?code=once-only&state=x").status_code >= 400
    eventually(lambda: "/auth/thaid/callback" in (system.logs / "web.log").read_text(), "the refusal in the log")
    for log in system.logs.iterdir():
        assert "once-only" not in log.read_text()
        assert "?code=" not in log.read_text()
