"""A whole system of real processes on the suite's test database, with a broker and a cache of its own to kill.

It is started once for all flows. What it works with is committed, for other processes must see it, and the tables are
emptied when the processes have ended. The tests themselves only read: theirs is a transaction that is rolled back.
"""

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from citizens.service_requests.models import OPEN_OUTCOMES, DeliveryAttempt, ServiceRequest
from services_catalog.models import Service
from services_catalog.queues import Queue
from superapp.embedded import locations, processes
from superapp.embedded.stack import Stack
from superapp.embedded.valkey import EmbeddedValkey
from superapp.sandbox import server
from superapp.sandbox.agencies.behaviours import AgencyKind
from superapp.sandbox.agencies.ledger import Ledger
from superapp.sandbox.identity import servers as identity_servers
from superapp.sandbox.journey.phone import Phone, PhoneError
from superapp.sandbox.journey.providers import sandbox_providers_write
from superapp.sandbox.journey.system import Ports, free_ports
from superapp.sandbox.listener import Application, HangUp, Listener, Request, Response
from superapp.sandbox.people import TEST_PEOPLE
from superapp.sandbox.ports import agency_ports
from tests.citizens.service_requests.making import make_service
from tests.databases import suite_database_url

PERSON = TEST_PEOPLE[0]
DELIVERY = processes.worker(queues=[Queue.DELIVERY], pool="threads", concurrency=8, hostname="delivery@%h")


@dataclass
class Broker:
    """The system's own broker, which can be treated badly."""

    server: EmbeddedValkey

    def signal(self, number: signal.Signals) -> None:
        running = self.server.running()
        assert running is not None
        os.kill(running.pid, number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        eventually(lambda: self.server.running() is None, "the broker to be dead")

    def wipe(self) -> None:
        """Forgets all it ever knew; it must be dead."""
        shutil.rmtree(self.server.home / "appendonlydir")

    def everything_ever_written(self) -> str:
        files = sorted((self.server.home / "appendonlydir").iterdir())
        return "".join(file.read_text(errors="replace") for file in files)


@dataclass
class System:
    ports: Ports
    stack: Stack
    broker: Broker
    cache: Broker
    logs: Path
    ledger: Ledger
    phone: Phone
    services: dict[AgencyKind, Service]
    # What the phone called, and what the sandbox's servers were called with.
    phone_urls: list[str] = field(default_factory=list)
    arrived: list[Request] = field(default_factory=list)

    def submit(self, kind: AgencyKind, data: Any, key: str) -> UUID:
        """An accepted request; it must have been accepted within a second."""
        began = time.monotonic()
        answer = self.phone.submit(self.services[kind].code, 1, data, key, send_again=True)
        took = time.monotonic() - began
        assert answer.status_code == 202, answer.text
        assert took < 1, f"accepting took {took:.2f} s"
        return UUID(answer.json()["id"])

    def await_completed(self, *ids: UUID, seconds: float = 45) -> None:
        """The citizen reads that all are completed, and each agency has one case of each."""
        # A phone that asks more often meets its rate limit.
        eventually(lambda: self._are_completed(ids), f"{ids} to be completed", seconds, pause=0.5)
        references = [str(one) for one in ids]
        assert self.ledger.cases_by_reference(references) == dict.fromkeys(references, 1)

    def _are_completed(self, ids: tuple[UUID, ...]) -> bool:
        return all(self._status(one) == "completed" for one in ids)

    def _status(self, request_id: UUID) -> str:
        return str(self.phone.get(f"/api/v1/service-requests/{request_id}")["status"])


def eventually(done: Callable[[], bool], what: str, seconds: float = 15, pause: float = 0.05) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, f"waited {seconds:g} s for {what}"
        time.sleep(pause)


@pytest.fixture(scope="package")
def system(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[System]:
    assert str(connection.settings_dict["NAME"]).startswith("test_"), "all tables will be emptied"
    with django_db_blocker.unblock(), ExitStack[None]() as cleanup:
        cleanup.callback(call_command, "flush", interactive=False, verbosity=0)
        running = _start(tmp_path_factory.mktemp("flows"), cleanup)
        eventually(lambda: _signs_in(running.phone), "the citizen to be signed in")
        yield running


def _signs_in(phone: Phone) -> bool:
    """A machine under load may find the cache away for a moment, and then sign-in fails closed: 503, try again."""
    try:
        phone.sign_in(PERSON.number)
    except PhoneError as error:
        if ": 503 " in str(error):
            return False
        raise
    return True


def _start(folder: Path, cleanup: ExitStack) -> System:
    ports = free_ports()
    broker, cache = (_private_valkey(folder / name, cleanup) for name in ("broker", "cache"))
    arrived: list[Request] = []
    cleanup.callback(_start_sandbox(folder / "sandbox", ports, arrived).stop)
    services = {kind: _service(kind, ports) for kind in AgencyKind}
    sandbox_providers_write(base_port=ports.sandbox)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "superapp.settings.local",
        "SUPERAPP_STATE": str(folder / "state"),
        "DATABASE_URL": suite_database_url(),
        "CELERY_BROKER_URL": locations.broker_url(folder / "broker"),
        "CACHE_URL": locations.cache_url(folder / "cache"),
        "PUBLIC_URL": ports.web_url,
        "SANDBOX_PORT": str(ports.sandbox),
        "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics"),
    }
    stack = cleanup.enter_context(Stack(folder / "logs", environment))
    (folder / "state").mkdir()
    stack.start("web", *processes.web(host="127.0.0.1", port=ports.web, workers=1, blocking_threads=4))
    stack.start("delivery", *DELIVERY)
    others = [Queue.MAINTENANCE, Queue.NOTIFICATIONS]
    stack.start("worker", *processes.worker(queues=others, pool="threads", concurrency=2, hostname="worker@%h"))
    stack.start(
        "identity", *processes.worker(queues=[Queue.IDENTITY], pool="threads", concurrency=2, hostname="identity@%h")
    )
    stack.start("beat", *processes.beat(state=folder / "state"))
    stack.wait_until("web", f"{ports.web_url}/health/ready", timeout=60)
    phone = Phone(ports.web_url)
    cleanup.callback(phone.close)
    system = System(
        ports=ports,
        stack=stack,
        broker=Broker(broker),
        cache=Broker(cache),
        logs=folder / "logs",
        ledger=Ledger(folder / "sandbox"),
        phone=phone,
        services=services,
        arrived=arrived,
    )
    cleanup.callback(system.ledger.close)
    phone._http.event_hooks["request"] = [lambda request: system.phone_urls.append(str(request.url))]
    return system


def _private_valkey(state: Path, cleanup: ExitStack) -> EmbeddedValkey:
    valkey = EmbeddedValkey(state)
    valkey.start()
    cleanup.callback(shutil.rmtree, valkey.socket.parent)
    cleanup.callback(valkey.stop)
    return valkey


def _start_sandbox(state: Path, ports: Ports, arrived: list[Request]) -> server.Sandbox:
    """The real sandbox, in this process so that we can see every request that reaches it."""

    class WatchedListener(Listener):
        def __init__(self, port: int, application_at: Callable[[str], Application]) -> None:
            super().__init__(port, lambda url: watched(application_at(url)))

    def watched(application: Application) -> Application:
        def watch(request: Request) -> Response | HangUp:
            arrived.append(request)
            return application(request)

        return watch

    with pytest.MonkeyPatch.context() as patch:
        for module in (server, identity_servers):
            patch.setattr(module, "Listener", WatchedListener)
        return server.serve(
            platform_url=ports.web_url, state=state, secret=settings.SANDBOX_SECRET, base_port=ports.sandbox
        )


def _service(kind: AgencyKind, ports: Ports) -> Service:
    service = make_service(claims=["national_id", "name_th", "birthdate"])
    base = f"http://127.0.0.1:{agency_ports(ports.sandbox, AgencyKind)[kind]}/{service.agency.code}"
    service.adapter_options = {
        "submit_url": f"{base}/cases",
        "lookup_url": f"{base}/cases/{{reference}}",
        "honours_idempotency_key": kind is not AgencyKind.AMNESIAC,
    }
    service.save()
    return service


def attempts_of(request_id: UUID) -> list[str]:
    service_request = ServiceRequest.objects.get(pk=request_id)
    return list(service_request.attempts.order_by("number").values_list("outcome", flat=True))


def end_lease(request_id: UUID) -> None:
    """Cuts the lease of the open attempt short, in a transaction of its own that the workers see."""

    def update() -> None:
        try:
            attempts = DeliveryAttempt.objects.filter(service_request_id=request_id, outcome__in=OPEN_OUTCOMES)
            assert attempts.update(lease_expires_at=timezone.now()) == 1
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(update).result()
