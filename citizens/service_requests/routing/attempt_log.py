"""Every delivery attempt that ended is a line of the log and a step of the counters; neither has anything of a citizen.

What is counted here is what was committed: both happen once the transaction that closes the attempt is through.
"""

from functools import cache
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from citizens.service_requests.ids import moment_of
from citizens.service_requests.measuring import ATTEMPTS, DELIVERY_SECONDS
from citizens.service_requests.models import DeliveryAttempt, Errand, Outcome
from services_catalog.models import Service

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
    transaction.on_commit(lambda: _count(attempt, more.get("service")), robust=True)


def _count(attempt: DeliveryAttempt, service: str | None) -> None:
    ATTEMPTS.labels(service or _code_of(attempt.lane_id), str(attempt.outcome)).inc()
    if attempt.outcome == Outcome.DELIVERED and attempt.errand == Errand.SUBMISSION and attempt.finished_at:
        # The request's id was made with its acceptance, which saves reading the row.
        DELIVERY_SECONDS.observe((attempt.finished_at - moment_of(attempt.service_request_id)).total_seconds())


@cache
def _code_of(lane_id: UUID) -> str:
    """Of the lanes whose attempts are closed without their service at hand: those whose lease ran out."""
    return Service.objects.values_list("code", flat=True).get(pk=lane_id)
