"""Asynchronous consent as NDID has it: a client of our own node (relying party API, version 6).

The node is asked on behalf of a person who then agrees in their bank's app. It has no user login: the network and an
optional X-API-Key protect it. Two of its addresses carry the 13-digit number; the way out keeps those to itself.
"""

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.conf import settings

from citizens.identity.assurance import level
from citizens.identity.providers.base import Configuration, Provider, ProviderFailed
from citizens.identity.providers.consent_request_options import ConsentRequestOptions, Terms
from citizens.identity.providers.node_errors import NodeNotReached, NodeRefused, NodeSilent, RequestOver, node_error
from services_catalog.adapters import http
from services_catalog.languages import Text

_REQUEST_ID = re.compile(r"[0-9A-Fa-f]{1,64}\Z")


@dataclass(frozen=True, slots=True)
class Bank:
    """Somebody who can vouch for people (an identity provider of NDID; a bank, as a rule)."""

    node_id: str
    name: Text


@dataclass(frozen=True, slots=True)
class Asked:
    """What we want a person to agree to."""

    reference_id: str
    bank: str
    message: str
    initial_salt: str
    callback_url: str


@dataclass(frozen=True, slots=True)
class BankAnswer:
    """One entry of `response_list`. `valid_*` are None while the node does not know yet."""

    bank: str
    accepted: bool
    error_code: int | None
    ial: Decimal | None
    aal: Decimal | None
    valid_ial: bool | None
    valid_signature: bool | None


@dataclass(frozen=True, slots=True)
class NodeRequest:
    """A request as the node has it now."""

    status: str
    mode: int
    closed: bool
    timed_out: bool
    answers: tuple[BankAnswer, ...]


class ConsentRequestProvider(Provider):
    """Calls of one node.

    Each raises NodeNotReached (nothing was taken), NodeSilent (nobody knows) or NodeRefused (never will be).
    """

    options_serializer = ConsentRequestOptions

    def __init__(self, configuration: Configuration) -> None:
        super().__init__(configuration)
        self.terms = Terms(**self.options)
        self._headers = {"X-API-Key": configuration.secret} if configuration.secret else {}

    def check(self, callback_uri: str) -> None:
        try:
            self.banks()
        except NodeRefused as refusal:
            raise ProviderFailed(refusal.code) from None

    def callback_url(self, token: str) -> str:
        """Where the node tells of news about the request with that token."""
        base = self.terms.callback_base_url or settings.PUBLIC_URL
        return f"{base}/api/v1/auth/consent-requests/callback/{token}"

    def banks(self) -> list[Bank]:
        """All that reach our levels."""
        listed = self._call("GET", f"{self.terms.base_url}/utility/idp?{self._levels()}")
        return [Bank(node_id, _name(item)) for item in _objects(listed) if (node_id := str(item.get("node_id", "")))]

    def knows(self, bank: str, national_id: str) -> bool:
        """Whether that bank can vouch for this person."""
        before = f"{self.terms.base_url}/utility/idp/{quote(self.terms.namespace, safe='')}/"
        after = f"?{self._levels()}&mode={self.terms.mode}"
        try:
            listed = self._call("GET", http.SecretUrl(before, national_id, after))
        except RequestOver:
            return False
        return any(item.get("node_id") == bank for item in _objects(listed))

    def create(self, asked: Asked, national_id: str) -> str:
        """Has the person asked; the node's id of the request."""
        before = f"{self.terms.base_url}/rp/requests/{quote(self.terms.namespace, safe='')}/"
        body = {
            "reference_id": asked.reference_id,
            "callback_url": asked.callback_url,
            "mode": self.terms.mode,
            "idp_id_list": [asked.bank],
            "data_request_list": [],
            "request_message": asked.message,
            "min_ial": float(self.terms.min_ial),
            "min_aal": float(self.terms.min_aal),
            "min_idp": 1,
            "request_timeout": self.terms.request_timeout,
            "bypass_identity_check": False,
            "initial_salt": asked.initial_salt,
        }
        return _request_id(self._call("POST", http.SecretUrl(before, national_id), body))

    def find(self, reference_id: str) -> str | None:
        """The node's id of the request with our reference, None when it has none."""
        try:
            return _request_id(self._call("GET", f"{self.terms.base_url}/rp/request_references/{reference_id}"))
        except RequestOver:
            return None

    def fetch(self, request_id: str) -> NodeRequest | None:
        """The request, None when the node does not know it (yet)."""
        try:
            found = self._call("GET", f"{self.terms.base_url}/utility/requests/{quote(request_id, safe='')}")
        except RequestOver:
            return None
        if not isinstance(found, dict) or found.get("request_id") != request_id:
            raise NodeSilent("answer_not_understood")
        return NodeRequest(
            status=str(found.get("status", "")),
            mode=found["mode"] if isinstance(found.get("mode"), int) else 0,
            closed=found.get("closed") is True,
            timed_out=found.get("timed_out") is True,
            answers=tuple(_bank_answer(item) for item in _objects(found.get("response_list") or [])),
        )

    def close(self, *, reference_id: str, request_id: str, callback_url: str) -> None:
        """Asks the node to end the request: nobody can agree to it afterwards."""
        body = {"reference_id": reference_id, "callback_url": callback_url, "request_id": request_id}
        self._call("POST", f"{self.terms.base_url}/rp/request_close", body)

    def remove_private_messages(self, request_id: str) -> None:
        """Has the node forget whom the request was about."""
        address = f"{self.terms.base_url}/utility/private_message_removal/{quote(request_id, safe='')}"
        try:
            self._call("POST", address, {})
        except RequestOver:
            return

    def _levels(self) -> str:
        return f"min_ial={self.terms.min_ial}&min_aal={self.terms.min_aal}"

    def _call(self, method: str, url: str | http.SecretUrl, body: dict[str, Any] | None = None) -> Any:
        """The answer's JSON, None for an empty one. A question leaves nothing behind: it can always be repeated."""
        try:
            answer = http.call(
                method,
                url,
                deadline=timedelta(seconds=self.terms.call_timeout),
                headers={"Content-Type": "application/json", **self._headers} if body is not None else self._headers,
                body=json.dumps(body, ensure_ascii=False).encode() if body is not None else None,
            )
        except http.NotSent as failure:
            raise NodeNotReached(failure.code) from None
        except http.MaybeSent as failure:
            raise NodeSilent(failure.code) from None
        if answer.status == 404:
            raise RequestOver("http_404")
        if answer.status not in (200, 202, 204):
            raise node_error(answer.status, _error_code(answer.body))
        return _json(answer.body) if answer.body else None


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise NodeSilent("answer_not_understood") from None


def _error_code(body: bytes) -> int:
    try:
        error = json.loads(body)["error"]["code"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return 0
    return _code(error) or 0


def _code(value: Any) -> int | None:
    """An error code as NDID has them; None for anything else: codes are kept and logged."""
    return value if isinstance(value, int) and 0 < value < 100_000 else None


def _objects(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise NodeSilent("answer_not_understood")
    return [item for item in value if isinstance(item, dict)]


def _request_id(answer: Any) -> str:
    """Hexadecimal, 64 digits."""
    found = answer.get("request_id") if isinstance(answer, dict) else None
    if not isinstance(found, str) or not _REQUEST_ID.match(found):
        raise NodeSilent("answer_not_understood")
    return found


def _name(item: dict[str, Any]) -> Text:
    """`node_name` is JSON in itself in production, and plain text elsewhere."""
    plain = str(item.get("node_name") or item["node_id"])
    try:
        names = json.loads(plain)
    except (ValueError, RecursionError):
        names = {}
    if not isinstance(names, dict):
        return Text(plain, plain)
    thai = names.get("marketing_name_th") or names.get("marketing_name_en") or str(item["node_id"])
    return Text(str(thai), str(names.get("marketing_name_en") or thai)) if names else Text(plain, plain)


def _bank_answer(item: dict[str, Any]) -> BankAnswer:
    return BankAnswer(
        bank=str(item.get("idp_id", "")),
        accepted=item.get("status") == "accept",
        error_code=_code(item.get("error_code")),
        ial=level(item.get("ial")),
        aal=level(item.get("aal")),
        valid_ial=_flag(item.get("valid_ial")),
        valid_signature=_flag(item.get("valid_signature")),
    )


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None
