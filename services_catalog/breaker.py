"""The circuit breaker of a lane: pure functions on its row, which the caller has locked and writes back.

Closed, it counts the calls of a window; too many failed or slow ones open it. Open, nothing is delivered until the next
probe is due. Half-open, exactly one call is out: its end closes the breaker, or opens it for longer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from services_catalog.models import Breaker, Lane

# How much of the moving average of call times a new batch of calls replaces.
_AVERAGE_WEIGHT = 0.3

WRITTEN_FIELDS = [
    "recent_call_ms",
    "breaker",
    "breaker_since",
    "breaker_probe_at",
    "breaker_failed_probes",
    "window_started_at",
    "window_calls",
    "window_failures",
    "window_slow",
]


@dataclass(frozen=True, slots=True)
class Call:
    """One call to the agency that has ended. `failed`: the agency's system, not the submission, was at fault."""

    failed: bool
    took: timedelta


def note_calls(lane: Lane, calls: Iterable[Call], now: datetime) -> None:
    """Counts calls that have ended, and moves the breaker and the average call time."""
    ended = list(calls)
    if not ended:
        return
    _note_times(lane, [one.took for one in ended])
    match Breaker(lane.breaker):
        case Breaker.CLOSED:
            _count(lane, ended, now)
            if any(map(_is_bad, ended)) and _is_too_much(lane):
                _open(lane, now, failed_probes=0)
        case Breaker.HALF_OPEN:
            if any(map(_is_bad, ended)):
                _open(lane, now, failed_probes=lane.breaker_failed_probes + 1)
            else:
                close(lane, now)
        case Breaker.OPEN:
            pass  # calls that were out when it opened


def note_hanging(lane: Lane, age: timedelta) -> None:
    """A call has been out for `age` and has not ended: the lane is slower than that."""
    lane.recent_call_ms = max(lane.recent_call_ms, _ms(age) + 1)


def begin_probe(lane: Lane) -> None:
    """One call is about to find out whether the agency is back."""
    if lane.breaker == Breaker.OPEN:
        lane.breaker = Breaker.HALF_OPEN


def probe_now(lane: Lane, now: datetime) -> None:
    """Has an open breaker probe at once, whatever its waits say."""
    if lane.breaker == Breaker.OPEN:
        lane.breaker_probe_at = now


def close(lane: Lane, now: datetime) -> None:
    """Lets everything through again, and forgets what was."""
    lane.breaker, lane.breaker_since = Breaker.CLOSED, now
    lane.breaker_probe_at = None
    lane.breaker_failed_probes = 0
    _start_window(lane, now)


def _open(lane: Lane, now: datetime, *, failed_probes: int) -> None:
    waits = settings.BREAKER["probe_waits"]
    if lane.breaker == Breaker.CLOSED:
        lane.breaker_since = now
    lane.breaker = Breaker.OPEN
    lane.breaker_failed_probes = min(failed_probes, len(waits))
    lane.breaker_probe_at = now + waits[min(failed_probes, len(waits) - 1)]


def _count(lane: Lane, ended: list[Call], now: datetime) -> None:
    if lane.window_started_at is None or now - lane.window_started_at >= _window(lane):
        _start_window(lane, now)
    lane.window_calls += len(ended)
    lane.window_failures += sum(one.failed for one in ended)
    lane.window_slow += sum(map(_is_slow, ended))


def _window(lane: Lane) -> timedelta:
    """Long enough for the least calls that count, one after the other, as a slow lane makes them."""
    shortest: timedelta = settings.BREAKER["window"]
    least: int = settings.BREAKER["least_calls"]
    return max(shortest, least * lane.call_deadline)


def _start_window(lane: Lane, now: datetime) -> None:
    lane.window_started_at = now
    lane.window_calls = lane.window_failures = lane.window_slow = 0


def _is_too_much(lane: Lane) -> bool:
    limits, calls = settings.BREAKER, lane.window_calls
    too_many_failed = lane.window_failures >= limits["failure_share"] * calls
    too_many_slow = lane.window_slow >= limits["slow_share"] * calls
    return bool(calls >= limits["least_calls"] and (too_many_failed or too_many_slow))


def _is_bad(call: Call) -> bool:
    return call.failed or _is_slow(call)


def _is_slow(call: Call) -> bool:
    return bool(call.took >= settings.BREAKER["slow_call"])


def _note_times(lane: Lane, took: list[timedelta]) -> None:
    batch_ms = sum(map(_ms, took)) / len(took)
    lane.recent_call_ms = round(lane.recent_call_ms + _AVERAGE_WEIGHT * (batch_ms - lane.recent_call_ms))


def _ms(duration: timedelta) -> int:
    return round(duration.total_seconds() * 1000)
