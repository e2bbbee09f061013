"""The HTTP interface that all kinds of agency share.

POST /{agency_code}/cases              201 (200 for a known idempotency key) {"agency_reference", "status"}
GET  /{agency_code}/cases/{reference}  200 {"agency_reference", "status"} or 404
POST /{agency_code}/cases/{reference}/cancellation  200 (202: news will tell) {"agency_reference", "status"}, 404 or 409
POST /{agency_code}/cases/{reference}/responses     200 {"agency_reference", "status"} or 404
GET  /{agency_code}/health             200
POST /control/down {"seconds": n}      200; only where an agency can be down
"""

import hmac
import json
from uuid import UUID

from superapp.sandbox.agencies.behaviours import Agency, DownAgency
from superapp.sandbox.agencies.ledger import Submission
from superapp.sandbox.agencies.problems import problem, unknown_case
from superapp.sandbox.credentials import agency_credentials
from superapp.sandbox.listener import HangUp, Request, Response, json_response


class _MalformedError(Exception):
    """Says what is wrong in words that repeat nothing of the body."""


class AgencyApplication:
    def __init__(self, agency: Agency, secret: str) -> None:
        self._agency = agency
        self._secret = secret

    def __call__(self, request: Request) -> Response | HangUp:
        try:
            return self._route(request)
        except _MalformedError as error:
            return problem(400, "Malformed request", str(error))

    def _route(self, request: Request) -> Response | HangUp:
        match request.method, request.segments:
            case "POST", ["control", "down"] if isinstance(self._agency, DownAgency):
                return _control(self._agency, request)
            case "POST", [agency_code, "cases"]:
                return self._submit(agency_code, request)
            case _ if self._agency.is_down():
                return HangUp.RESET
            case "GET", [agency_code, "cases", reference]:
                return self._find(agency_code, reference, request)
            case "POST", [agency_code, "cases", reference, "cancellation"]:
                return self._cancel(agency_code, reference, request)
            case "POST", [agency_code, "cases", reference, "responses"]:
                return self._respond(agency_code, reference, request)
            case "GET", [_, "health"]:
                return json_response(200, {"status": "ok"})
        return problem(404, "Not found", "There is nothing at this address.")

    def _submit(self, agency_code: str, request: Request) -> Response | HangUp:
        if not self._is_authorised(agency_code, request):
            return _unauthorised()
        return self._agency.submit(_submission(agency_code, request))

    def _find(self, agency_code: str, reference: str, request: Request) -> Response:
        if not self._is_authorised(agency_code, request):
            return _unauthorised()
        case = self._agency.find(agency_code, reference.lower())
        return unknown_case() if case is None else json_response(200, case.as_receipt())

    def _cancel(self, agency_code: str, reference: str, request: Request) -> Response:
        if not self._is_authorised(agency_code, request):
            return _unauthorised()
        return self._agency.cancel(agency_code, reference.lower())

    def _respond(self, agency_code: str, reference: str, request: Request) -> Response:
        if not self._is_authorised(agency_code, request):
            return _unauthorised()
        match _json_object(request.body):
            case {"data": dict()}:
                return self._agency.respond(agency_code, reference.lower(), _idempotency_key(request))
        raise _MalformedError("The body lacks data, or it is no object.")

    def _is_authorised(self, agency_code: str, request: Request) -> bool:
        expected = f"Bearer {agency_credentials(agency_code, secret=self._secret).outgoing_secret}"
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected.encode())


def _submission(agency_code: str, request: Request) -> Submission:
    key = _idempotency_key(request)
    match _json_object(request.body):
        case {"reference": str(ref), "service": str(), "version": int(), "data": dict(), "applicant": dict()}:
            return Submission(agency_code, _uuid(ref), key, request.headers.get("X-Request-ID", ""))
    raise _MalformedError("The body lacks a member or has one of the wrong type.")


def _idempotency_key(request: Request) -> str:
    if key := request.headers.get("Idempotency-Key", ""):
        return key
    raise _MalformedError("The header Idempotency-Key is missing.")


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise _MalformedError("The reference is not a UUID.") from None


def _json_object(body: bytes) -> dict[str, object]:
    try:
        parsed = json.loads(body)
    except ValueError:
        raise _MalformedError("The body is not JSON.") from None
    if not isinstance(parsed, dict):
        raise _MalformedError("The body is not a JSON object.")
    return parsed


def _control(agency: DownAgency, request: Request) -> Response:
    match _json_object(request.body):
        case {"seconds": int() | float() as seconds}:
            agency.go_down(seconds)
            return json_response(200, {"down_for_seconds": seconds})
    raise _MalformedError('The body must be {"seconds": <number>}.')


def _unauthorised() -> Response:
    return problem(401, "Unauthorised", "The secret is wrong.")
