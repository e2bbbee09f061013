"""Hints to the workers that a lane has work. Losing one costs a second: the sweep finds what is due (rule 1)."""

from threading import Lock
from time import monotonic
from uuid import UUID

import structlog
from celery import current_app
from django.conf import settings

from services_catalog.queues import DRAIN_LANE

logger = structlog.get_logger(__name__)

_EXPIRES_AFTER = 60
# After a failed nudge the broker is left alone for this long; each try at a stopped one costs a socket timeout.
_PAUSE_AFTER_FAILURE = 5.0


class _Throttle:
    """At most one nudge per lane and interval in this process, and none for a while after one has failed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._sent: dict[UUID, float] = {}
        self._paused_until = 0.0

    def admits(self, lane_id: UUID) -> bool:
        now = monotonic()
        with self._lock:
            if now < self._paused_until or now - self._sent.get(lane_id, 0.0) < settings.NUDGE_INTERVAL.total_seconds():
                return False
            self._sent[lane_id] = now
            return True

    def pause(self) -> None:
        with self._lock:
            self._paused_until = monotonic() + _PAUSE_AFTER_FAILURE


_throttle = _Throttle()


def nudge(lane_id: UUID) -> None:
    """Tells the workers about a lane unless they were told just now. Never raises: what is accepted is a row."""
    if not _throttle.admits(lane_id):
        return
    try:
        send_nudge(lane_id, expires=_EXPIRES_AFTER)
    except Exception as error:  # noqa: BLE001  (each transport has its own errors, and none may reach the citizen)
        _throttle.pause()
        logger.warning("nudge_failed", lane=str(lane_id), error=type(error).__name__)


def send_nudge(lane_id: UUID, *, expires: float) -> None:
    """Tells the workers about a lane. Raises what the broker's transport raises."""
    current_app.send_task(DRAIN_LANE, args=[str(lane_id)], expires=expires, retry=True, retry_policy={"max_retries": 0})
