"""A phone that signs in by NDID, against the sandbox's node or a scripted one."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.db.models import F
from pytest_django import Settings
from rest_framework.test import APIClient

from citizens.identity.consent_requests.ask import consent_requests_ask_due
from citizens.identity.consent_requests.rows import callback_token
from citizens.identity.pkce import challenge_of
from citizens.identity.providers.secret import secret_seal
from citizens.models import ConsentRequest, IdentityProvider
from superapp.sandbox.client import exchange
from superapp.sandbox.credentials import client_secret
from superapp.sandbox.listener import HangUp, Request, Response, json_response
from superapp.sandbox.server import Sandbox
from tests.counterparts import http_server
from tests.factories import SECRET

PERSON = "1234567890121"
UNKNOWN_TO_BANKS = "2000000000007"
NODE_REQUEST = "ab" * 32
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def make_node(url: str, **options: Any) -> IdentityProvider:
    """NDID, with the node at that address."""
    fields = {
        "protocol": IdentityProvider.Protocol.CONSENT_REQUEST,
        "name_th": "NDID",
        "name_en": "NDID",
        "is_on": True,
        "default_ial": "1.1",
        "max_ial": "2.3",
        "default_aal": "1.0",
        "max_aal": "2.2",
        "options": {"base_url": f"{url}/v6", "call_timeout": 1, **options},
        "secret_encrypted": secret_seal("ndid", client_secret("ndid", secret=SECRET)),
    }
    return IdentityProvider.objects.update_or_create(code="ndid", defaults=fields)[0]


class Phone:
    """One installation of the app."""

    def __init__(self, number: str = PERSON) -> None:
        self.client = APIClient()
        self.number = number
        self.device_id = secrets.token_urlsafe(24)
        self.verifier = secrets.token_urlsafe(48)

    def start(self, **changes: Any) -> Any:
        asked = {
            "provider": "ndid",
            "national_id": self.number,
            "bank": "idp1",
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
            "device_id": self.device_id,
            "device_name": "Test phone",
        }
        return self.client.post("/api/v1/auth/consent-requests", {**asked, **changes})

    def started(self, **changes: Any) -> str:
        answer = self.start(**changes)
        assert answer.status_code == 202, answer.content
        return str(answer.json()["id"])

    def look(self, request_id: str) -> dict[str, Any]:
        answer = self.client.get(f"/api/v1/auth/consent-requests/{request_id}")
        assert answer.status_code == 200
        return dict(answer.json())

    def state(self, request_id: str) -> str:
        return str(self.look(request_id)["state"])

    def finish(self, request_id: str, verifier: str = "", **more: str) -> Any:
        body = {"code_verifier": verifier or self.verifier, **more}
        return self.client.post(f"/api/v1/auth/consent-requests/{request_id}/finish", body)

    def cancel(self, request_id: str, verifier: str = "") -> Any:
        body = {"code_verifier": verifier or self.verifier}
        return self.client.post(f"/api/v1/auth/consent-requests/{request_id}/cancel", body)


def work() -> None:
    """Everything that is or becomes due, at once."""
    ConsentRequest.objects.filter(next_poll_at__isnull=False).update(next_poll_at=F("created_at"))
    consent_requests_ask_due()


def pass_time(request_id: str, **by: float) -> None:
    """The request is older by that much."""
    delta = timedelta(**by)
    row = ConsentRequest.objects.get(pk=request_id)
    row.created_at -= delta
    row.expires_at -= delta
    row.asked_at = row.asked_at and row.asked_at - delta
    row.save()


def row_of(request_id: str) -> ConsentRequest:
    return ConsentRequest.objects.get(pk=UUID(request_id))


@dataclass
class Node:
    """The sandbox's node and the app of its banks."""

    url: str

    def decide(self, request_id: str, decision: str = "accept", failure: str = "") -> None:
        node_id = row_of(request_id).node_request_id
        form = {"request": node_id, "idp": "idp1", "decision": decision, "failure": failure}
        answer = exchange("POST", f"{self.url}/bank", headers=FORM, body=urlencode(form).encode())
        assert answer.status == 303, answer.body

    def switch(self, failure: str, **more: Any) -> None:
        body = json.dumps({"failure": failure, **more}).encode()
        answer = exchange("POST", f"{self.url}/switches", headers={"Content-Type": "application/json"}, body=body)
        assert answer.status == 200

    def has(self, request_id: str) -> dict[str, Any]:
        key = client_secret("ndid", secret=SECRET)
        address = f"{self.url}/v6/utility/requests/{row_of(request_id).node_request_id}"
        return dict(exchange("GET", address, headers={"X-API-Key": key}).json())


@pytest.fixture
def node(db: None, sandbox: Sandbox, settings: Settings) -> Iterator[Node]:
    settings.PUBLIC_URL = "http://127.0.0.1:9"  # nobody listens: what the node tells is lost, and we ask
    made = Node(sandbox.urls["ndid"])
    make_node(made.url)
    yield made
    made.switch("")


@pytest.fixture
def phone() -> Phone:
    return Phone()


@dataclass
class ScriptedNode:
    """A node that answers each address as it is told, and remembers what arrived."""

    arrived: list[Request] = field(default_factory=list)
    answers: dict[str, Response | HangUp | Callable[[Request], Response | HangUp]] = field(default_factory=dict)
    request: dict[str, Any] = field(default_factory=dict)

    def __call__(self, request: Request) -> Response | HangUp:
        self.arrived.append(request)
        for part, answer in self.answers.items():
            if part in request.target:
                return answer(request) if callable(answer) else answer
        return self._usual(request)

    def _usual(self, request: Request) -> Response:
        if "/rp/requests/" in request.target:
            return json_response(202, {"request_id": NODE_REQUEST, "initial_salt": "salt"})
        if "/utility/requests/" in request.target:
            return json_response(200, {**status(), **self.request})
        if "/utility/idp" in request.target:
            return Response(200, b'[{"node_id": "idp1", "node_name": "Bank"}]')
        return Response(202 if request.method == "POST" else 404)

    def count(self, part: str) -> int:
        return sum(part in request.target for request in self.arrived)


def status(word: str = "pending", **changes: Any) -> dict[str, Any]:
    """How the node has a request."""
    return {
        "request_id": NODE_REQUEST,
        "mode": 2,
        "status": word,
        "closed": False,
        "timed_out": False,
        "response_list": [],
        **changes,
    }


def completed(**changes: Any) -> dict[str, Any]:
    """A request that somebody has agreed to; a change is one of the bank's answer."""
    answer = {
        "idp_id": "idp1",
        "ial": 2.3,
        "aal": 2.2,
        "status": "accept",
        "signature": "…",
        "valid_ial": True,
        "valid_signature": True,
        **changes,
    }
    return status("completed", closed=True, response_list=[answer])


@pytest.fixture
def scripted(db: None) -> Iterator[ScriptedNode]:
    script = ScriptedNode()
    with http_server(script) as counterpart:
        make_node(counterpart.url.removesuffix("/cases"))
        yield script


def callback(ours: str, /, **news: Any) -> Any:
    """What the node would send to the address that it was given for that request."""
    address = f"/api/v1/auth/consent-requests/callback/{callback_token(UUID(ours))}"
    return APIClient().post(address, {"type": "request_status", **news})


def until(true: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + 5
    while not true() and time.monotonic() < ends_at:
        time.sleep(0.02)
    assert true()
