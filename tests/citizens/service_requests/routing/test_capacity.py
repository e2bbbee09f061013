"""A slow agency hurts nobody else: slow lanes share at most a quarter of a worker's calls (rule 7)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings

from citizens.service_requests.routing.capacity import Capacity, process_capacity


def test_takes_what_is_free_and_no_more() -> None:
    capacity = Capacity(8)
    assert capacity.take(4, slow=False) == 4
    assert capacity.take(5, slow=False) == 2
    assert capacity.take(5, slow=False) == 0
    capacity.give_back(2, slow=False)
    assert capacity.take(5, slow=False) == 2


@pytest.mark.parametrize(("calls", "quarter"), [(32, 8), (16, 4), (7, 1), (2, 1)])
def test_slow_lanes_share_a_quarter_and_the_others_the_rest(calls: int, quarter: int) -> None:
    capacity = Capacity(calls)
    assert sum(capacity.take(1, slow=True) for _ in range(calls)) == quarter
    assert capacity.take(calls, slow=False) == calls - quarter


def test_each_kind_gets_a_call_however_small_the_worker_is() -> None:
    capacity = Capacity(1)
    assert (capacity.take(5, slow=True), capacity.take(5, slow=False)) == (1, 1)


def test_nothing_wanted_is_nothing_taken() -> None:
    capacity = Capacity(4)
    assert capacity.take(-1, slow=False) == 0
    assert capacity.take(9, slow=False) == 3


def test_giving_back_what_nobody_took_is_an_error() -> None:
    with pytest.raises(ValueError, match="given back"):
        Capacity(2).give_back(1, slow=False)


def test_many_threads_never_hold_more_than_there_is() -> None:
    capacity = Capacity(8)

    def take_and_give_back(number: int) -> int:
        slow = number % 2 == 0
        taken = capacity.take(4, slow=slow)
        capacity.give_back(taken, slow=slow)
        return taken

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(take_and_give_back, range(400)))
    assert max(taken[1::2]) <= 4
    assert max(taken[::2]) <= 2
    assert capacity.take(100, slow=True) == 2
    assert capacity.take(100, slow=False) == 6


def test_this_process_has_the_capacity_of_the_settings() -> None:
    capacity = process_capacity()
    assert process_capacity() is capacity
    taken = capacity.take(1000, slow=False)
    capacity.give_back(taken, slow=False)
    assert taken == settings.DELIVERY_CALLS_IN_FLIGHT - settings.DELIVERY_CALLS_IN_FLIGHT // 4


def test_who_is_patient_gets_the_place_that_comes_free() -> None:
    capacity = Capacity(2)
    assert capacity.take(5, slow=False) == 1
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(capacity.take, 5, slow=False, patience=timedelta(seconds=10))
        assert not waiting.done()
        capacity.give_back(1, slow=False)
        assert waiting.result(5) == 1


def test_patience_ends() -> None:
    capacity = Capacity(2)
    assert capacity.take(5, slow=False) == 1
    assert capacity.take(5, slow=False, patience=timedelta(milliseconds=20)) == 0
