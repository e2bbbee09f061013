"""What goes to an agency and what comes back. No ORM and no citizen: data minimisation is a property of the types."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Submission:
    """One service request as its agency gets it.

    `reference` is our id of the request (UUID as text) and the same on every attempt, as is `idempotency_key`.
    `applicant` holds the claims that the service version declares and no more.
    """

    reference: str
    idempotency_key: str
    service_code: str
    version: int
    data: Mapping[str, Any]
    applicant: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a citizen answered to an agency that had asked for something.

    `reference` is that of the submission; `idempotency_key` is the answer's own and the same on every attempt.
    """

    reference: str
    idempotency_key: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Receipt:
    """The agency has what was sent. `status` is set when its reply already says more than that."""

    agency_reference: str
    status: str = ""


@dataclass(frozen=True, slots=True)
class CallSettings:
    """What every call of a lane carries: the agency's secret, the time it may take in all, and a trace id."""

    outgoing_secret: str
    deadline: timedelta
    request_id: str
