"""One call to an agency: every way it can end, against real servers (rules 4 and 5)."""

import json
import socket
import struct
import time
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from rest_framework.serializers import Serializer
from uuid_utils.compat import uuid7

from citizens.service_requests.routing.claim import Claimed
from citizens.service_requests.routing.send import AdapterBroke, CannotFindOut, NotStarted, Result, send
from services_catalog.adapters.base import Adapter
from services_catalog.adapters.errors import DeliveryFailure, OutcomeUnknown, Permanent, Retryable
from services_catalog.adapters.registry import registry
from services_catalog.adapters.types import CallSettings, Receipt, Submission
from superapp.sandbox.listener import HangUp, Request, Response, json_response
from tests.counterparts import RECEIPT, Answer, http_server, read_request, tcp_server, unused_port

CALL = CallSettings(outgoing_secret="our-secret", deadline=timedelta(seconds=5), request_id="trace-1")
HASTY = replace(CALL, deadline=timedelta(seconds=0.4))
NOT_FOUND = json_response(404, {})


def claimed(*, look_up_first: bool = False, lease: float = 60) -> Claimed:
    request_id = uuid7()
    submission = Submission(
        reference=str(request_id),
        idempotency_key=str(request_id),
        service_code="dlt-licence",
        version=3,
        data={"note": "สวัสดี"},
        applicant={"name_th": "นายทดสอบ"},
    )
    return Claimed(
        attempt_id=uuid7(),
        request_id=request_id,
        lane_id=uuid7(),
        service_code="s1",
        payload=submission,
        look_up_first=look_up_first,
        is_unwanted=False,
        call_deadline=CALL.deadline,
        lease_expires_at=timezone.now() + timedelta(seconds=lease),
        trace_id="trace-1",
    )


def rest_json(url: str, *, looks_up: bool = True, honours_key: bool = False) -> Adapter:
    options = {
        "submit_url": url,
        "lookup_url": f"{url}/{{reference}}" if looks_up else "",
        "honours_idempotency_key": honours_key,
    }
    return registry.build("rest_json", options)


def result_of(answer: Answer | Response, call: CallSettings = CALL) -> Result:
    with http_server(answer) as agency:
        return send(claimed(), rest_json(agency.url), call).result


def failure(result: Result) -> tuple[type[DeliveryFailure], str, int | None]:
    assert isinstance(result, DeliveryFailure), result
    return type(result), result.code, result.http_status


def by_method(*, get: Response, post: Response = RECEIPT) -> Answer:
    return lambda request: get if request.method == "GET" else post


def test_the_agency_gets_exactly_the_submission_and_nothing_of_ours() -> None:
    with http_server(RECEIPT) as agency:
        one = claimed()
        sent = send(one, rest_json(agency.url), CALL)
        [arrived] = agency.arrived
    assert sent.result == Receipt("DLT-2569-000001", "received")
    assert timedelta(0) < sent.took < timedelta(seconds=5)
    assert json.loads(arrived.body) == {
        "reference": one.payload.reference,
        "service": "dlt-licence",
        "version": 3,
        "data": {"note": "สวัสดี"},
        "applicant": {"name_th": "นายทดสอบ"},
    }
    assert arrived.headers["Idempotency-Key"] == one.payload.reference
    assert arrived.headers["Authorization"] == "Bearer our-secret"
    assert arrived.headers["X-Request-ID"] == "trace-1"
    assert arrived.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("status", [200, 201, 202])
def test_each_success_is_a_receipt(status: int) -> None:
    result = result_of(json_response(status, {"agency_reference": "A-1", "status": "completed"}))
    assert result == Receipt("A-1", "completed")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *[(status, Retryable) for status in (401, 403, 404, 408, 421, 425, 429, 503)],
        *[(status, Permanent) for status in (400, 402, 405, 409, 410, 413, 415, 422, 451)],
        *[(status, OutcomeUnknown) for status in (204, 302, 307, 500, 501, 502, 504, 599)],
    ],
)
def test_the_status_decides_the_kind_of_failure(status: int, kind: type[DeliveryFailure]) -> None:
    assert failure(result_of(Response(status))) == (kind, f"http_{status}", status)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("0", 0), ("999999", 86_400), ("9999999999", None), ("-1", None), ("1.5", None), ("soon", None)],
)
def test_an_agency_may_say_when_to_come_back(header: str, seconds: int | None) -> None:
    result = result_of(Response(503, headers={"Retry-After": header}))
    assert isinstance(result, Retryable)
    assert result.retry_after == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Sun, 22 Nov 2026 12:00:07 GMT", 7),
        ("Sun, 22 Nov 2026 12:00:07 -0000", 7),
        ("Sun, 22 Nov 2026 19:00:07 +0700", 7),
        ("Sunday, 22-Nov-26 12:00:07 GMT", 7),
        ("Sun Nov 22 12:00:07 2026", 7),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ("Sun, 32 Nov 2026 12:00:07 GMT", None),
        ("Sun, 22 Nov 2026", None),
        ("22 Nov 2026 12:00:07 +99999999999999999999", None),
    ],
)
def test_an_agency_may_give_the_time_to_come_back_as_a_date(header: str, seconds: int | None) -> None:
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False):
        result = result_of(Response(503, headers={"Retry-After": header}))
    assert isinstance(result, Retryable)
    assert result.retry_after == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize("status", [500, 502, 504])
def test_it_may_say_so_too_where_the_outcome_is_unknown(status: int) -> None:
    result = result_of(Response(status, headers={"Retry-After": "120"}))
    assert isinstance(result, OutcomeUnknown)
    assert result.retry_after == timedelta(minutes=2)


def test_nobody_listens() -> None:
    with unused_port() as port:
        result = send(claimed(), rest_json(f"http://127.0.0.1:{port}/cases"), CALL).result
    assert failure(result) == (Retryable, "cannot_connect", None)


@pytest.mark.parametrize("hang_up", HangUp)
def test_the_connection_ends_without_an_answer(hang_up: HangUp) -> None:
    assert failure(result_of(lambda _request: hang_up)) == (OutcomeUnknown, "connection_lost", None)


def test_the_connection_is_reset_in_the_middle_of_the_answer() -> None:
    def talk(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with tcp_server(talk) as port:
        result = send(claimed(), rest_json(f"http://127.0.0.1:{port}/cases"), CALL).result
    assert failure(result) == (OutcomeUnknown, "connection_lost", None)


def test_no_answer_in_time() -> None:
    def answer(_request: Request) -> Response:
        time.sleep(1)
        return RECEIPT

    began = time.monotonic()
    assert failure(result_of(answer, HASTY)) == (OutcomeUnknown, "no_answer_in_time", None)
    assert time.monotonic() - began < 3


def test_an_answer_that_is_not_http() -> None:
    def talk(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"220 mail.dlt.go.th ESMTP ready\r\n")

    with tcp_server(talk) as port:
        result = send(claimed(), rest_json(f"http://127.0.0.1:{port}/cases"), CALL).result
    assert failure(result) == (OutcomeUnknown, "connection_lost", None)


@pytest.mark.parametrize(
    ("given", "reference"),
    [("A-1", "A-1"), (" A-1\n", "A-1"), (4711, "4711"), (0, "0"), ("ก" * 201, "ก" * 200), ("None", "None")],
)
def test_an_agencys_number_is_a_text_or_a_whole_number(given: object, reference: str) -> None:
    assert result_of(json_response(201, {"agency_reference": given, "status": None})) == Receipt(reference, "")


not_understood = pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>thank you</html>",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b'"DLT-1"',
        b"{}",
        b'{"status": "received"}',
        b'{"agency_reference": null, "error": "E102"}',
        b'{"agency_reference": ""}',
        b'{"agency_reference": " "}',
        b'{"agency_reference": {}}',
        b'{"agency_reference": []}',
        b'{"agency_reference": ["A-1"]}',
        b'{"agency_reference": false}',
        b'{"agency_reference": true}',
        b'{"agency_reference": 1.5}',
        b"[" * 200_000,
        b'{"agency_reference": "A\\u0000B"}',
        b'{"agency_reference": "A\\ud800"}',
    ],
    ids=lambda body: str(body[:30]),
)


@not_understood
def test_an_answer_that_nobody_understands_leaves_the_outcome_unknown(body: bytes) -> None:
    assert failure(result_of(Response(201, body))) == (OutcomeUnknown, "answer_not_understood", 201)


@not_understood
def test_a_look_up_whose_answer_nobody_understands_leaves_the_outcome_unknown_and_sends_nothing(body: bytes) -> None:
    with http_server(by_method(get=Response(200, body))) as agency:
        result = send(claimed(look_up_first=True), rest_json(agency.url), CALL).result
        assert failure(result) == (OutcomeUnknown, "answer_not_understood", 200)
        assert agency.submissions == 0


def test_a_redirect_is_not_followed() -> None:
    with http_server(RECEIPT) as elsewhere, http_server(Response(307, headers={"Location": elsewhere.url})) as agency:
        result = send(claimed(), rest_json(agency.url), CALL).result
        assert failure(result) == (OutcomeUnknown, "http_307", 307)
        assert len(agency.arrived) == 1
        assert elsewhere.arrived == []


def test_a_host_that_is_not_allowed_is_not_called() -> None:
    result = send(claimed(), rest_json("http://evil.example/cases"), CALL).result
    assert failure(result) == (Retryable, "address_refused", None)


def test_what_arrived_is_found_by_looking_up_and_not_sent_again() -> None:
    found = json_response(200, {"agency_reference": "A-7", "status": "in_progress"})
    with http_server(by_method(get=found)) as agency:
        one = claimed(look_up_first=True)
        assert send(one, rest_json(agency.url), CALL).result == Receipt("A-7", "in_progress")
        assert agency.submissions == 0
        assert agency.arrived[0].path == f"/cases/{one.payload.reference}"


def test_what_never_arrived_is_sent_after_looking_up() -> None:
    with http_server(by_method(get=NOT_FOUND)) as agency:
        result = send(claimed(look_up_first=True), rest_json(agency.url), CALL).result
        assert result == Receipt("DLT-2569-000001", "received")
        assert [request.method for request in agency.arrived] == ["GET", "POST"]


@pytest.mark.parametrize("status", [401, 403, 422, 429, 500, 503])
def test_a_look_up_that_failed_leaves_the_outcome_unknown_and_sends_nothing(status: int) -> None:
    with http_server(by_method(get=Response(status))) as agency:
        result = send(claimed(look_up_first=True), rest_json(agency.url), CALL).result
        assert failure(result) == (OutcomeUnknown, "lookup_refused", status)
        assert agency.submissions == 0


def test_a_look_up_that_cannot_connect_leaves_the_outcome_unknown() -> None:
    with unused_port() as port:
        one = claimed(look_up_first=True)
        result = send(one, rest_json(f"http://127.0.0.1:{port}/cases"), CALL).result
    assert failure(result) == (OutcomeUnknown, "cannot_connect", None)


def test_an_agency_that_takes_keys_is_simply_sent_the_same_again() -> None:
    with http_server(RECEIPT) as agency:
        one = claimed(look_up_first=True)
        result = send(one, rest_json(agency.url, looks_up=False, honours_key=True), CALL).result
        assert isinstance(result, Receipt)
        assert agency.arrived[0].headers["Idempotency-Key"] == one.payload.reference


def test_an_agency_that_can_do_neither_is_never_sent_the_same_again() -> None:
    with http_server(RECEIPT) as agency:
        result = send(claimed(look_up_first=True), rest_json(agency.url, looks_up=False), CALL).result
        assert result == CannotFindOut()
        assert agency.arrived == []


def test_a_call_that_could_outlive_its_lease_is_not_made() -> None:
    with http_server(RECEIPT) as agency:
        assert send(claimed(lease=9), rest_json(agency.url), CALL).result == NotStarted()
        assert agency.arrived == []


class CrashingAdapter(Adapter):
    """Raises what no adapter may raise."""

    options_serializer = Serializer

    def submit(self, submission: Submission, call: CallSettings) -> Receipt:
        raise KeyError(submission.data["note"])


class RefusingLookUp(CrashingAdapter):
    """Its agency answers a look-up with "never"."""

    can_look_up = True

    def fetch_status(self, reference: str, call: CallSettings) -> Receipt | None:
        raise Permanent("closed_for_good")


def test_a_bug_of_the_adapter_is_not_a_failure_of_the_agency(capsys: pytest.CaptureFixture[str]) -> None:
    assert send(claimed(), CrashingAdapter({}), CALL).result == AdapterBroke()
    assert "สวัสดี" not in "".join(capsys.readouterr()), "what an exception carries may be personal"


def test_no_failure_of_a_look_up_says_that_the_agency_has_nothing() -> None:
    result = send(claimed(look_up_first=True), RefusingLookUp({}), CALL).result
    assert failure(result)[:2] == (OutcomeUnknown, "closed_for_good")
