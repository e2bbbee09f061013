"""The published schema is the truth: whatever is sent, the answer is one of those it tells of, and never a 5xx."""

import time
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from citizens.models import Citizen
from citizens.notifications.services import notify_pending
from citizens.service_requests.drafts import draft_create
from citizens.service_requests.models import RequestDraft, ServiceRequest
from citizens.service_requests.services import Asked
from services_catalog.models import Service
from superapp.wsgi import application
from tests.factories import ANSWERS, credentials_of, make_request
from tests.signatures import signature

AnyCase = Case[Any]
CHECKS: list[CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
AGENCY_API = "/api/agency/"
# The tool asks for compressed answers and does not unpack them.
PLAIN = {"Accept-Encoding": "identity"}

schema = schemathesis.openapi.from_wsgi("/api/schema/", application)
bounded = settings(
    max_examples=15,
    derandomize=True,
    deadline=None,
    database=None,
    # One transaction holds all examples of an operation: they are calls to one system.
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def one_connection(db: None) -> Iterator[None]:
    """The test's transaction outlives the calls, as with Django's own test client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def made(citizen: Citizen, service: Service) -> ServiceRequest:
    request = make_request(citizen, service)
    draft_create(citizen_id=citizen.pk, asked=Asked(service.code, 1, {"copies": 3}))
    notify_pending()
    return request


def test_a_text_in_both_languages_has_one_name_wherever_we_answer_with_it() -> None:
    shapes = schema.raw_schema["components"]["schemas"]
    texts = [name for name, shape in shapes.items() if shape.get("properties", {}).keys() == {"th", "en"}]
    assert [name for name in texts if not name.endswith("Request")] == ["Text"]


@schema.parametrize()
@bounded
def test_without_a_token(case: AnyCase) -> None:
    case.call_and_validate(checks=CHECKS, headers=PLAIN)


@schema.exclude(path_regex=AGENCY_API).parametrize()
@bounded
def test_with_a_token(case: AnyCase, access_token: str, made: ServiceRequest) -> None:
    headers = {"Authorization": f"Bearer {access_token}", **PLAIN}
    case.call_and_validate(checks=CHECKS, headers=headers)
    aim(case, made)
    case.call_and_validate(checks=CHECKS, headers=headers)


@schema.include(path_regex=AGENCY_API).parametrize()
@bounded
def test_of_an_agency(case: AnyCase, made: ServiceRequest) -> None:
    application_of_agency = signed_by(made)
    case.call_and_validate(checks=CHECKS, app=application_of_agency)
    aim(case, made)
    case.call_and_validate(checks=CHECKS, app=application_of_agency)


def aim(case: AnyCase, made: ServiceRequest) -> None:
    """Has the call meet rows that are there; what else was made up stays."""
    draft = RequestDraft.objects.first()
    known = {"request_id": str(made.pk), "code": made.service.code, "draft_id": str(draft.pk) if draft else ""}
    case.path_parameters = {name: known.get(name) or value for name, value in (case.path_parameters or {}).items()}
    body = case.body
    if isinstance(body, dict):
        for holder, name, value in (
            (body, "service", made.service.code),
            (body, "version", 1),
            (body, "data" if "service" in body or "version" in body else "", ANSWERS),
            (body.get("data"), "reference", str(made.pk)),
        ):
            if isinstance(holder, dict) and name in holder:
                holder[name] = value


WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def signed_by(made: ServiceRequest) -> WsgiApplication:
    """The application as the request's agency calls it: whatever is sent is signed."""
    secrets = credentials_of(made.service.agency)

    def call(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        event_id, timestamp = environ.get("HTTP_WEBHOOK_ID") or "event", int(time.time())
        environ |= {
            "wsgi.input": BytesIO(body),
            "HTTP_AUTHORIZATION": f"Bearer {secrets.api_key}",
            "HTTP_WEBHOOK_ID": event_id,
            "HTTP_WEBHOOK_TIMESTAMP": str(timestamp),
            "HTTP_WEBHOOK_SIGNATURE": signature(secrets.callback_secret, event_id, timestamp, body),
        }
        return application(environ, start_response)

    return call


def test_the_schema_tells_of_every_route() -> None:
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert {operation.label for operation in operations} == {
        "GET /api/v1/services",
        "GET /api/v1/services/suggestions",
        "GET /api/v1/services/{code}",
        "GET /api/v1/agencies",
        "GET /api/v1/categories",
        "GET /api/v1/life-events",
        "GET /api/v1/catalogue",
        "GET /api/v1/auth/providers",
        "GET /api/v1/auth/authorize",
        "GET /api/v1/auth/{provider}/callback",
        "POST /api/v1/auth/token",
        "GET /api/v1/auth/providers/{code}/banks",
        "POST /api/v1/auth/consent-requests",
        "GET /api/v1/auth/consent-requests/{request_id}",
        "POST /api/v1/auth/consent-requests/{request_id}/finish",
        "POST /api/v1/auth/consent-requests/{request_id}/cancel",
        "POST /api/v1/auth/consent-requests/callback/{token}",
        "POST /api/v1/auth/sign-out",
        "GET /api/v1/me/sessions",
        "DELETE /api/v1/me/sessions/{session_id}",
        "GET /api/v1/me/identity-events",
        "GET /api/v1/service-requests",
        "POST /api/v1/service-requests",
        "GET /api/v1/service-requests/{request_id}",
        "GET /api/v1/service-requests/{request_id}/events",
        "POST /api/v1/service-requests/{request_id}/cancel",
        "POST /api/v1/service-requests/{request_id}/response",
        "GET /api/v1/request-drafts",
        "POST /api/v1/request-drafts",
        "GET /api/v1/request-drafts/{draft_id}",
        "PUT /api/v1/request-drafts/{draft_id}",
        "DELETE /api/v1/request-drafts/{draft_id}",
        "POST /api/v1/request-drafts/{draft_id}/submit",
        "GET /api/v1/notifications",
        "GET /api/v1/me",
        "GET /api/v1/me/identities",
        "DELETE /api/v1/me/identities/{provider}",
        "GET /api/v1/me/consents",
        "DELETE /api/v1/me/consents/{consent_id}",
        "POST /api/v1/service-tokens",
        "POST /api/agency/v1/status-events",
        "POST /api/agency/v1/service-tokens/redeem",
    }
