"""The relying party's own node, and the chain as far as it shows."""

import base64
import secrets
import threading
import time
from collections.abc import Mapping
from typing import Any

from superapp.sandbox.identity.failures import Failure
from superapp.sandbox.identity.ndid.banks import AAL_OF_APPS, BANKS, BY_NODE_ID
from superapp.sandbox.identity.ndid.callbacks import Courier
from superapp.sandbox.identity.ndid.errors import NdidError
from superapp.sandbox.identity.ndid.later import Later
from superapp.sandbox.identity.ndid.requests import CHAIN, NODE_ID, Answer, ConsentAsked
from superapp.sandbox.identity.switches import Switches
from superapp.sandbox.people import person_for

FAILURES = (
    *(Failure.REJECTED, Failure.COMPLICATED, Failure.ERRORED, Failure.TIMED_OUT),
    *(Failure.INVALID_SIGNATURE, Failure.INVALID_IAL, Failure.NOT_CREATED),
    *(Failure.CALLBACKS_LOST, Failure.CALLBACKS_TWICE, Failure.CALLBACKS_OUT_OF_ORDER),
    *(Failure.SLOW, Failure.DOWN),
)
ERROR_CODES = {30000: "The identity provider could not ask the person"}
# Long enough to be seen pending.
_AN_EARLY_TIMEOUT = 0.5


class NdidNode:
    """Runs from construction until `stop()`; what it knows dies with the process."""

    def __init__(self) -> None:
        self.switches = Switches(FAILURES)
        self._later = Later("ndid")
        self._courier = Courier(self._later)
        self._lock = threading.RLock()
        self._height = 100
        self._requests: dict[str, ConsentAsked] = {}
        self._references: dict[str, str] = {}

    def stop(self) -> None:
        self._later.stop()

    def create(self, number: str, asked: dict[str, Any]) -> ConsentAsked:
        """`asked` is checked. The answer comes before the chain has it: callbacks tell of that. Raises NdidError."""
        salt = asked.get("initial_salt") or base64.b64encode(secrets.token_bytes(32)).decode()
        with self._lock:
            self._refer(asked["reference_id"])
            request = ConsentAsked(secrets.token_hex(32), number, asked, salt, time.monotonic(), self._next_height())
            if self.switches.failure is Failure.NOT_CREATED:
                self._tell_result("create", request, asked, NdidError(25007, "Not enough token to make a transaction"))
                return request
            self._references[asked["reference_id"]] = request.request_id
            self._requests[request.request_id] = request
            self._tell_result("create", request, asked)
            self._tell_status(request)
        early = self.switches.failure is Failure.TIMED_OUT
        after = _AN_EARLY_TIMEOUT if early else float(asked["request_timeout"])
        self._later.do(lambda: self._time_out(request), after=after)
        return request

    def close(self, asked: Mapping[str, Any]) -> None:
        """Raises NdidError."""
        with self._lock:
            request = self._requests.get(asked["request_id"])
            if request is None:
                raise NdidError(20012, "Request not found")
            if request.closed:
                raise NdidError(20025, "Request is already closed")
            if request.timed_out:
                raise NdidError(20026, "Request is already timed out")
            self._refer(asked["reference_id"])
            self._end(request, closed=True)
            self._tell_result("close", request, asked)
            self._tell_status(request)

    def answer(self, request_id: str, idp_id: str, *, accepts: bool, failure: Failure = Failure.NONE) -> None:
        """What the person does in the bank's app, or the switch makes of it. Raises NdidError."""
        with self._lock:
            request = self._requests.get(request_id)
            if request is None or not request.is_to_answer or idp_id not in request.asked["idp_id_list"]:
                raise NdidError(20012, "Request not found")
            request.failure = failure = failure or self.switches.failure
            if failure is Failure.TIMED_OUT:
                self._time_out(request)
                return
            request.answers = _answers(request, idp_id, accepts, failure)
            self._tell_status(request)
            if request.closes_itself:
                self._end(request, closed=True)
                self._tell_status(request)

    def request(self, request_id: str) -> ConsentAsked | None:
        return self._requests.get(request_id)

    def request_id_of(self, reference_id: str) -> str | None:
        """While the request is under way."""
        return self._references.get(reference_id)

    def to_answer(self) -> list[ConsentAsked]:
        """What the banks' app shows, oldest first."""
        with self._lock:
            return [request for request in self._requests.values() if request.is_to_answer]

    def _refer(self, reference_id: str) -> None:
        if reference_id in self._references:
            raise NdidError(20045, "Duplicate reference ID")

    def _time_out(self, request: ConsentAsked) -> None:
        with self._lock:
            if not request.is_over:
                self._end(request, timed_out=True)
                self._tell_status(request)

    def _end(self, request: ConsentAsked, *, closed: bool = False, timed_out: bool = False) -> None:
        request.closed, request.timed_out = closed, timed_out
        self._references.pop(request.asked["reference_id"], None)

    def _tell_result(
        self, what: str, request: ConsentAsked, asked: Mapping[str, Any], error: NdidError | None = None
    ) -> None:
        """Of creating or closing, as `asked` for."""
        told: dict[str, object] = {
            "node_id": NODE_ID,
            "type": f"{what}_request_result",
            "success": error is None,
            "reference_id": asked["reference_id"],
            "request_id": request.request_id,
        }
        if error is not None:
            told["error"] = error.as_json()
        elif what == "create":
            told["creation_block_height"] = f"{CHAIN}:{request.creation_height}"
        self._courier.send(asked["callback_url"], told, request.failure or self.switches.failure)

    def _tell_status(self, request: ConsentAsked) -> None:
        told = {
            "node_id": NODE_ID,
            "type": "request_status",
            **request.details(),
            "block_height": f"{CHAIN}:{self._next_height()}",
        }
        self._courier.send(request.asked["callback_url"], told, request.failure or self.switches.failure)

    def _next_height(self) -> int:
        self._height += 1
        return self._height


def _answers(request: ConsentAsked, idp_id: str, accepts: bool, failure: Failure) -> list[Answer]:
    if failure is Failure.ERRORED:
        return [Answer(idp_id, error_code=next(iter(ERROR_CODES)))]
    is_checked = request.asked["mode"] != 1
    answer = Answer(
        idp_id,
        accepts=accepts and failure is not Failure.REJECTED,
        ial=BY_NODE_ID[idp_id].level_of(person_for(request.number)) or 0.0,
        aal=AAL_OF_APPS,
        valid_ial=failure is not Failure.INVALID_IAL if is_checked else None,
        valid_signature=failure is not Failure.INVALID_SIGNATURE if is_checked else None,
    )
    if failure is not Failure.COMPLICATED:
        return [answer]
    other = next(bank.node_id for bank in BANKS if bank.node_id != idp_id)
    validity = {"valid_ial": answer.valid_ial, "valid_signature": answer.valid_signature}
    return [answer, Answer(other, accepts=not answer.accepts, ial=answer.ial, aal=answer.aal, **validity)]
