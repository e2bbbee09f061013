"""Every delivery attempt that ended is a line of the log and a step of the counters; neither has anything of a citizen.

What is counted here is what was committed: both happen once the transaction that closes the attempts is through.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import transaction

from citizens.service_requests.ids import moment_of
from citizens.service_requests.measuring import ATTEMPTS, DELIVERY_SECONDS
from citizens.service_requests.models import Errand, Outcome
from citizens.service_requests.routing.closing import Closed
from citizens.service_requests.routing.payloads import service_code

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ended:
    """An attempt for the log. `trace_id` is that of the phone's call; `took` is None where no call was waited for."""

    attempt: Closed
    trace_id: str
    took: timedelta | None = None


def log_attempts(ended: Sequence[Ended]) -> None:
    """Once the transaction that closes them is committed."""
    transaction.on_commit(lambda: _tell(ended), robust=True)


def _tell(ended: Sequence[Ended]) -> None:
    for one in ended:
        _log(one)
        _count(one.attempt)


def _log(ended: Ended) -> None:
    attempt, closing = ended.attempt, ended.attempt.closing
    timing = {} if ended.took is None else {"took_ms": round(ended.took.total_seconds() * 1000)}
    logger.info(
        "delivery_attempt",
        request_id=ended.trace_id,
        reference=str(attempt.request_id),
        lane=str(attempt.lane_id),
        service=service_code(attempt.lane_id),
        attempt=attempt.number,
        outcome=str(closing.outcome),
        failure_code=closing.failure_code,
        http_status=closing.http_status,
        **timing,
    )


def _count(attempt: Closed) -> None:
    outcome = attempt.closing.outcome
    ATTEMPTS.labels(service_code(attempt.lane_id), str(outcome)).inc()
    if outcome == Outcome.DELIVERED and attempt.errand == Errand.SUBMISSION:
        # The request's id was made with its acceptance, which saves reading the row.
        DELIVERY_SECONDS.observe((attempt.finished_at - moment_of(attempt.request_id)).total_seconds())
