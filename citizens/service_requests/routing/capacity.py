"""How many calls this worker process keeps in flight (architecture, rule 7)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import cache
from threading import Condition, Lock

from django.conf import settings

# Threads cost little: a call that hangs keeps its thread, but gives its place to a neighbour (routing/stragglers.py).
_THREADS_PER_CALL = 16


class Capacity:
    """Calls this process may have in flight; slow lanes together get a quarter of them, all others the rest."""

    def __init__(self, calls: int) -> None:
        self.executor = ThreadPoolExecutor(max_workers=calls * _THREADS_PER_CALL, thread_name_prefix="agency-call")
        slow = max(1, calls // 4)
        self._limits = {True: slow, False: max(1, calls - slow)}
        self._free = dict(self._limits)
        self._changed = Condition()

    def take(self, wanted: int, *, slow: bool, patience: timedelta = timedelta(0)) -> int:
        """Takes up to `wanted` calls; returns how many. Where none is free it waits for one as long as `patience`.

        Give each back when it ends.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._free[slow] > 0, patience.total_seconds())
            taken = max(0, min(wanted, self._free[slow]))
            self._free[slow] -= taken
            return taken

    def give_back(self, calls: int, *, slow: bool) -> None:
        with self._changed:
            if self._free[slow] + calls > self._limits[slow]:
                raise ValueError("more calls were given back than taken")
            self._free[slow] += calls
            self._changed.notify_all()


_making = Lock()


def process_capacity() -> Capacity:
    """This process's capacity, made once, on first use."""
    with _making:
        return _process_capacity()


@cache
def _process_capacity() -> Capacity:
    return Capacity(settings.DELIVERY_CALLS_IN_FLIGHT)
