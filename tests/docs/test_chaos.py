"""docs/chaos.md says what chaos does."""

from superapp.sandbox.chaos.characters import CHARACTERS
from superapp.sandbox.chaos.plan import full_plan, short_plan
from superapp.sandbox.chaos.run import bars
from tests.docs.test_tables import table


def test_the_characters() -> None:
    told = [row[:4] for row in table("chaos.md", "character")]
    words = {True: "yes", False: "no"}
    assert told == [[one.name, str(one.services), words[one.looks_up], words[one.honours_key]] for one in CHARACTERS]


def test_the_bars() -> None:
    told = {figure: bar for figure, bar, _ in table("chaos.md", "figure") if bar != "–"}
    full, short = full_plan(1), short_plan(1)
    assert told.keys() == bars(full).keys()
    assert {figure for figure, bar in told.items() if bar == "0"} == {
        figure for figure, bar in bars(full).items() if bar.bound == 0
    }
    assert told["kills"] == f"at least {full.least_kills} ({short.least_kills} in the short run)"
