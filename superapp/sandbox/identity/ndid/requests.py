"""A request on the chain, and what its answers make of it."""

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any

from superapp.sandbox.identity.failures import Failure

CHAIN = "sandbox-NDID"
NODE_ID = "rp1"
NAMESPACE = "citizen_id"


@dataclass(slots=True)
class Answer:
    """A bank's. `error_code` is set where it could not ask; validity is None in mode 1, where nobody checks it."""

    idp_id: str
    accepts: bool = False
    ial: float = 0.0
    aal: float = 0.0
    valid_ial: bool | None = None
    valid_signature: bool | None = None
    error_code: int | None = None

    @property
    def is_valid(self) -> bool:
        return bool(self.valid_ial and self.valid_signature)

    def as_json(self) -> dict[str, object]:
        validity = {"valid_ial": self.valid_ial, "valid_signature": self.valid_signature}
        if self.error_code is not None:
            return {"idp_id": self.idp_id, "error_code": self.error_code, **validity}
        signature = base64.b64encode(hashlib.sha256(self.idp_id.encode()).digest()).decode()
        status = "accept" if self.accepts else "reject"
        said = {"idp_id": self.idp_id, "ial": self.ial, "aal": self.aal, "status": status, "signature": signature}
        return {**said, **validity}


@dataclass(slots=True)
class ConsentAsked:
    """`asked` is the body that created it, checked; times are seconds of a monotonic clock."""

    request_id: str
    number: str
    asked: dict[str, Any]
    initial_salt: str
    created_at: float
    creation_height: int
    answers: list[Answer] = field(default_factory=list)
    closed: bool = False
    timed_out: bool = False
    failure: Failure = Failure.NONE

    @property
    def is_over(self) -> bool:
        return self.closed or self.timed_out

    @property
    def is_to_answer(self) -> bool:
        return not self.is_over and not self.answers

    @property
    def status(self) -> str:
        given = [answer for answer in self.answers if answer.error_code is None]
        accepts = sum(answer.accepts for answer in given)
        if not self.answers:
            return "pending"
        if len(self.answers) - len(given) > len(self.asked["idp_id_list"]) - self.asked["min_idp"]:
            return "errored"
        if accepts < len(given):
            return "complicated" if accepts else "rejected"
        return "completed" if accepts >= self.asked["min_idp"] else "confirmed"

    @property
    def closes_itself(self) -> bool:
        """The node closes what is completed with valid answers, or errored; the rest is its client's to close."""
        if self.status == "completed":
            return self.asked["mode"] == 1 or all(answer.is_valid for answer in self.answers)
        return self.status == "errored"

    def details(self) -> dict[str, object]:
        """What callbacks and the utility API both tell."""
        asked = self.asked
        as_asked = ("mode", "min_idp", "min_ial", "min_aal", "request_timeout", "idp_id_list")
        return {
            "request_id": self.request_id,
            **{name: asked[name] for name in as_asked},
            "status": self.status,
            "request_type": asked.get("request_type"),
            "requester_node_id": NODE_ID,
            "request_message_hash": self._message_hash(),
            "data_request_list": [],
            "response_list": [answer.as_json() for answer in self.answers],
            "closed": self.closed,
            "timed_out": self.timed_out,
        }

    def _message_hash(self) -> str:
        salt = _hashed(f"{NAMESPACE}{self.number}{self.initial_salt}")
        return _hashed(f"{self.asked['request_message']}{salt}")


def _hashed(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
