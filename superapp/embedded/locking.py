"""A lock between processes that a killed process cannot leave behind."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Wait for `path` and hold it alone; its folder is made where missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            # Not left to close(): a child forked meanwhile shares the open file and would keep the lock.
            fcntl.flock(file, fcntl.LOCK_UN)
