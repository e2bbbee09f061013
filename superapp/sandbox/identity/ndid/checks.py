"""What the node refuses to put on the chain."""

import json
from typing import Any

from jsonschema import Draft202012Validator

from superapp.sandbox.identity.ndid.banks import AAL_OF_APPS, SUPPORTED_AAL, SUPPORTED_IAL, banks_that_know
from superapp.sandbox.identity.ndid.errors import NdidError
from superapp.sandbox.people import is_number

_URL = {"type": "string", "pattern": "^https?://[^/]+"}
_TEXT = {"type": "string", "minLength": 1}
_COUNT = {"type": "integer", "minimum": 1}
_CREATE = {
    "type": "object",
    "required": [
        *("reference_id", "callback_url", "mode", "request_message"),
        *("min_ial", "min_aal", "min_idp", "request_timeout"),
    ],
    "properties": {
        "node_id": _TEXT,
        "reference_id": _TEXT,
        "callback_url": _URL,
        "mode": {"enum": [1, 2, 3]},
        "idp_id_list": {"type": "array", "items": _TEXT, "uniqueItems": True},
        # This node reaches no authoritative sources, so nobody can ask for their data.
        "data_request_list": {"type": "array", "maxItems": 0},
        "request_message": {"type": "string"},
        "min_ial": {"type": "number"},
        "min_aal": {"type": "number"},
        "min_idp": _COUNT,
        "request_timeout": _COUNT,
        "bypass_identity_check": {"type": "boolean"},
        "initial_salt": {"type": "string", "minLength": 44},
        "request_type": _TEXT,
    },
    "if": {"properties": {"mode": {"enum": [2, 3]}}},
    "then": {"required": ["bypass_identity_check"]},
}
_CLOSE = {
    "type": "object",
    "required": ["reference_id", "callback_url", "request_id"],
    "properties": {"node_id": _TEXT, "reference_id": _TEXT, "callback_url": _URL, "request_id": _TEXT},
}


def checked_create(number: str, body: bytes) -> dict[str, Any]:
    """The body with an idp_id_list that names who is asked. Raises NdidError."""
    asked = _checked(_CREATE, body)
    if asked["min_ial"] not in SUPPORTED_IAL:
        raise NdidError(20094, "IAL is not supported")
    if asked["min_aal"] not in SUPPORTED_AAL:
        raise NdidError(20095, "AAL is not supported")
    names_banks = bool(asked.get("idp_id_list"))
    if not is_number(number):
        raise NdidError(20096, "Invalid namespace or identifier")
    if not names_banks and (asked["mode"] == 1 or asked["bypass_identity_check"]):
        raise NdidError(20016, "idp_id_list cannot be empty")
    asked["idp_id_list"] = _banks_to_ask(number, asked)
    return asked


def checked_close(body: bytes) -> dict[str, Any]:
    return _checked(_CLOSE, body)


def _checked(schema: dict[str, Any], body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except ValueError:
        raise NdidError(20003, "Body validation failed") from None
    if not Draft202012Validator(schema).is_valid(content):
        raise NdidError(20003, "Body validation failed")
    return dict(content)


def _banks_to_ask(number: str, asked: dict[str, Any]) -> list[str]:
    able = [bank.node_id for bank, level in banks_that_know(number) if level >= asked["min_ial"]]
    if asked["min_aal"] > AAL_OF_APPS:
        able = []
    if not able:
        raise NdidError(20005, "No IdP found")
    chosen = asked.get("idp_id_list") or able
    if not set(chosen) <= set(able):
        raise NdidError(20058, "Unqualified IdP")
    if len(chosen) < asked["min_idp"]:
        raise NdidError(20006, "Not enough IdP")
    return list(chosen)
