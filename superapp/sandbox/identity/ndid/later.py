import heapq
import threading
import time
from collections.abc import Callable
from itertools import count

Action = Callable[[], None]


class Later:
    """Does things one after the other in a thread of its own, each not before its time, until `stop()`."""

    def __init__(self, name: str) -> None:
        self._due: list[tuple[float, int, Action]] = []
        self._number = count()
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def do(self, action: Action, *, after: float = 0.0) -> None:
        """`after` so many seconds; what is due at the same time is done in the order it was said."""
        with self._changed:
            heapq.heappush(self._due, (time.monotonic() + after, next(self._number), action))
            self._changed.notify()

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while (action := self._next()) is not None:
            action()

    def _next(self) -> Action | None:
        with self._changed:
            while not self._stopping:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(wait)
        return None
