"""How long it takes to deliver a backlog, from its release to the last completed request."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.agency import Agency, Ledger
from superapp.embedded.stack import Stack

# With nothing new at the agency for as long, a leg has failed.
_STALL_SECONDS = 30.0
_LOOK_SECONDS = 0.1
_LOOK_CLOSELY_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a leg did."""

    per_second: float
    ledger: Ledger


# Calls that each of a leg's processes keeps in flight.
CALLS = 32


def environment(calls: int = CALLS) -> dict[str, str]:
    """That of a leg's processes."""
    return {**os.environ, "DELIVERY_CALLS_IN_FLIGHT": str(calls + calls // 3)}


def time_delivery(
    *, stack: Stack, agency: Agency, count: int, release: Callable[[], None], completed: Callable[[], int]
) -> Delivered:
    """Releases the backlog and waits for its end.

    Raises RuntimeError when it stalls, or when the agency got anything twice or not at all.
    """
    started = time.perf_counter()
    release()
    _wait_for_calls(stack, agency, count)
    give_up = time.monotonic() + _STALL_SECONDS
    while (done := completed()) < count:
        stack.check()
        if time.monotonic() > give_up:
            raise RuntimeError(f"{done} of {count} completed")
        time.sleep(_LOOK_CLOSELY_SECONDS)
    took = time.perf_counter() - started
    ledger = agency.ledger()
    if done != count or ledger.calls != count or ledger.references != count:
        raise RuntimeError(f"{count} to deliver, {done} completed, {ledger}")
    return Delivered(count / took, ledger)


def _wait_for_calls(stack: Stack, agency: Agency, count: int) -> None:
    """Until the agency has as many submissions; asking it costs the legs next to nothing."""
    seen, give_up = 0, time.monotonic() + _STALL_SECONDS
    while seen < count:
        time.sleep(_LOOK_SECONDS)
        stack.check()
        references = agency.ledger().references
        if references > seen:
            seen, give_up = references, time.monotonic() + _STALL_SECONDS
        if time.monotonic() > give_up:
            raise RuntimeError(f"nothing new for {_STALL_SECONDS:g} s, {seen} of {count} at the agency")
