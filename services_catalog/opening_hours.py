"""Opening hours of agencies' systems, told in Bangkok's time."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from services_catalog.days import BANGKOK


def is_open(moment: datetime, *, opens_at: time | None, closes_at: time | None, weekdays: Sequence[int]) -> bool:
    """Whether `moment` lies in the opening hours. `weekdays` are ISO 8601 (Monday is 1).

    Without times it is open all day; where it closes before it opens, it is open over midnight, and the hours after
    midnight belong to the day before.
    """
    local = moment.astimezone(BANGKOK)
    today = local.isoweekday() in weekdays
    if opens_at is None or closes_at is None or opens_at == closes_at:
        return today
    if opens_at < closes_at:
        return today and opens_at <= local.time() < closes_at
    yesterday = (local - timedelta(days=1)).isoweekday() in weekdays
    return (today and local.time() >= opens_at) or (yesterday and local.time() < closes_at)


def next_opening(
    moment: datetime, *, opens_at: time | None, closes_at: time | None, weekdays: Sequence[int]
) -> datetime | None:
    """When it opens after `moment`, at which it is closed; None when it never does. Arguments as for `is_open`."""
    local = moment.astimezone(BANGKOK)
    start = opens_at if opens_at is not None and opens_at != closes_at else time.min
    for days in range(8):
        opening = datetime.combine(local.date() + timedelta(days=days), start, BANGKOK)
        if opening > moment and opening.isoweekday() in weekdays:
            return opening
    return None
