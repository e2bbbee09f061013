"""How many calls this worker process keeps in flight (architecture, rule 7)."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import BoundedSemaphore, Lock

from django.conf import settings


class Capacity:
    """Calls this process may have in flight; slow lanes together get at most a quarter of them."""

    def __init__(self, calls: int) -> None:
        self.executor = ThreadPoolExecutor(max_workers=calls, thread_name_prefix="agency-call")
        self._all = BoundedSemaphore(calls)
        self._slow = BoundedSemaphore(max(1, calls // 4))

    def take(self, wanted: int, *, slow: bool) -> int:
        """Takes up to `wanted` calls without waiting; returns how many. Give each back when it ends."""
        taken = 0
        while taken < wanted and self._take_one(slow=slow):
            taken += 1
        return taken

    def give_back(self, calls: int, *, slow: bool) -> None:
        for _ in range(calls):
            self._all.release()
            if slow:
                self._slow.release()

    def _take_one(self, *, slow: bool) -> bool:
        if slow and not self._slow.acquire(blocking=False):
            return False
        if self._all.acquire(blocking=False):
            return True
        if slow:
            self._slow.release()
        return False


_making = Lock()


def process_capacity() -> Capacity:
    """This process's capacity, made once, on first use."""
    with _making:
        return _process_capacity()


@cache
def _process_capacity() -> Capacity:
    return Capacity(settings.DELIVERY_CALLS_IN_FLIGHT)
