import base64
import hashlib
import hmac
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from superapp.sandbox.agencies import outbox
from superapp.sandbox.client import Reply
from superapp.sandbox.credentials import agency_credentials
from superapp.sandbox.listener import Listener, Request, Response
from superapp.sandbox.server import Sandbox, serve

Submit = Callable[..., Reply]


@dataclass
class Platform:
    """Stands for the platform: keeps what it is told and answers what it is set to answer."""

    status: int = 204
    requests: list[Request] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, request: Request) -> Response:
        with self.changed:
            self.requests.append(request)
            self.changed.notify_all()
            return Response(self.status)

    def wait_for(self, count: int, seconds: float = 5) -> list[Request]:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.requests) >= count, seconds), len(self.requests)
            return list(self.requests)


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def platform_url(platform: Platform) -> Iterator[str]:
    listener = Listener(0, lambda _url: platform)
    yield listener.url
    listener.stop()


@pytest.fixture
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_FIRST_WAIT", 0.05)


def message(request: Request) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(request.body)
    return parsed


def test_a_case_brings_two_pieces_of_news(
    sandbox: Sandbox, platform: Platform, submit: Submit, look_up: Callable[[str, str], Reply], reference: str
) -> None:
    opened = time.monotonic()
    receipt = submit(sandbox.urls["instant"], reference).json()
    first, second = (message(request) for request in platform.wait_for(2))
    took = time.monotonic() - opened

    assert 0.7 <= took < 2
    assert first["type"] == "service_request.status_changed"
    assert first["timestamp"].endswith("Z")
    assert set(first["data"]) == {
        "reference", "status", "agency_reference", "label", "who_acts_next", "milestone",
    }  # fmt: skip
    assert (first["data"]["status"], second["data"]["status"]) == ("in_progress", "completed")
    assert (first["data"]["who_acts_next"], second["data"]["who_acts_next"]) == ("agency", "nobody")
    assert first["data"]["reference"] == reference
    assert first["data"]["agency_reference"] == receipt["agency_reference"]
    assert look_up(sandbox.urls["instant"], reference).json()["status"] == "completed"


def test_news_is_signed_and_carries_the_api_key(
    sandbox: Sandbox, platform: Platform, submit: Submit, reference: str, secret: str
) -> None:
    submit(sandbox.urls["instant"], reference, agency_code="rd")
    request = platform.wait_for(1)[0]
    credentials = agency_credentials("rd", secret=secret)

    key = base64.b64decode(credentials.callback_secret.removeprefix("whsec_"))
    signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-signature"] == f"v1,{expected}"
    assert request.headers["Authorization"] == f"Bearer {credentials.api_key}"
    assert abs(int(request.headers["webhook-timestamp"]) - time.time()) < 5
    assert (request.method, request.path) == ("POST", "/api/agency/v1/status-events")


@pytest.mark.usefixtures("quick_retries")
@pytest.mark.parametrize("status", [500, 409, 429])
def test_news_is_repeated_unchanged_until_it_is_taken(
    sandbox: Sandbox, platform: Platform, submit: Submit, reference: str, status: int
) -> None:
    platform.status = status
    submit(sandbox.urls["instant"], reference)
    platform.wait_for(3)
    platform.status = 204
    time.sleep(1.2)
    requests = platform.requests

    first = [request for request in requests if message(request)["data"]["status"] == "in_progress"]
    assert len(first) >= 3
    assert len({(request.headers["webhook-id"], request.body) for request in first}) == 1
    assert len({request.headers["webhook-id"] for request in requests}) == 2
    platform.requests.clear()
    time.sleep(0.3)
    assert platform.requests == []


@pytest.mark.usefixtures("quick_retries")
def test_a_refusal_ends_the_retries(sandbox: Sandbox, platform: Platform, submit: Submit, reference: str) -> None:
    platform.status = 422
    submit(sandbox.urls["instant"], reference)
    platform.wait_for(2)
    time.sleep(0.4)
    assert len(platform.requests) == 2


@pytest.mark.usefixtures("quick_retries")
def test_what_was_not_pushed_survives_a_restart(
    platform_url: str, platform: Platform, tmp_path: Path, secret: str, submit: Submit, reference: str
) -> None:
    unreachable = "http://127.0.0.1:9"
    first = serve(platform_url=unreachable, state=tmp_path, secret=secret)
    submit(first.urls["instant"], reference)
    time.sleep(0.5)
    first.stop()
    second = serve(platform_url=platform_url, state=tmp_path, secret=secret)
    try:
        statuses = {message(request)["data"]["status"] for request in platform.wait_for(2)}
    finally:
        second.stop()
    assert statuses == {"in_progress", "completed"}


def test_every_tenth_case_repeats_its_news(sandbox: Sandbox, platform: Platform, submit: Submit) -> None:
    references = [str(uuid.uuid4()) for _ in range(10)]
    for reference in references:
        submit(sandbox.urls["instant"], reference)
    told = [message(request)["data"]["reference"] for request in platform.wait_for(22)]

    assert [told.count(reference) for reference in references] == [2] * 9 + [4]
    ids = [request.headers["webhook-id"] for request in platform.requests]
    assert len(set(ids)) == 20


def test_waits_grow_up_to_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [outbox.wait_after(attempts) for attempts in range(9)] == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]
    assert outbox.wait_after(100_000) == 60
