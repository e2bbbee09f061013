"""Whether a service takes requests at the moment and how its deliveries run, in words for citizens."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services_catalog.days import next_midnight
from services_catalog.languages import NO_TEXT, Text
from services_catalog.models import Lane, Outage, Service, Standing
from services_catalog.opening_hours import next_opening


class Openness(StrEnum):
    """Whether a request that is sent now is taken, and delivered at once."""

    OPEN = "open"
    QUEUEING = "queueing"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Availability:
    """`until` as far as it is known. Without a message for a service that is open."""

    state: Openness
    message: Text = NO_TEXT
    until: datetime | None = None


class State(StrEnum):
    """Whether what is sent now is delivered at once."""

    RUNNING = "running"
    DELAYED = "delayed"


class Reason(StrEnum):
    """Why it is delivered later."""

    PAUSED = "paused"
    OUTAGE = "outage"
    CLOSED = "closed"
    USED_UP = "used_up"
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
    Reason.USED_UP: Text(
        "วันนี้ระบบของหน่วยงานรับคำขอครบจำนวนแล้ว คุณยื่นคำขอได้ตามปกติ เราจะส่งให้ตั้งแต่เที่ยงคืนเป็นต้นไป",
        "The agency's system takes no more requests today. You may send now; we deliver from midnight on.",
    ),
    Reason.NOT_ANSWERING: Text(
        "ขณะนี้ระบบของหน่วยงานไม่ตอบสนอง คุณยื่นคำขอได้ตามปกติ เราจะส่งให้เมื่อระบบกลับมา",
        "The agency's system is not answering. You may send now; we deliver when it is back.",
    ),
}


_CLOSED = Text(
    "ขณะนี้หน่วยงานปิดรับคำขอชั่วคราว กรุณาลองใหม่ภายหลัง",
    "The agency takes no requests at the moment. Please try again later.",
)
_NOT_OPEN_YET = Text("บริการนี้ยังไม่เปิดรับคำขอ", "This service does not take requests yet.")
_NO_LONGER_OPEN = Text("บริการนี้ปิดรับคำขอแล้ว", "This service takes requests no longer.")
_NOT_ELECTRONIC = Text("บริการนี้ยื่นคำขอทางแอปไม่ได้", "This service cannot be asked for in the app.")


def availability_of(service: Service, now: datetime) -> Availability:
    """Needs the service as `ServiceQuerySet.with_running` gives it."""
    lane: Lane | None = getattr(service, "lane", None)
    in_force = _in_force(lane, now) if lane else []
    if closed := _closed(service, in_force, now):
        return closed
    if lane is None:
        return Availability(Openness.OPEN)
    delivery = delivery_of(lane, now)
    if delivery.state == State.RUNNING:
        return Availability(Openness.OPEN)
    return Availability(Openness.QUEUEING, delivery.message, delivery.until)


def _closed(service: Service, in_force: list[Outage], now: datetime) -> Availability | None:
    """Why no request is taken; None where requests are. `acceptance.write_acceptance` asks the database the same."""
    if not service.electronic_allowed:
        th, en = service.not_electronic_reason_th, service.not_electronic_reason_en
        return Availability(Openness.CLOSED, Text(th, en or th) if th else _NOT_ELECTRONIC)
    if service.opens_at and now < service.opens_at:
        return Availability(Openness.CLOSED, _NOT_OPEN_YET, service.opens_at)
    if service.closes_at and service.closes_at <= now:
        return Availability(Openness.CLOSED, _NO_LONGER_OPEN)
    if closing := [one for one in in_force if one.meanwhile == Outage.Meanwhile.CLOSED]:
        last = _last(closing)
        return Availability(Openness.CLOSED, _message(last), last.ends_at)
    return None


def _in_force(lane: Lane, now: datetime) -> list[Outage]:
    return [one for one in lane.outages.all() if one.starts_at <= now and (one.ends_at is None or one.ends_at > now)]


def delivery_of(lane: Lane, now: datetime) -> Delivery:
    """Needs the lane as `ServiceQuerySet.with_running` gives it: with its outages."""
    in_force = _in_force(lane, now)
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
        case Standing.USED_UP:
            return Delivery(State.DELAYED, _MESSAGES[Reason.USED_UP], Reason.USED_UP, until=next_midnight(now))
        case Standing.BREAKER_OPEN | Standing.PROBING:
            return _not_answering(lane, now)


def _outage(in_force: list[Outage]) -> Delivery:
    """Of several, the one that ends last: until then nothing is delivered."""
    last = _last(in_force)
    since = min(one.starts_at for one in in_force)
    return Delivery(State.DELAYED, _message(last), Reason.OUTAGE, since=since, until=last.ends_at)


def _last(outages: list[Outage]) -> Outage:
    """The one that ends last."""
    return max(outages, key=lambda one: (one.ends_at is None, one.ends_at or one.starts_at))


def _message(outage: Outage) -> Text:
    """In both languages or not at all: half of a message of theirs beside half of ours could contradict each other."""
    if outage.message_th:
        return Text(outage.message_th, outage.message_en or outage.message_th)
    return _CLOSED if outage.meanwhile == Outage.Meanwhile.CLOSED else _MESSAGES[Reason.OUTAGE]


def _not_answering(lane: Lane, now: datetime) -> Delivery:
    """Where an operator holds the breaker, nobody knows when it is tried again."""
    message, reason = _MESSAGES[Reason.NOT_ANSWERING], Reason.NOT_ANSWERING
    if lane.breaker_override:
        return Delivery(State.DELAYED, message, reason)
    next_try_at = lane.breaker_probe_at if lane.breaker_probe_at and lane.breaker_probe_at > now else None
    return Delivery(State.DELAYED, message, reason, since=lane.breaker_since, next_try_at=next_try_at)
