"""How many calls a lane may start, per second and per day: pure functions on its row, which the caller has locked.

The clocks of two machines differ a little: time never goes back here, or each would refill what the other had taken.
"""

from datetime import datetime

from services_catalog.days import day_of
from services_catalog.models import Lane

# One of so many calls of a day may be a look-up that nobody waits for.
_LOOK_UPS = 10

WRITTEN_FIELDS = ["rate_tokens", "rate_refilled_at", "rate_day", "rate_day_calls"]


def has_limit(lane: Lane) -> bool:
    return lane.rate_per_second is not None or lane.rate_per_day is not None


def calls_allowed(lane: Lane, wanted: int, now: datetime) -> int:
    """How many of the wanted calls may start now. A second's calls may start at once, but no more than these."""
    if lane.rate_per_second is not None:
        wanted = min(wanted, int(_tokens(lane, lane.rate_per_second, now)))
    if lane.rate_per_day is not None:
        wanted = min(wanted, lane.rate_per_day - lane.calls_today(now))
    return max(0, wanted)


def look_ups_allowed(lane: Lane, wanted: int, now: datetime) -> int:
    """How many of the wanted look-ups may start now: only while nine tenths of the day's calls are left."""
    if lane.rate_per_day is not None:
        wanted = min(wanted, lane.rate_per_day // _LOOK_UPS - lane.calls_today(now))
    return calls_allowed(lane, wanted, now)


def note_started(lane: Lane, calls: int, now: datetime) -> None:
    """Takes what has started off what may start."""
    if lane.rate_per_second is not None:
        lane.rate_tokens = _tokens(lane, lane.rate_per_second, now) - calls
        lane.rate_refilled_at = max(now, lane.rate_refilled_at or now)
    lane.rate_day_calls = lane.calls_today(now) + calls
    lane.rate_day = max(day_of(now), lane.rate_day or day_of(now))


def note_not_made(lane: Lane, calls: int, taken_at: datetime) -> None:
    """Puts calls that were taken then and not made back into the day; on another day they count no more."""
    if lane.rate_day == day_of(taken_at):
        lane.rate_day_calls = max(0, lane.rate_day_calls - calls)


def _tokens(lane: Lane, per_second: int, now: datetime) -> float:
    if lane.rate_refilled_at is None:
        return per_second
    passed = max(0.0, (now - lane.rate_refilled_at).total_seconds())
    return min(float(per_second), lane.rate_tokens + passed * per_second)
