"""How many calls a lane may start: pure functions, so no order of starts and no clock exceeds the limits."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services_catalog import rate
from services_catalog.models import Lane

# Noon in Bangkok.
NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
BANGKOK_MIDNIGHT = datetime(2026, 11, 22, 17, tzinfo=UTC)
SECOND = timedelta(seconds=1)

wishes = st.lists(st.tuples(st.floats(0, 3), st.integers(1, 20)), min_size=1, max_size=60)


def start(lane: Lane, wanted: int, now: datetime) -> int:
    allowed = rate.calls_allowed(lane, wanted, now)
    if allowed:
        rate.note_started(lane, allowed, now)
    return allowed


@given(st.integers(1, 30), wishes)
def test_between_any_two_moments_no_more_than_a_bucket_and_its_refill(
    per_second: int, wished: list[tuple[float, int]]
) -> None:
    lane, now, started = Lane(rate_per_second=per_second), NOW, list[tuple[datetime, int]]()
    for gap, wanted in wished:
        now += timedelta(seconds=gap)
        started.append((now, start(lane, wanted, now)))
    for first in range(len(started)):
        for last in range(first, len(started)):
            passed = (started[last][0] - started[first][0]).total_seconds()
            calls = sum(number for _, number in started[first : last + 1])
            assert calls <= per_second * (1 + passed) + 1e-3


@given(st.integers(1, 30), st.integers(1, 50))
def test_a_full_bucket_gives_a_seconds_calls_at_once(per_second: int, wanted: int) -> None:
    lane = Lane(rate_per_second=per_second)
    assert start(lane, wanted, NOW) == min(wanted, per_second)
    assert start(lane, 100, NOW + SECOND) == per_second


@given(st.integers(1, 50), wishes)
def test_no_day_has_more_than_its_calls(per_day: int, wished: list[tuple[float, int]]) -> None:
    lane, now, by_day = Lane(rate_per_day=per_day), NOW, dict[date, int]()
    for hours, wanted in wished:
        now += timedelta(hours=hours)
        day = (now + timedelta(hours=7)).date()
        by_day[day] = by_day.get(day, 0) + start(lane, wanted, now)
    assert max(by_day.values()) <= per_day


def test_the_day_begins_at_midnight_in_bangkok() -> None:
    lane = Lane(rate_per_day=3)
    before = BANGKOK_MIDNIGHT - SECOND
    assert start(lane, 5, before) == 3
    assert (lane.rate_day, start(lane, 1, before)) == (date(2026, 11, 22), 0)
    assert start(lane, 5, BANGKOK_MIDNIGHT) == 3
    assert (lane.rate_day, lane.rate_day_calls) == (date(2026, 11, 23), 3)


def test_a_machine_whose_clock_is_behind_refills_nothing() -> None:
    lane = Lane(rate_per_second=10)
    ahead, behind = NOW + SECOND, NOW
    assert start(lane, 9, ahead) == 9
    started = [start(lane, 10, clock) for clock in [behind, ahead] * 5]
    assert sum(started) == 1


def test_a_machine_whose_clock_is_behind_does_not_begin_yesterday_anew() -> None:
    lane = Lane(rate_per_day=3)
    assert start(lane, 2, BANGKOK_MIDNIGHT) == 2
    assert start(lane, 3, BANGKOK_MIDNIGHT - SECOND) == 1
    assert start(lane, 3, BANGKOK_MIDNIGHT) == 0


def test_both_limits_hold_together() -> None:
    lane = Lane(rate_per_second=2, rate_per_day=3)
    assert [start(lane, 9, NOW + number * SECOND) for number in range(4)] == [2, 1, 0, 0]


def test_a_limit_that_shrank_below_what_was_started_allows_nothing() -> None:
    lane = Lane(rate_per_second=10, rate_per_day=10)
    start(lane, 8, NOW)
    lane.rate_per_day, lane.rate_per_second = 5, 1
    assert start(lane, 1, NOW) == 0


@given(st.integers(1, 500), st.lists(st.tuples(st.booleans(), st.integers(1, 60)), max_size=30))
def test_look_ups_take_a_tenth_of_a_day_at_most(per_day: int, wished: list[tuple[bool, int]]) -> None:
    lane, look_ups = Lane(rate_per_day=per_day), 0
    for is_look_up, wanted in wished:
        allowed = rate.look_ups_allowed(lane, wanted, NOW) if is_look_up else rate.calls_allowed(lane, wanted, NOW)
        rate.note_started(lane, allowed, NOW)
        look_ups += allowed if is_look_up else 0
    assert look_ups <= per_day / 10
    assert lane.rate_day_calls <= per_day


def test_calls_that_were_not_made_go_back_to_their_own_day() -> None:
    lane = Lane(rate_per_day=10)
    before = BANGKOK_MIDNIGHT - SECOND
    assert start(lane, 4, before) == 4
    rate.note_not_made(lane, 3, before)
    assert lane.rate_day_calls == 1
    assert start(lane, 5, BANGKOK_MIDNIGHT) == 5
    rate.note_not_made(lane, 1, before)
    assert lane.rate_day_calls == 5


def test_without_a_limit_all_may_start() -> None:
    lane = Lane()
    assert rate.has_limit(lane) is False
    assert rate.calls_allowed(lane, 250, NOW) == 250
