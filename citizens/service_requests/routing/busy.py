"""Which lanes this process drains: one drain of a lane is enough, for it fills every slot that is free."""

from threading import Lock
from uuid import UUID


class BusyLanes:
    """A hint at a lane that is drained already is left to the drain at work, which looks again before it ends."""

    def __init__(self) -> None:
        # With whether somebody has hinted at the lane since its drain last looked.
        self._hinted: dict[UUID, bool] = {}
        self._lock = Lock()

    def begin(self, lane_id: UUID) -> bool:
        """Whether the caller is to drain it; else whoever does is told of the hint."""
        with self._lock:
            if lane_id in self._hinted:
                self._hinted[lane_id] = True
                return False
            self._hinted[lane_id] = False
            return True

    def must_look_again(self, lane_id: UUID) -> bool:
        """Whether a hint came meanwhile. If none did, the lane is nobody's from this moment."""
        with self._lock:
            if self._hinted[lane_id]:
                self._hinted[lane_id] = False
                return True
            del self._hinted[lane_id]
            return False

    def end(self, lane_id: UUID) -> None:
        """The lane is nobody's, whatever was hinted."""
        with self._lock:
            del self._hinted[lane_id]
