"""The circuit breaker of a lane: pure functions on its row, so properties hold for every history of calls."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from services_catalog import breaker
from services_catalog.breaker import Call
from services_catalog.models import Breaker, Lane, Standing

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
GOOD = Call(failed=False, took=SECOND)
FAILED = Call(failed=True, took=SECOND)
SLOW = Call(failed=False, took=timedelta(seconds=9))
WAITS = settings.BREAKER["probe_waits"]
LEAST = settings.BREAKER["least_calls"]

batches = st.lists(st.sampled_from([GOOD, FAILED, SLOW]), min_size=1, max_size=6)
gaps = st.timedeltas(timedelta(0), timedelta(minutes=3))
histories = st.lists(st.tuples(gaps, batches), min_size=1, max_size=25)


def new_lane(**fields: object) -> Lane:
    lane = Lane(**fields)
    lane.has_outage = False
    return lane


def tell(lane: Lane, *calls: Call, now: datetime = NOW) -> Lane:
    breaker.note_calls(lane, calls, now)
    return lane


def open_lane(failed_probes: int = 0) -> Lane:
    return new_lane(breaker=Breaker.OPEN, breaker_probe_at=NOW, breaker_failed_probes=failed_probes)


@given(st.lists(st.tuples(gaps, st.integers(1, 20)), max_size=25))
def test_calls_that_are_well_never_open_it(history: list[tuple[timedelta, int]]) -> None:
    lane, now = new_lane(), NOW
    for gap, calls in history:
        now += gap
        assert tell(lane, *[GOOD] * calls, now=now).breaker == Breaker.CLOSED


@given(histories)
def test_it_opens_exactly_when_the_calls_of_its_window_say_so(history: list[tuple[timedelta, list[Call]]]) -> None:
    """Against the rule written down a second time, over the list of the calls themselves."""
    lane, now = new_lane(call_deadline_seconds=10), NOW
    window = max(settings.BREAKER["window"], 10 * SECOND * LEAST)
    began, counted = now, list[Call]()
    for gap, calls in history:
        now += gap
        if not counted or now - began >= window:
            began, counted = now, []
        counted += calls
        failed, slow = counted.count(FAILED) / len(counted), counted.count(SLOW) / len(counted)
        too_much = failed >= settings.BREAKER["failure_share"] or slow >= settings.BREAKER["slow_share"]
        opens = len(counted) >= LEAST and too_much and set(calls) != {GOOD}
        assert tell(lane, *calls, now=now).breaker == (Breaker.OPEN if opens else Breaker.CLOSED)
        if opens:
            return


@given(histories, st.data())
def test_whatever_happens_it_is_never_open_without_a_probe_to_come(
    history: list[tuple[timedelta, list[Call]]], data: st.DataObject
) -> None:
    lane, now = new_lane(), NOW
    for gap, calls in history:
        now += gap
        if lane.standing(now) == Standing.PROBING and data.draw(st.booleans()):
            breaker.begin_probe(lane)
        tell(lane, *calls, now=now)
        if lane.breaker == Breaker.OPEN:
            assert lane.breaker_probe_at is not None
            assert lane.breaker_probe_at <= now + max(WAITS)
            assert lane.standing(lane.breaker_probe_at) == Standing.PROBING
        else:
            assert lane.usable_slots(now) >= 1, "closed or half-open it can deliver"


def test_a_share_of_failures_opens_it_once_there_are_enough_calls() -> None:
    lane = tell(new_lane(), *[FAILED] * (LEAST - 1))
    assert lane.breaker == Breaker.CLOSED
    tell(lane, FAILED)
    assert (lane.breaker, lane.breaker_since, lane.breaker_probe_at) == (Breaker.OPEN, NOW, NOW + WAITS[0])


def test_failures_that_are_few_among_many_do_not_open_it() -> None:
    assert tell(new_lane(), *[GOOD] * 6, *[FAILED] * 5).breaker == Breaker.CLOSED


def test_a_share_of_slow_calls_opens_it() -> None:
    assert tell(new_lane(), *[SLOW] * 4, *[GOOD] * 2).breaker == Breaker.CLOSED
    assert tell(new_lane(), *[SLOW] * 4, GOOD).breaker == Breaker.OPEN


def test_calls_of_an_earlier_window_do_not_count() -> None:
    lane = tell(new_lane(call_deadline_seconds=1), *[FAILED] * (LEAST - 1))
    tell(lane, FAILED, now=NOW + settings.BREAKER["window"])
    assert (lane.breaker, lane.window_calls) == (Breaker.CLOSED, 1)


def test_a_slow_lane_opens_though_its_calls_come_one_by_one() -> None:
    """It has one slot, and each call hangs until its deadline: a window of half a minute would never see enough."""
    lane, now = new_lane(call_deadline_seconds=60), NOW
    for _ in range(LEAST):
        now += 60 * SECOND
        tell(lane, Call(failed=True, took=60 * SECOND), now=now)
    assert lane.breaker == Breaker.OPEN


def test_it_does_not_open_upon_a_call_that_went_well() -> None:
    lane = tell(new_lane(), FAILED, FAILED, FAILED, GOOD)
    assert tell(lane, GOOD).breaker == Breaker.CLOSED


def test_open_it_takes_no_notice_of_calls_that_were_out_when_it_opened() -> None:
    lane = open_lane()
    tell(lane, GOOD, FAILED)
    assert (lane.breaker, lane.breaker_probe_at) == (Breaker.OPEN, NOW)


def test_a_probe_that_went_well_closes_it_and_forgets_what_was() -> None:
    lane = open_lane(failed_probes=3)
    breaker.begin_probe(lane)
    tell(lane, GOOD)
    assert (lane.breaker, lane.breaker_since, lane.breaker_probe_at) == (Breaker.CLOSED, NOW, None)
    assert (lane.breaker_failed_probes, lane.window_calls, lane.window_failures) == (0, 0, 0)


@pytest.mark.parametrize("bad", [FAILED, SLOW])
@given(st.integers(0, 12))
def test_each_failed_probe_waits_longer_up_to_the_longest_wait(bad: Call, before: int) -> None:
    lane, waits = open_lane(), []
    for _ in range(before + 1):
        breaker.begin_probe(lane)
        assert lane.breaker == Breaker.HALF_OPEN
        tell(lane, bad)
        assert lane.breaker == Breaker.OPEN
        assert lane.breaker_probe_at is not None
        waits.append(lane.breaker_probe_at - NOW)
    assert waits == ([*WAITS[1:]] + [WAITS[-1]] * (before + 1))[: before + 1]


def test_since_tells_how_long_it_has_not_been_closed() -> None:
    lane = tell(new_lane(), *[FAILED] * LEAST)
    breaker.begin_probe(lane)
    tell(lane, FAILED, now=NOW + 10 * SECOND)
    assert (lane.breaker, lane.breaker_since) == (Breaker.OPEN, NOW)
    breaker.begin_probe(lane)
    tell(lane, GOOD, now=NOW + 30 * SECOND)
    assert (lane.breaker, lane.breaker_since) == (Breaker.CLOSED, NOW + 30 * SECOND)


def test_a_probe_can_be_had_at_once() -> None:
    lane = tell(new_lane(), *[FAILED] * LEAST)
    assert (lane.standing(NOW), lane.usable_slots(NOW)) == (Standing.BREAKER_OPEN, 0)
    breaker.probe_now(lane, NOW)
    assert (lane.standing(NOW), lane.usable_slots(NOW)) == (Standing.PROBING, 1)


def test_a_closed_breaker_has_nothing_to_probe() -> None:
    lane = new_lane()
    breaker.probe_now(lane, NOW)
    breaker.begin_probe(lane)
    assert (lane.breaker, lane.breaker_probe_at) == (Breaker.CLOSED, None)


@pytest.mark.parametrize("state", list(Breaker))
def test_what_an_operator_holds_counts_whatever_the_state(state: Breaker) -> None:
    held_open = new_lane(breaker=state, breaker_probe_at=NOW, breaker_override="open")
    held_closed = new_lane(breaker=state, breaker_probe_at=NOW, breaker_override="closed")
    assert (held_open.standing(NOW), held_open.usable_slots(NOW)) == (Standing.BREAKER_OPEN, 0)
    assert (held_closed.standing(NOW), held_closed.usable_slots(NOW)) == (Standing.RUNNING, held_closed.slots)


@given(st.timedeltas(timedelta(0), timedelta(minutes=2)))
def test_a_lane_with_a_call_that_hangs_is_slow(age: timedelta) -> None:
    lane = new_lane(recent_call_ms=300)
    breaker.note_hanging(lane, age)
    assert lane.recent_call_ms >= 300
    assert lane.is_slow is (age >= settings.SLOW_CALL)


def test_the_average_follows_the_last_calls() -> None:
    lane = new_lane(recent_call_ms=60_000)
    for _ in range(20):
        tell(lane, Call(failed=False, took=timedelta(milliseconds=100)))
    assert not lane.is_slow
    assert 100 <= lane.recent_call_ms < 400


def test_no_calls_change_nothing() -> None:
    lane = new_lane(recent_call_ms=300)
    tell(lane)
    assert (lane.recent_call_ms, lane.window_started_at) == (300, None)
