"""What was asked, what was tried, what happened: the queue of record (architecture, rules 1 to 4).

Every row of the hot path pays for every index, so a foreign key has one of its own (`db_index`) only where no other
index of the table begins with it and somebody looks rows up by it.
"""

from citizens.service_requests.models.attempts import DeliveryAttempt
from citizens.service_requests.models.differences import Difference
from citizens.service_requests.models.drafts import RequestDraft
from citizens.service_requests.models.events import AgencyEvent, StatusEvent
from citizens.service_requests.models.keys import IdempotencyKey
from citizens.service_requests.models.requests import ServiceRequest
from citizens.service_requests.models.responses import CitizenResponse
from citizens.service_requests.models.states import OPEN_OUTCOMES, Actor, Errand, Outcome, Status

__all__ = [
    "OPEN_OUTCOMES",
    "Actor",
    "AgencyEvent",
    "CitizenResponse",
    "DeliveryAttempt",
    "Difference",
    "Errand",
    "IdempotencyKey",
    "Outcome",
    "RequestDraft",
    "ServiceRequest",
    "Status",
    "StatusEvent",
]
