"""The storm itself: one blow after the other, and whoever falls is helped up."""

import time
from collections import Counter
from collections.abc import Callable, Sequence

from superapp.sandbox.chaos.plan import Blow
from superapp.sandbox.chaos.site import Site

_PAUSE = 0.2
# A worker that is not up after so many seconds falls all the same.
_LONGEST_START = 30.0


class Storm:
    """`kills` counts the SIGKILLs by victim, `fell` the processes that ended without one."""

    def __init__(self, site: Site, say: Callable[[str], None]) -> None:
        self._site = site
        self._say = say
        self.kills: Counter[str] = Counter()
        self.fell: Counter[str] = Counter()

    def rage(self, blows: Sequence[Blow]) -> None:
        """Strikes all blows at their times; one that is late does not hurry the next ones."""
        began = time.monotonic()
        for blow in blows:
            self.wait(until=began + blow.at)
            self._wait_until_up(blow.victim)
            self._say(f"{time.monotonic() - began:6.1f} s  kills {blow.victim}, away for {blow.away:.1f} s")
            self._site.kill(blow.victim)
            self.kills[blow.victim] += 1
            self.wait(until=time.monotonic() + blow.away, but=blow.victim)
            self._site.bring_back(blow.victim)

    def _wait_until_up(self, victim: str) -> None:
        patient_until = time.monotonic() + _LONGEST_START
        while not self._site.is_up(victim) and time.monotonic() < patient_until:
            self.wait(until=time.monotonic() + _PAUSE)

    def wait(self, *, until: float, but: str = "") -> None:
        """Supervises in the meantime; `but` stays away."""
        while True:
            for name in self._site.restart_ended(but=but):
                self._say(f"          {name} had ended and was started again")
                self.fell[name] += 1
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(_PAUSE, left))
