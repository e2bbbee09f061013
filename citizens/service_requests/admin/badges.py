"""Statuses and outcomes as coloured labels."""

from citizens.service_requests.models import DeliveryAttempt, Outcome, ServiceRequest, Status, StatusEvent
from services_catalog.admin.base import badge

_STATUS_COLOURS: dict[str, str] = {
    Status.RECEIVED: "info",
    Status.DELIVERED: "info",
    Status.IN_PROGRESS: "info",
    Status.ACTION_REQUIRED: "warning",
    Status.COMPLETED: "success",
    Status.REJECTED: "danger",
    Status.UNDELIVERABLE: "danger",
}
_OUTCOME_COLOURS: dict[str, str] = {
    Outcome.CLAIMED: "info",
    Outcome.SENDING: "info",
    Outcome.DELIVERED: "success",
    Outcome.RETRYABLE: "warning",
    Outcome.UNKNOWN: "warning",
    Outcome.PERMANENT: "danger",
}


def status_badge(row: ServiceRequest | StatusEvent) -> str:
    return badge(row.get_status_display(), _STATUS_COLOURS.get(row.status, ""))


def outcome_badge(attempt: DeliveryAttempt) -> str:
    return badge(attempt.get_outcome_display(), _OUTCOME_COLOURS.get(attempt.outcome, ""))
