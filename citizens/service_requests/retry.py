"""When to try again: a pure function of a table (settings.RETRY_PROFILES, printed in docs/delivery.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.conf import settings

JITTER = 0.2
_random = Random()  # noqa: S311  (spreads load, guards nothing)


@dataclass(frozen=True, slots=True)
class RetryProfile:
    """Waits before the 1st, 2nd, 3rd… attempt, the last one repeating, until the request is given up."""

    waits: Sequence[timedelta]
    give_up_after: timedelta


def current_profile() -> RetryProfile:
    table: dict[str, Any] = settings.RETRY_PROFILES[settings.RETRY_PROFILE]
    return RetryProfile(**table)


def give_up_after(days: int | None) -> timedelta:
    """How long a lane with that `give_up_after_days` tries; where it has none, as long as the profile says."""
    return current_profile().give_up_after if days is None else timedelta(days=days)


def next_attempt_at(
    *,
    attempts: int,
    now: datetime,
    give_up_at: datetime,
    profile: RetryProfile,
    retry_after: timedelta | None = None,
    random: Random = _random,
) -> datetime | None:
    """When the attempt after `attempts` failed ones is due; None when it is time to give up.

    The wait, or the agency's own `retry_after` where that is longer, grows by up to a fifth at random, so that requests
    that failed together do not return together. The last attempt is made at `give_up_at` itself.
    """
    if now >= give_up_at:
        return None
    wait = profile.waits[min(attempts, len(profile.waits) - 1)]
    wait = max(wait, retry_after or timedelta(0)) * random.uniform(1, 1 + JITTER)
    return min(now + wait, give_up_at)
