"""Many citizens, signed in, and what their phones send."""

import json
from collections.abc import Iterator
from uuid import uuid4

from django.utils import timezone

from citizens.identity.assurance import Assurance, level
from citizens.identity.citizens import citizen_identify
from citizens.identity.providers.base import VerifiedIdentity
from citizens.identity.tokens import access_token_issue
from citizens.models import Citizen, Session
from services_catalog.models import Service, ServiceVersion
from superapp.sandbox.people import check_digit


def make_citizens(count: int) -> list[Citizen]:
    """Citizens with numbers of their own; the same ones each time."""
    return [_citizen(f"18{number:010d}") for number in range(count)]


def _citizen(first_twelve: str) -> Citizen:
    national_id = first_twelve + check_digit(first_twelve)
    assurance = Assurance(level("2.3"), level("2.2"))  # type: ignore[arg-type]
    return citizen_identify(
        VerifiedIdentity("thaid", national_id, national_id, {"name_th": "นายทดสอบ ระบบดี"}, assurance)
    )


def access_tokens(citizens: list[Citizen]) -> list[str]:
    """One session each."""
    return [access_token_issue(session) for session in open_sessions(citizens)]


def open_sessions(citizens: list[Citizen]) -> list[Session]:
    """One each, as a sign-in with ThaID leaves it."""
    now = timezone.now()
    return Session.objects.bulk_create(
        Session(citizen=citizen, provider="thaid", ial="2.3", aal="2.2", authenticated_at=now) for citizen in citizens
    )


def bodies(services: list[Service]) -> list[bytes]:
    """A submission to each service, as JSON."""
    versions = ServiceVersion.objects.filter(service__in=services).select_related("service")
    return [
        json.dumps({"service": one.service.code, "version": one.number, "data": one.example}).encode()
        for one in versions
    ]


def submissions(
    services: list[Service], tokens: list[str], port: int, count: int, *, after: int = 0
) -> Iterator[bytes]:
    """`count` HTTP requests, each with a key of its own. No citizen asks a service twice until all have asked all.

    `after` goes on where an earlier call with that many requests in all had ended.
    """
    asked = bodies(services)
    for position in range(after, after + count):
        token = tokens[position // len(asked) % len(tokens)]
        headers = f"Authorization: Bearer {token}\r\nIdempotency-Key: {uuid4()}\r\n"
        yield post(port, "/api/v1/service-requests", asked[position % len(asked)], headers)


def post(port: int, path: str, body: bytes, headers: str = "") -> bytes:
    """An HTTP request as bytes; `headers` are whole lines."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n{headers}\r\n"
    )
    return head.encode() + body
