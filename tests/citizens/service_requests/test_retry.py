"""When the next attempt is due: a pure function, so properties hold for every table and every moment."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from citizens.service_requests.retry import RetryProfile, current_profile, next_attempt_at

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LARGEST_WAIT = timedelta(days=2)

waits = st.timedeltas(timedelta(0), LARGEST_WAIT)
profiles = st.builds(
    RetryProfile, waits=st.lists(waits, min_size=1, max_size=8), give_up_after=st.timedeltas(timedelta(0), LARGEST_WAIT)
)
attempts = st.integers(0, 50)
randoms = st.integers().map(Random)
moments = st.timedeltas(-LARGEST_WAIT, LARGEST_WAIT).map(lambda distance: NOW + distance)


def wait_of(profile: RetryProfile, after: int) -> timedelta:
    """What the table says, written down again: the last wait repeats."""
    return ([*profile.waits] + [profile.waits[-1]] * (after + 1))[after]


@given(attempts, moments, profiles, st.none() | waits, randoms)
def test_is_never_in_the_past_nor_after_the_end_and_ends_exactly_at_the_end(
    after: int, give_up_at: datetime, profile: RetryProfile, retry_after: timedelta | None, random: Random
) -> None:
    due = next_attempt_at(
        attempts=after, now=NOW, give_up_at=give_up_at, profile=profile, retry_after=retry_after, random=random
    )
    assert (due is None) == (give_up_at <= NOW)
    if due is not None:
        assert NOW <= due <= give_up_at


@given(attempts, profiles, waits, randoms)
def test_what_the_agency_asks_for_is_never_undercut_but_by_the_end(
    after: int, profile: RetryProfile, retry_after: timedelta, random: Random
) -> None:
    give_up_at = NOW + timedelta(days=1)
    due = next_attempt_at(
        attempts=after, now=NOW, give_up_at=give_up_at, profile=profile, retry_after=retry_after, random=random
    )
    assert due is not None
    assert due == give_up_at or due >= NOW + retry_after
    longest = max(wait_of(profile, after), retry_after) * 1.2 + timedelta(microseconds=1)
    assert due <= NOW + longest, "nor is it outdone by more than a fifth"


@given(attempts, profiles, randoms)
def test_the_wait_is_the_tables_and_at_most_a_fifth_more(after: int, profile: RetryProfile, random: Random) -> None:
    far_away = NOW + timedelta(days=1000)
    due = next_attempt_at(attempts=after, now=NOW, give_up_at=far_away, profile=profile, random=random)
    assert due is not None
    wait = wait_of(profile, after)
    assert wait <= due - NOW <= wait * 1.2 + timedelta(microseconds=1)


@given(attempts, attempts, st.lists(waits, min_size=1, max_size=8).map(sorted), st.integers())
def test_a_growing_table_gives_growing_waits(first: int, second: int, growing: list[timedelta], seed: int) -> None:
    profile = RetryProfile(waits=growing, give_up_after=LARGEST_WAIT)
    sooner, later = (
        next_attempt_at(
            attempts=after, now=NOW, give_up_at=NOW + timedelta(days=1), profile=profile, random=Random(seed)
        )
        for after in sorted([first, second])
    )
    assert sooner is not None
    assert later is not None
    assert sooner <= later


@pytest.mark.parametrize("retry_after", [None, timedelta(hours=1)])
def test_requests_that_failed_together_do_not_return_together(retry_after: timedelta | None) -> None:
    profile = RetryProfile(waits=[timedelta(minutes=10)], give_up_after=timedelta(days=1))
    give_up_at = NOW + timedelta(days=1)
    due = {
        next_attempt_at(attempts=1, now=NOW, give_up_at=give_up_at, profile=profile, retry_after=retry_after)
        for _ in range(50)
    }
    assert len(due) > 40


@pytest.mark.parametrize("name", sorted(settings.RETRY_PROFILES))
def test_the_tables_of_the_settings_are_well_formed(name: str) -> None:
    table: dict[str, Any] = settings.RETRY_PROFILES[name]
    profile = RetryProfile(**table)
    assert profile.waits[0] == timedelta(0), "the first attempt is made at once"
    assert list(profile.waits) == sorted(profile.waits)
    assert profile.waits[-1] > timedelta(0), "the last wait repeats: zero would be a busy loop"
    assert sum(profile.waits, timedelta(0)) < profile.give_up_after


def test_the_sandbox_tries_after_0_1_2_4_and_8_seconds_and_gives_up_after_a_minute() -> None:
    profile = current_profile()
    assert [wait.total_seconds() for wait in profile.waits] == [0, 1, 2, 4, 8]
    assert profile.give_up_after == timedelta(seconds=60)
