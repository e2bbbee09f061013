"""Calls to a provider, and what may be made of their answers."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from citizens.identity.providers.base import IdentityNotProven, ProviderFailed, SessionNotEnded
from services_catalog.adapters import http
from services_catalog.adapters.connection import HttpAnswer

_PRINTABLE = re.compile(r"[\x21-\x7e]+\Z")
# RFC 6749, 5.2, and what ThaID and Mor Prom make of it.
_REFUSES_THE_CODE = frozenset({400, 401, 422})
_REFUSES_US = frozenset({"invalid_client", "unauthorized_client"})
_IS_BROKEN = frozenset({"server_error", "temporarily_unavailable"})
# What a profile address says of the one whose token it was shown, and not of itself or of us.
_REFUSES_THE_PERSON = frozenset({400, 403, 404, 422})
_ASKS_TO_WAIT = 429


def call(method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> HttpAnswer:
    """Raises ProviderFailed when no whole answer came."""
    try:
        return http.call(method, url, deadline=settings.PROVIDER_CALL_DEADLINE, headers=headers, body=body)
    except (http.NotSent, http.MaybeSent) as error:
        raise ProviderFailed(error.code) from None


def post_form(url: str, headers: Mapping[str, str], form: Mapping[str, str]) -> HttpAnswer:
    return call("POST", url, {**headers, "Content-Type": "application/x-www-form-urlencoded"}, urlencode(form).encode())


def json_object(answer: HttpAnswer) -> dict[str, Any]:
    """The content of a 200. Raises ProviderFailed."""
    if answer.status != 200:
        raise ProviderFailed(f"http_{answer.status}")
    return _parsed(answer)


def token_answer(answer: HttpAnswer) -> dict[str, Any]:
    """What a token endpoint gives for a code. Raises IdentityNotProven where it refuses the code, ProviderFailed where
    it refuses us (our secret is wrong) or is broken.
    """
    if answer.status not in _REFUSES_THE_CODE:
        return json_object(answer)
    error = _error_of(answer)
    if error in _REFUSES_US or (answer.status == 401 and not error):
        raise ProviderFailed("client_refused")
    if error in _IS_BROKEN:
        raise ProviderFailed(error)
    raise IdentityNotProven("code_refused")


def told_to_bearer(url: str, extra_headers: Mapping[str, str], access_token: str) -> dict[str, Any]:
    """What a profile or userinfo address tells the bearer of a citizen's token. Raises IdentityNotProven where it has
    nothing for this one, ProviderFailed where it fails all of them.
    """
    answer = call("GET", url, {**extra_headers, "Authorization": f"Bearer {access_token}"})
    if answer.status in _REFUSES_THE_PERSON:
        raise IdentityNotProven("profile_refused")
    return json_object(answer)


def revocation_taken(answer: HttpAnswer) -> None:
    """Nothing where a token is revoked: what such an answer says is not for us (RFC 7009, 2.2).

    Raises SessionNotEnded where it never will be, ProviderFailed where it may be later.
    """
    if 400 <= answer.status < 500 and answer.status != _ASKS_TO_WAIT:
        raise SessionNotEnded(f"http_{answer.status}")
    if not 200 <= answer.status < 300:
        raise ProviderFailed(f"http_{answer.status}")


def printable(value: object) -> str:
    """A token that can be sent on in a header. Raises ProviderFailed."""
    if not isinstance(value, str) or not _PRINTABLE.match(value):
        raise ProviderFailed("no_token")
    return value


def _error_of(answer: HttpAnswer) -> str:
    try:
        error = _parsed(answer).get("error")
    except ProviderFailed:
        return ""
    return error if isinstance(error, str) else ""


def _parsed(answer: HttpAnswer) -> dict[str, Any]:
    try:
        content = json.loads(answer.body)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise ProviderFailed("answer_not_understood")
    return content
