"""Days as agencies count them: those of Bangkok."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BANGKOK = ZoneInfo("Asia/Bangkok")


def day_of(moment: datetime) -> date:
    return moment.astimezone(BANGKOK).date()


def next_midnight(moment: datetime) -> datetime:
    """When the day of this moment is over."""
    return datetime.combine(day_of(moment) + timedelta(days=1), time.min, BANGKOK)
