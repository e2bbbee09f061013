"""The JSON line that a proving program ends with."""

import json

import pytest

from superapp.sandbox.journey.figures import Bar, Figure, figures_line


def test_the_line_tells_figures_and_bars() -> None:
    line, ok = figures_line(
        "demo", {"lost": 0, "ratio": 0.7}, {"lost": Bar(0, "exactly"), "ratio": Bar(0.6, "at_least")}
    )
    assert ok
    assert json.loads(line) == {
        "name": "demo",
        "ok": True,
        "figures": {"lost": 0, "ratio": 0.7},
        "bars": {
            "lost": {"value": 0, "bar": 0, "kind": "exactly", "holds": True},
            "ratio": {"value": 0.7, "bar": 0.6, "kind": "at_least", "holds": True},
        },
    }


@pytest.mark.parametrize(
    ("value", "bar"),
    [(1, Bar(0, "exactly")), (0.59, Bar(0.6, "at_least")), (1.51, Bar(1.5, "at_most"))],
)
def test_a_bar_that_does_not_hold_fails_the_program(value: Figure, bar: Bar) -> None:
    line, ok = figures_line("bench", {"figure": value}, {"figure": bar})
    assert not ok
    assert json.loads(line)["bars"]["figure"]["holds"] is False
