"""What one system's processes count is told together; a worker elsewhere tells of itself."""

import http.client
import secrets
from uuid import UUID

import pytest
from django.conf import settings

from superapp.embedded import processes
from superapp.sandbox.agencies.behaviours import AgencyKind
from superapp.sandbox.journey.system import free_ports
from tests.flows.conftest import System, eventually

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("flows")]


def scraped(port: int) -> str:
    """The page, or nothing while nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {settings.METRICS_TOKEN}"})
        response = connection.getresponse()
        return response.read().decode() if response.status == 200 else ""
    except OSError:
        return ""
    finally:
        connection.close()


def submitted(system: System) -> UUID:
    request_id = system.submit(AgencyKind.INSTANT, {}, secrets.token_hex(8))
    system.await_completed(request_id)
    return request_id


def test_the_web_tells_what_the_workers_delivered(system: System) -> None:
    request_id = submitted(system)
    code = system.services[AgencyKind.INSTANT].code
    delivered = f'superapp_delivery_attempts_total{{outcome="delivered",service="{code}"}} '
    # The agency's news may overtake our own record of the delivery.
    eventually(lambda: delivered in scraped(system.ports.web), "the delivery to be counted")
    page = scraped(system.ports.web)
    [accepted] = [line for line in page.splitlines() if line.startswith("superapp_accept_seconds_count ")]
    assert float(accepted.rpartition(" ")[2]) >= 1
    assert "superapp_untold_failures 0.0" in page.splitlines()
    assert "superapp_database_up 1.0" in page.splitlines()
    assert 'superapp_identity_provider_up{provider="thaid"} 1.0' in page.splitlines()
    assert "superapp_held_identities_oldest_seconds 0.0" in page.splitlines()
    assert str(request_id) not in page


def test_a_worker_in_a_container_of_its_own_tells_of_itself(system: System) -> None:
    port = free_ports().web
    argv = processes.worker(queues=["maintenance"], pool="threads", concurrency=1, hostname="elsewhere@%h")
    system.stack.start("elsewhere", "env", "-u", "PROMETHEUS_MULTIPROC_DIR", f"METRICS_PORT={port}", *argv)
    try:
        eventually(lambda: bool(scraped(port)), "the worker to tell", 45)
        page = scraped(port)
    finally:
        system.stack.kill("elsewhere")
    assert "superapp_nudges_failed_total" in page
    assert "superapp_lane_" not in page
