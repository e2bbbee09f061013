"""Processes count together: who has used up a limit at one of them is told to wait by all."""

import json
from collections.abc import Iterator
from uuid import uuid4

import pytest

from superapp.embedded import processes
from superapp.sandbox.client import Reply, exchange
from superapp.sandbox.journey.system import free_ports
from tests.flows.conftest import System

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("flows")]


@pytest.fixture
def second_web(system: System) -> Iterator[str]:
    """Another process that answers phones, with the cache of the first."""
    ports = free_ports()
    system.stack.start("second-web", *processes.web(host="127.0.0.1", port=ports.web, blocking_threads=1))
    system.stack.wait_until("second-web", f"{ports.web_url}/health/ready", timeout=60)
    yield ports.web_url
    system.stack.kill("second-web")


def refresh(web: str, token: str) -> Reply:
    body = json.dumps({"grant_type": "refresh_token", "refresh_token": token}).encode()
    return exchange("POST", f"{web}/api/v1/auth/token", headers={"Content-Type": "application/json"}, body=body)


def test_processes_count_together(system: System, second_web: str) -> None:
    webs, token = [system.ports.web_url, second_web], str(uuid4())

    assert [refresh(web, token).status for web in webs * 5] == [400] * 10
    for web in webs:
        refused = refresh(web, token)
        assert (refused.status, refused.json()["code"]) == (429, "too_many_requests")
        assert 0 < int(refused.headers["Retry-After"]) <= 61
        assert refresh(web, str(uuid4())).status == 400, "who tries another token is another"
