"""How a service's deliveries run at the moment, in words for citizens: they may send at any time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services_catalog.languages import NO_TEXT, Text
from services_catalog.models import Lane, Outage, Standing
from services_catalog.opening_hours import next_opening


class State(StrEnum):
    """Whether what is sent now is delivered at once."""

    RUNNING = "running"
    DELAYED = "delayed"


class Reason(StrEnum):
    """Why it is delivered later."""

    PAUSED = "paused"
    OUTAGE = "outage"
    CLOSED = "closed"
    NOT_ANSWERING = "not_answering"


@dataclass(frozen=True, slots=True)
class Delivery:
    """`since` and `until` as far as they are known; `next_try_at` is when we see whether the agency answers again."""

    state: State
    message: Text
    reason: Reason | None = None
    since: datetime | None = None
    until: datetime | None = None
    next_try_at: datetime | None = None


_RUNNING = Delivery(State.RUNNING, NO_TEXT)

_MESSAGES = {
    Reason.PAUSED: Text(
        "ขณะนี้ระบบพักการส่งคำขอไปยังหน่วยงานไว้ชั่วคราว คุณยื่นคำขอได้ตามปกติ เราจะส่งให้เมื่อเปิดอีกครั้ง",
        "Delivery to the agency is paused. You may send now; we deliver when it goes on.",
    ),
    Reason.OUTAGE: Text(
        "ระบบของหน่วยงานปิดชั่วคราว คุณยื่นคำขอได้ตามปกติ เราจะส่งให้เมื่อระบบกลับมา",
        "The agency's system is out of service. You may send now; we deliver when it is back.",
    ),
    Reason.CLOSED: Text(
        "ขณะนี้อยู่นอกเวลาทำการของระบบหน่วยงาน คุณยื่นคำขอได้ตามปกติ เราจะส่งให้เมื่อระบบเปิด",
        "The agency's system is closed at this hour. You may send now; we deliver when it opens.",
    ),
    Reason.NOT_ANSWERING: Text(
        "ขณะนี้ระบบของหน่วยงานไม่ตอบสนอง คุณยื่นคำขอได้ตามปกติ เราจะส่งให้เมื่อระบบกลับมา",
        "The agency's system is not answering. You may send now; we deliver when it is back.",
    ),
}


def delivery_of(lane: Lane, now: datetime) -> Delivery:
    """Needs the lane as `ServiceQuerySet.with_running` gives it: with those outages that are in force at `now`."""
    in_force = list(lane.outages.all())
    lane.has_outage = bool(in_force)
    match lane.standing(now):
        case Standing.RUNNING:
            return _RUNNING
        case Standing.PAUSED:
            return Delivery(State.DELAYED, _MESSAGES[Reason.PAUSED], Reason.PAUSED)
        case Standing.OUTAGE:
            return _outage(in_force)
        case Standing.CLOSED:
            opens = next_opening(now, opens_at=lane.opens_at, closes_at=lane.closes_at, weekdays=lane.open_weekdays)
            return Delivery(State.DELAYED, _MESSAGES[Reason.CLOSED], Reason.CLOSED, until=opens)
        case Standing.BREAKER_OPEN | Standing.PROBING:
            return _not_answering(lane, now)


def _outage(in_force: list[Outage]) -> Delivery:
    """Of several, the one that ends last: until then nothing is delivered."""
    last = max(in_force, key=lambda one: (one.ends_at is None, one.ends_at or one.starts_at))
    usual = _MESSAGES[Reason.OUTAGE]
    # In both languages or not at all: half of a message of theirs beside half of ours could contradict each other.
    message = Text(last.message_th, last.message_en or last.message_th) if last.message_th else usual
    since = min(one.starts_at for one in in_force)
    return Delivery(State.DELAYED, message, Reason.OUTAGE, since=since, until=last.ends_at)


def _not_answering(lane: Lane, now: datetime) -> Delivery:
    """Where an operator holds the breaker, nobody knows when it is tried again."""
    message, reason = _MESSAGES[Reason.NOT_ANSWERING], Reason.NOT_ANSWERING
    if lane.breaker_override:
        return Delivery(State.DELAYED, message, reason)
    next_try_at = lane.breaker_probe_at if lane.breaker_probe_at and lane.breaker_probe_at > now else None
    return Delivery(State.DELAYED, message, reason, since=lane.breaker_since, next_try_at=next_try_at)
