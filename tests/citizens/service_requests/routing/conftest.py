from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from kombu import Connection

from services_catalog.adapters import http
from services_catalog.models import Service
from services_catalog.queues import Queue
from superapp.celery import app
from superapp.sandbox.agencies.ledger import Ledger
from superapp.sandbox.listener import Listener, Response
from superapp.sandbox.server import Sandbox, serve
from tests.citizens.service_requests.making import make_service


@pytest.fixture(scope="package", autouse=True)
def _no_connection_is_kept_beyond_these_tests() -> Iterator[None]:
    yield
    http.close_idle_connections()


@pytest.fixture(scope="package")
def sandbox_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sandbox")


@pytest.fixture(scope="package")
def sandbox(sandbox_state: Path) -> Iterator[Sandbox]:
    """The real sandbox agencies; the news they push goes to a platform that takes it and does nothing."""
    platform = Listener(0, lambda _url: lambda _request: Response(204))
    running = serve(platform_url=platform.url, state=sandbox_state, secret=settings.SANDBOX_SECRET)
    yield running
    running.stop()
    platform.stop()


@pytest.fixture
def ledger(sandbox: Sandbox, sandbox_state: Path) -> Iterator[Ledger]:
    opened = Ledger(sandbox_state)
    yield opened
    opened.close()


@pytest.fixture
def service(db: None) -> Service:
    """A service whose agency nobody calls in the test."""
    return make_service()


@pytest.fixture
def broker() -> Iterator[Connection]:
    """The suite's broker, with nothing waiting in the queue of deliveries."""
    with app.connection_for_write() as connection:
        app.amqp.queues[Queue.DELIVERY](connection.default_channel).declare()
        app.amqp.queues[Queue.DELIVERY](connection.default_channel).purge()
        yield connection


def is_hinted_at(broker: Connection, service: Service) -> bool:
    """Whether a hint at the service's lane was waiting; takes all that wait."""
    queue = app.amqp.queues[Queue.DELIVERY](broker.default_channel)
    hints = []
    while message := queue.get(no_ack=True):
        hints.append(str(message.payload))
    return any(str(service.pk) in hint for hint in hints)
