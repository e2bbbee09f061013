"""The phone's X-Request-ID, taken where it is good and replaced where it is not."""

import logging
from uuid import UUID

import pytest
import structlog
from rest_framework.test import APIClient

from citizens.service_requests.models import ServiceRequest
from services_catalog.models import Service
from tests.citizens.service_requests.submitting import submit

GOOD = ["12345678", "a" * 64, "7f3a-PHONE-0001"]
BAD = ["", "1234567", "a" * 65, "with space", "new\u2028line", "id_with_underscore", "'; DROP TABLE", "ก" * 8]


@pytest.mark.parametrize("given", GOOD)
def test_a_good_id_is_kept_and_answered(api: APIClient, service: Service, given: str) -> None:
    answer = submit(api, HTTP_X_REQUEST_ID=given)
    assert (answer.status_code, answer["X-Request-ID"]) == (202, given)
    assert ServiceRequest.objects.get().request_id == given


@pytest.mark.parametrize("given", BAD)
def test_anything_else_gets_a_new_one(api: APIClient, service: Service, given: str) -> None:
    answer = submit(api, HTTP_X_REQUEST_ID=given)
    assert UUID(answer["X-Request-ID"]).version == 4
    assert ServiceRequest.objects.get().request_id == answer["X-Request-ID"]


@pytest.mark.parametrize("path", ["/health/alive", "/nowhere", "/%00", "/api/v1/services/none", "/admin/"])
def test_every_answer_has_one(db: None, anonymous: APIClient, path: str) -> None:
    assert anonymous.get(path, HTTP_X_REQUEST_ID="phone-0001")["X-Request-ID"] == "phone-0001"


def test_nothing_of_a_request_is_left_for_the_next_one_in_its_thread(anonymous: APIClient) -> None:
    anonymous.get("/health/alive")
    assert structlog.contextvars.get_contextvars() == {}


def test_a_refused_call_is_logged_by_its_path(db: None, anonymous: APIClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert anonymous.get("/nowhere?code=once-only").status_code == 404
    assert any("/nowhere" in record.getMessage() for record in caplog.records)
    assert "once-only" not in "".join(
        str(record.__dict__.get("msg")) + record.getMessage() for record in caplog.records
    )
