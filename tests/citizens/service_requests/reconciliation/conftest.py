from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from citizens.service_requests.models import ServiceRequest, Status
from services_catalog.models import Service
from superapp.sandbox.listener import json_response
from tests.citizens.service_requests.making import make_request, make_service
from tests.counterparts import Answer, Counterpart, http_server

Serve = Callable[..., tuple[Counterpart, Service]]


def status(text: str) -> Answer:
    """An agency that has everything it is asked for, in this status."""
    return lambda _request: json_response(200, {"agency_reference": "A-1", "status": text})


def nothing(_request: Any) -> Any:
    """An agency that has nothing."""
    return json_response(404, {})


@pytest.fixture
def serve(db: None) -> Iterator[Serve]:
    """serve(answer, **lane) gives an agency's server that answers look-ups so, and a service of that agency."""
    with ExitStack() as servers:

        def serve(answer: Answer, **lane: Any) -> tuple[Counterpart, Service]:
            server = servers.enter_context(http_server(answer))
            options = {"submit_url": server.url, "lookup_url": f"{server.url}/{{reference}}"}
            return server, make_service(options, **lane)

        yield serve


def at_agency(service: Service, status: Status = Status.DELIVERED, **fields: Any) -> ServiceRequest:
    """A request that the agency got, and that nobody has heard of for two hours."""
    heard = timezone.now() - timedelta(hours=2)
    given = {"status": status, "next_attempt_at": None, "agency_heard_at": heard, **fields}
    return make_request(service, **given)
