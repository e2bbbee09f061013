"""Several workers at the same moment, each with a database connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

Value = TypeVar("Value")


def at_once(work: Callable[[], Value], workers: int = 4) -> list[Value]:
    """What each worker's `work` returned; they begin together."""
    barrier = Barrier(workers)

    def worker(_: int) -> Value:
        try:
            barrier.wait(10)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(worker, range(workers)))
