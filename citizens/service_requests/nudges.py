"""Hints to the workers that lanes have work. Losing one costs a second: the sweep finds what is due (rule 1).

A thread of each process sends them, so that no citizen waits for the broker, however sick it is. What comes within
200 ms goes out together as one message.
"""

import os
from threading import Condition, Thread
from time import sleep
from uuid import UUID

import structlog
from celery import current_app
from django.conf import settings

from citizens.service_requests.measuring import NUDGES_FAILED
from services_catalog.queues import DRAIN_LANE, DRAIN_LANES

logger = structlog.get_logger(__name__)

# After a failed nudge the broker is left alone for this long.
_PAUSE_AFTER_FAILURE = 5.0


def nudge(lane_id: UUID) -> None:
    """Has the workers told about a lane, within 200 ms. Never raises and never waits."""
    _sender().add(lane_id)


def send_nudge(*lane_ids: UUID, expires: float = 60) -> None:
    """Tells the workers about lanes at once. Raises what the broker's transport raises."""
    lanes = [str(lane_id) for lane_id in lane_ids]
    task, args = (DRAIN_LANE, lanes) if len(lanes) == 1 else (DRAIN_LANES, [lanes])
    current_app.send_task(task, args=args, expires=expires, retry=True, retry_policy={"max_retries": 0})


class _Sender:
    """Collects lanes and sends them from a thread of its own."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self._waiting: set[UUID] = set()
        self._changed = Condition()
        Thread(target=self._run, name="nudges", daemon=True).start()

    def add(self, lane_id: UUID) -> None:
        with self._changed:
            self._waiting.add(lane_id)
            self._changed.notify()

    def _run(self) -> None:
        while True:
            sleep(settings.NUDGE_INTERVAL.total_seconds() if self._send() else _PAUSE_AFTER_FAILURE)

    def _send(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: bool(self._waiting))
            lanes, self._waiting = self._waiting, set()
        try:
            send_nudge(*lanes)
        except Exception as error:  # noqa: BLE001  (each transport has its own errors)
            NUDGES_FAILED.inc()
            logger.warning("nudge_failed", lanes=len(lanes), error=type(error).__name__)
            return False
        return True


_current: _Sender | None = None


def _sender() -> _Sender:
    """This process's sender: a thread does not survive a fork."""
    global _current
    if _current is None or _current.process != os.getpid():
        _current = _Sender()
    return _current
