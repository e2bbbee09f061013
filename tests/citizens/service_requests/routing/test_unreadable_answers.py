"""An agency's answer that nobody can read may tell of the citizen: neither a log line nor a row of ours repeats it."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from citizens.service_requests.models import DeliveryAttempt, ServiceRequest, StatusEvent
from citizens.service_requests.routing.drain import drain_lane
from superapp.sandbox.listener import Response, json_response
from superapp.sandbox.people import TEST_PEOPLE
from tests.citizens.service_requests.making import make_due, make_request, make_service
from tests.counterparts import http_server, read_request, tcp_server

NUMBER = TEST_PEOPLE[4].number
WORDS = f"There is no {NUMBER}"
Agency = Callable[[], AbstractContextManager[str]]


def answering(answer: Response) -> Agency:
    @contextmanager
    def agency() -> Iterator[str]:
        with http_server(answer) as server:
            yield server.url

    return agency


def saying(line: str) -> Agency:
    """Its answer is no HTTP, or hardly."""

    @contextmanager
    def agency() -> Iterator[str]:
        def talk(connection: Any) -> None:
            read_request(connection)
            connection.sendall(f"{line}\r\n\r\n".encode())

        with tcp_server(talk) as port:
            yield f"http://127.0.0.1:{port}/cases"

    return agency


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("agency", "failure_code"),
    [
        (answering(Response(201, WORDS.encode())), "answer_not_understood"),
        (answering(json_response(201, {"error": WORDS})), "answer_not_understood"),
        (answering(json_response(201, {"agency_reference": None, "status": WORDS})), "answer_not_understood"),
        (answering(json_response(201, {"agency_reference": {"citizen": NUMBER}})), "answer_not_understood"),
        (answering(Response(201, json.dumps({"citizen": NUMBER})[:-1].encode())), "answer_not_understood"),
        (answering(json_response(500, {"error": WORDS})), "http_500"),
        (answering(Response(302, headers={"Location": f"http://127.0.0.1/{NUMBER}"})), "http_302"),
        (answering(Response(503, headers={"Retry-After": NUMBER})), "http_503"),
        (saying(WORDS), "connection_lost"),
        (saying(f"HTTP/1.1 {NUMBER} no"), "connection_lost"),
        (saying(f"HTTP/1.1 201 Created\r\nContent-Length: {WORDS}"), "connection_lost"),
    ],
)
def test_a_number_in_an_answer_ends_in_no_line_and_no_row(
    agency: Agency,
    failure_code: str,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with agency() as url, django_capture_on_commit_callbacks(execute=True), caplog.at_level("DEBUG"):
        service_request = make_request(make_service({"submit_url": url, "lookup_url": f"{url}/{{reference}}"}))
        for _ in range(2):  # the second one looks up where the outcome of the first is unknown
            drain_lane(service_request.service_id)
            make_due(service_request)

    assert set(service_request.attempts.values_list("failure_code", flat=True)) <= {failure_code, "lookup_refused"}
    assert service_request.attempts.count() == 2
    rows = [list(model.objects.values()) for model in (DeliveryAttempt, ServiceRequest, StatusEvent)]
    assert NUMBER not in str(rows)
    # As it was before the formatter hides what looks like a number.
    assert str(service_request.pk) in caplog.text
    assert NUMBER not in caplog.text
