"""One line of the log for each delivery attempt that ended: ids and codes, and nothing of a citizen."""

from typing import Any

import structlog
from django.db import transaction

from citizens.service_requests.models import DeliveryAttempt

logger = structlog.get_logger(__name__)


def log_attempt(attempt: DeliveryAttempt, *, request_id: str, **more: Any) -> None:
    """Once the transaction that closes the attempt is committed. `request_id` is that of the phone's call."""
    line = {
        "request_id": request_id,
        "reference": str(attempt.service_request_id),
        "lane": str(attempt.lane_id),
        "attempt": attempt.number,
        "outcome": str(attempt.outcome),
        "failure_code": attempt.failure_code,
        "http_status": attempt.http_status,
        **more,
    }
    transaction.on_commit(lambda: logger.info("delivery_attempt", **line), robust=True)
