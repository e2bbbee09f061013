"""Calls that last longer than a drain waits for them: one thread of the process writes down how they end.

So a hanging agency holds none of the worker's drains, and none of the places in flight that its neighbours need: its
calls are bounded by its slots and end with their deadlines.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Condition, Lock, Thread
from time import sleep
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection

from citizens.service_requests.nudges import nudge
from citizens.service_requests.routing.record import record
from citizens.service_requests.routing.send import Sent

logger = structlog.get_logger(__name__)

_BATCH = 100
# A database that did not answer is given this long to come back.
_PAUSE_AFTER_FAILURE = 1.0


class Stragglers:
    """Calls that nobody waits for any more."""

    def __init__(self, write: Callable[[Sequence[Sent]], None] = record) -> None:
        self.process = os.getpid()
        self._write = write
        self._ended: SimpleQueue[Future[Sent]] = SimpleQueue()
        self._open = 0
        self._changed = Condition()
        Thread(target=self._run, name="stragglers", daemon=True).start()

    def take_over(self, call: "Future[Sent]") -> None:
        with self._changed:
            self._open += 1
        call.add_done_callback(self._ended.put)

    def wait(self, timeout: float) -> bool:
        """Until all that were taken over are written down; whether they are."""
        with self._changed:
            return self._changed.wait_for(lambda: self._open == 0, timeout)

    def _run(self) -> None:
        while True:
            batch = self._next_batch()
            self._write_down(batch)
            with self._changed:
                self._open -= len(batch)
                if self._open == 0:
                    connection.close()  # it may be long until the next call hangs
                self._changed.notify_all()

    def _write_down(self, batch: "list[Future[Sent]]") -> None:
        """Together; where that fails, each by itself: one that cannot be written down keeps no other from it."""
        if not self._try(batch):
            sleep(_PAUSE_AFTER_FAILURE)
            for call in batch:
                self._try([call])

    def _try(self, batch: "list[Future[Sent]]") -> bool:
        try:
            self._record([call.result() for call in batch])
        except Exception as error:  # noqa: BLE001  (at worst their leases expire, and the sweep asks the agency)
            logger.error("stragglers_not_recorded", calls=len(batch), error=type(error).__name__)
            connection.close()
            return False
        return True

    def _record(self, sent: Sequence[Sent]) -> None:
        connection.close_if_unusable_or_obsolete()
        self._write(sent)
        lanes: set[UUID] = {one.claimed.lane_id for one in sent}
        for lane_id in lanes:
            nudge(lane_id)

    def _next_batch(self) -> "list[Future[Sent]]":
        batch = [self._ended.get()]
        while len(batch) < _BATCH:
            try:
                batch.append(self._ended.get_nowait())
            except Empty:
                break
        return batch


_making = Lock()
_current: Stragglers | None = None


def process_stragglers() -> Stragglers:
    """This process's: a thread does not survive a fork."""
    global _current
    with _making:
        if _current is None or _current.process != os.getpid():
            _current = Stragglers()
        return _current


def finish_stragglers() -> None:
    """Before a worker ends: waits until the calls that hang are written down, as long as a worker may take to end."""
    if _current is not None and not _current.wait(settings.SHUTDOWN_WAIT.total_seconds()):
        logger.warning("stragglers_left")
