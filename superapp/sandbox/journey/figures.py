"""How a program that proves something ends: one JSON line, and exit status 0 only when all its bars hold."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Figure = float | int


@dataclass(frozen=True, slots=True)
class Bar:
    """What a figure has to reach."""

    bound: Figure
    kind: Literal["at_least", "at_most", "exactly"]

    def holds(self, value: Figure) -> bool:
        if self.kind == "at_least":
            return value >= self.bound
        return value <= self.bound if self.kind == "at_most" else value == self.bound


def figures_line(name: str, figures: Mapping[str, Figure], bars: Mapping[str, Bar]) -> tuple[str, bool]:
    """`{"name", "ok", "figures", "bars"}` as one line, and whether every bar holds."""
    held = {figure: bar.holds(figures[figure]) for figure, bar in bars.items()}
    ok = all(held.values())
    told = {
        figure: {"value": figures[figure], "bar": bar.bound, "kind": bar.kind, "holds": held[figure]}
        for figure, bar in bars.items()
    }
    return json.dumps({"name": name, "ok": ok, "figures": dict(figures), "bars": told}), ok
