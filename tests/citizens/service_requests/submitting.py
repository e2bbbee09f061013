"""Sending service requests as a phone does."""

from typing import Any

from rest_framework.test import APIClient

from citizens.service_requests.models import IdempotencyKey, ServiceRequest, StatusEvent
from tests.factories import ANSWERS

PATH = "/api/v1/service-requests"


def submission(data: Any = ANSWERS, *, service: str = "dlt-licence", version: Any = 1) -> dict[str, Any]:
    return {"service": service, "version": version, "data": data}


def submit(phone: APIClient, body: Any = None, *, key: str | None = "key-1", **extra: Any) -> Any:
    """Answers to one call; `body` may be bytes, `key` None sends no key."""
    if key is not None:
        extra["HTTP_IDEMPOTENCY_KEY"] = key
    if isinstance(body, bytes):
        extra.setdefault("content_type", "application/json")
    return phone.post(PATH, submission() if body is None else body, **extra)


def rows() -> dict[str, int]:
    """How many rows there are of what a submission writes."""
    return {model.__name__: model.objects.count() for model in (ServiceRequest, StatusEvent, IdempotencyKey)}


NO_ROWS = {"ServiceRequest": 0, "StatusEvent": 0, "IdempotencyKey": 0}
ONE_REQUEST = {"ServiceRequest": 1, "StatusEvent": 1, "IdempotencyKey": 1}


def assert_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The body of a refusal, once it is what RFC 9457 and we ask of it."""
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["code"], body["type"]) == (status, code, f"urn:superapp:problem:{code}")
    assert body["title"]
    assert body["detail"] == body["message"]["th"]
    assert body["message"]["en"]
    return body
