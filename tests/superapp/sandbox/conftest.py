import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from superapp.sandbox.agencies.ledger import Ledger
from superapp.sandbox.client import Reply, exchange
from superapp.sandbox.credentials import agency_credentials
from superapp.sandbox.listener import Listener, Response
from superapp.sandbox.server import Sandbox, serve
from tests.superapp.sandbox.identity.client import PHONE

SECRET = "a secret of the tests"


@pytest.fixture
def secret() -> str:
    return SECRET


@pytest.fixture
def platform_url() -> Iterator[str]:
    """A platform that takes all news and does nothing with it."""
    listener = Listener(0, lambda _url: lambda _request: Response(204))
    yield listener.url
    listener.stop()


@pytest.fixture
def sandbox(platform_url: str, tmp_path: Path) -> Iterator[Sandbox]:
    running = serve(platform_url=platform_url, phone_addresses=[PHONE], state=tmp_path, secret=SECRET)
    yield running
    running.stop()


@pytest.fixture
def ledger(sandbox: Sandbox, tmp_path: Path) -> Iterator[Ledger]:
    """Opened a second time, as a program in another process would."""
    opened = Ledger(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def reference() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def submit() -> Callable[..., Reply]:
    """submit(url, reference, agency_code="dlt", key=<the reference>) sends one submission."""

    def send(url: str, reference: str, agency_code: str = "dlt", key: str = "") -> Reply:
        body = {
            "reference": reference,
            "service": "dlt-driving-licence-renewal",
            "version": 3,
            "data": {"licence_type": "car"},
            "applicant": {"national_id": "1234567890121"},
        }
        headers = {
            "Authorization": f"Bearer {agency_credentials(agency_code, secret=SECRET).outgoing_secret}",
            "Idempotency-Key": key or reference,
            "Content-Type": "application/json",
        }
        return exchange("POST", f"{url}/{agency_code}/cases", headers=headers, body=json.dumps(body).encode())

    return send


@pytest.fixture
def look_up() -> Callable[[str, str], Reply]:
    """look_up(url, reference) asks the agency dlt for its case."""

    def ask(url: str, reference: str) -> Reply:
        bearer = f"Bearer {agency_credentials('dlt', secret=SECRET).outgoing_secret}"
        return exchange("GET", f"{url}/dlt/cases/{reference}", headers={"Authorization": bearer})

    return ask
