"""The national number is readable in no column, in no spelling that needs no key."""

import base64
import hashlib
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection

from citizens.service_requests.models import ServiceRequest
from services_catalog.models import AuditEvent, Service
from tests.citizens.identity.conftest import Browser
from tests.conftest import phone_with
from tests.factories import ANSWERS

NUMBER = "1234567890121"


def _spellings(number: str) -> list[str]:
    plain = number.encode()
    digests = [hashlib.new(name, plain).digest() for name in ("md5", "sha1", "sha256", "sha512")]
    return [
        number,
        plain.hex(),
        base64.b64encode(plain).decode().rstrip("="),
        *(digest.hex() for digest in digests),
        *(base64.b64encode(digest).decode().rstrip("=") for digest in digests),
    ]


def _rows() -> Iterator[tuple[str, str]]:
    """Every row of every table of ours, as PostgreSQL writes it: bytes in hexadecimal digits."""
    labels = ["citizens", "service_requests", "notifications", "services_catalog"]
    for model in (model for label in labels for model in apps.get_app_config(label).get_models()):
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT whole::text FROM {table} AS whole")
            for (row,) in cursor.fetchall():
                yield model._meta.label, row


@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_a_sign_in_leaves_no_readable_number(browser: Browser, decision: str) -> None:
    browser.sign_in(NUMBER, decision)
    rows = list(_rows())
    assert rows
    assert [label for label, row in rows if any(spelling in row for spelling in _spellings(NUMBER))] == []


def test_a_request_that_carries_a_number_leaves_none_readable(browser: Browser, service: Service) -> None:
    phone = phone_with(browser.tokens(NUMBER)["access_token"])
    body = {"service": service.code, "version": 1, "data": {**ANSWERS, "national_id": NUMBER}}
    assert phone.post("/api/v1/service-requests", body, HTTP_IDEMPOTENCY_KEY="key").status_code == 202

    labels = {label for label, _ in _rows()}
    assert ServiceRequest._meta.label in labels
    assert [label for label, row in _rows() if any(spelling in row for spelling in _spellings(NUMBER))] == []


def test_the_search_for_readable_numbers_finds_one(service: Service) -> None:
    service.description_en = f"call {NUMBER}"
    service.save()
    assert [label for label, row in _rows() if NUMBER in row] == [AuditEvent._meta.label, Service._meta.label]
