"""The node's HTTP server: its API v6, and beside it the app of the banks."""

import hmac
import re
from collections.abc import Callable, Mapping, Sequence

from superapp.sandbox.identity.ndid.bank_app import BANK_PATH, answer, requests_page
from superapp.sandbox.identity.ndid.banks import AAL_OF_APPS, BANKS, SUPPORTED_AAL, SUPPORTED_IAL, banks_that_know
from superapp.sandbox.identity.ndid.checks import checked_close, checked_create
from superapp.sandbox.identity.ndid.errors import NdidError
from superapp.sandbox.identity.ndid.node import ERROR_CODES, NdidNode
from superapp.sandbox.identity.ndid.requests import CHAIN, NAMESPACE
from superapp.sandbox.identity.switches import switchable
from superapp.sandbox.listener import Application, Request, Response, json_response
from superapp.sandbox.people import is_number

_NOT_FOUND = Response(404)

Endpoint = Callable[[NdidNode, Request, Mapping[str, str]], Response]


def ndid_application(node: NdidNode, api_key: str) -> Application:
    """The API wants its key, the banks' app does not."""

    def endpoint(request: Request) -> Response:
        if request.path == BANK_PATH:
            return requests_page(node) if request.method == "GET" else answer(node, request)
        if not hmac.compare_digest(request.headers.get("X-API-Key", "").encode(), api_key.encode()):
            raise NdidError(20092, "Invalid API key", status=403)
        for method, path, found in _ROUTES:
            values = path.fullmatch(request.path)
            if values and method == request.method:
                return found(node, request, values.groupdict())
        return _NOT_FOUND

    return switchable(node.switches, endpoint)


def _create(node: NdidNode, request: Request, values: Mapping[str, str]) -> Response:
    if values["namespace"] != NAMESPACE:
        raise NdidError(20096, "Invalid namespace or identifier")
    made = node.create(values["number"], checked_create(values["number"], request.body))
    return json_response(202, {"request_id": made.request_id, "initial_salt": made.initial_salt})


def _close(node: NdidNode, request: Request, values: Mapping[str, str]) -> Response:
    node.close(checked_close(request.body))
    return Response(202)


def _reference(node: NdidNode, request: Request, values: Mapping[str, str]) -> Response:
    request_id = node.request_id_of(values["reference"])
    return json_response(200, {"request_id": request_id}) if request_id else _NOT_FOUND


def _details(node: NdidNode, request: Request, values: Mapping[str, str]) -> Response:
    found = node.request(values["request"])
    if found is None:
        return _NOT_FOUND
    return json_response(200, {**found.details(), "creation_block_height": f"{CHAIN}:{found.creation_height}"})


def _idps(node: NdidNode, request: Request, values: Mapping[str, str]) -> Response:
    return json_response(200, [bank.as_json() for bank in BANKS if _is_wanted(request, bank.max_ial)])


def _idps_of_person(node: NdidNode, request: Request, values: Mapping[str, str]) -> Response:
    """Empty for a number that no bank knows."""
    known = banks_that_know(values["number"]) if is_number(values["number"]) else ()
    more = {"lial": None, "laal": None, "mode_list": [2, 3]}
    found = [{**bank.as_json(), "ial": level, **more} for bank, level in known if _is_wanted(request, level)]
    return json_response(200, found)


def _is_wanted(request: Request, ial: float) -> bool:
    least = request.query
    return ial >= float(least.get("min_ial", 0)) and float(least.get("min_aal", 0)) <= AAL_OF_APPS


def _forget(node: NdidNode, request: Request, values: Mapping[str, str]) -> Response:
    """Messages that name the person; there are none here to remove."""
    return Response(204)


def _supported(levels: Sequence[float]) -> Endpoint:
    return lambda _node, _request, _values: json_response(200, levels)


def _error_codes(node: NdidNode, request: Request, values: Mapping[str, str]) -> Response:
    return json_response(200, [{"error_code": code, "description": text} for code, text in ERROR_CODES.items()])


def _route(method: str, path: str, endpoint: Endpoint) -> tuple[str, re.Pattern[str], Endpoint]:
    """Names in braces stand for one segment each."""
    return method, re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path)), endpoint


_ROUTES = (
    _route("POST", "/v6/rp/requests/{namespace}/{number}", _create),
    _route("POST", "/v6/rp/request_close", _close),
    _route("GET", "/v6/rp/request_references/{reference}", _reference),
    _route("GET", "/v6/utility/requests/{request}", _details),
    _route("POST", "/v6/utility/private_message_removal/{request}", _forget),
    _route("GET", "/v6/utility/idp", _idps),
    _route("GET", f"/v6/utility/idp/{NAMESPACE}/{{number}}", _idps_of_person),
    _route("GET", "/v6/utility/supported_ial", _supported(SUPPORTED_IAL)),
    _route("GET", "/v6/utility/supported_aal", _supported(SUPPORTED_AAL)),
    _route("GET", "/v6/utility/idp_error_codes", _error_codes),
)
