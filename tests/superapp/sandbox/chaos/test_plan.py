from collections import Counter
from dataclasses import replace

import pytest

from superapp.sandbox.chaos.characters import CHARACTERS, OpenService
from superapp.sandbox.chaos.crowd import presses
from superapp.sandbox.chaos.plan import BROKER_AND_DATA, VICTIMS, Plan, blows, full_plan, short_plan

PLANS = [full_plan(1), short_plan(1)]


@pytest.mark.parametrize("plan", PLANS)
def test_every_victim_falls_and_blows_stay_within_the_storm(plan: Plan) -> None:
    struck = blows(plan)
    assert len(struck) == plan.kills >= plan.least_kills
    assert {blow.victim for blow in struck} == set(VICTIMS)
    assert BROKER_AND_DATA in VICTIMS
    times = [blow.at for blow in struck]
    assert times == sorted(times)
    assert 0 < times[0] < times[-1] < plan.seconds


def test_a_full_run_is_as_big_as_it_is_said_to_be() -> None:
    plan = full_plan(1)
    assert (plan.requests, plan.least_kills) == (3000, 15)
    assert sum(character.services for character in CHARACTERS) == 30


def test_the_same_seed_does_the_same_and_another_one_does_not() -> None:
    services = [OpenService("a", 1.0), OpenService("b", 0.5)]
    assert blows(full_plan(7)) == blows(full_plan(7)) != blows(full_plan(8))
    assert presses(full_plan(7), services) == presses(full_plan(7), services) != presses(full_plan(8), services)


def test_services_get_their_shares_and_no_two_presses_are_alike() -> None:
    plan = replace(short_plan(1), requests=90)
    pressed = presses(plan, [OpenService("much", 1.0), OpenService("little", 0.5)])
    assert Counter(press.service_code for press in pressed) == {"much": 60, "little": 30}
    assert len({press.note for press in pressed}) == 90
    assert all(0 <= press.at <= plan.seconds for press in pressed)


def test_some_agencies_look_up_some_honour_keys_and_one_service_has_neither() -> None:
    able = Counter({(one.looks_up, one.honours_key): 0 for one in CHARACTERS})
    for one in CHARACTERS:
        able[one.looks_up, one.honours_key] += one.services
    assert able[False, False] == 1
    assert min(able.values()) >= 1
    assert len(able) == 4
