import secrets
import threading
import time
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


class Expiring(Generic[Kept]):
    """Things kept for so many seconds under keys nobody can guess."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, Kept]] = {}

    def keep(self, thing: Kept, *, under: str = "") -> str:
        """The key, which is `under` where the caller has made one."""
        key = under or secrets.token_urlsafe(32)
        now = time.monotonic()
        with self._lock:
            self._forget_expired(now)
            self._kept[key] = (now + self._seconds, thing)
        return key

    def get(self, key: str) -> Kept | None:
        with self._lock:
            self._forget_expired(time.monotonic())
            kept = self._kept.get(key)
        return kept[1] if kept else None

    def take(self, key: str) -> Kept | None:
        """Gives it away: of two who ask for it at once, one gets it."""
        with self._lock:
            self._forget_expired(time.monotonic())
            kept = self._kept.pop(key, None)
        return kept[1] if kept else None

    def _forget_expired(self, now: float) -> None:
        # All live equally long, so the oldest come first and the first that is alive ends the search.
        while self._kept:
            oldest = next(iter(self._kept))
            if self._kept[oldest][0] > now:
                return
            del self._kept[oldest]
