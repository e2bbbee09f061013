"""Whether accept, claim, a citizen's list, a timeline and the operators' backlog stay as fast while history grows.

    .venv/bin/python -m benchmarks.growth [--sizes 10000,1000000,5000000]

One server has a database for each size, each a copy of the one before with more history. They take turns, so that all
sizes are measured in the same minutes; the cache is warm. Ends with one JSON line.
"""

import argparse
import logging
import sys
import time
from functools import partial
from itertools import product
from statistics import median
from typing import Any

from benchmarks.own_system import own_system

SIZES = [10_000, 1_000_000, 5_000_000]
ROUNDS = 20
WARM_UP = 3
REPEATS = 20
LANES = 30
WAITING = 2_000
WAITING_CITIZENS = 100
BAR = 1.3

Medians = dict[str, dict[int, float]]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sizes", type=_sizes, default=SIZES, help="requests of history, comma-separated")
    sizes = parser.parse_args().sizes
    with own_system():
        logging.disable(logging.INFO)  # the attempts that make the templates
        from benchmarks.growth_databases import GrowthDatabases
        from benchmarks.history import loading

        databases = GrowthDatabases()
        services = _prepare(sizes[0])
        with loading():
            _load(databases, sizes, services)
        medians = _measure(databases, sizes, services)
        _print_plans(databases, sizes, services)
        return _report(medians, sizes)


def _sizes(text: str) -> list[int]:
    sizes = [int(one) for one in text.split(",")]
    if len(sizes) < 2 or sizes != sorted(set(sizes)) or any(one % 20 or one < 1000 for one in sizes):
        raise argparse.ArgumentTypeError("two or more growing sizes, multiples of 20 from 1000")
    return sizes


def _prepare(recent: int) -> list[Any]:
    """The catalogue with its live services, and what waits: the same at every size."""
    from benchmarks.finished import submit
    from benchmarks.history import history_begin
    from benchmarks.submissions import make_citizens
    from services_catalog.models import Service
    from superapp.sandbox.journey.system import free_ports, load_catalogue

    load_catalogue("demo", free_ports())
    history_begin(recent=recent)
    live = Service.objects.published().select_related("current_version", "agency")
    services = list(live.order_by("code"))
    waiting = make_citizens(WAITING_CITIZENS)
    for number in range(WAITING):
        # No citizen asks a service twice.
        submit(waiting[number // LANES % WAITING_CITIZENS].pk, services[number % LANES])
    return services


def _load(databases: Any, sizes: list[int], services: list[Any]) -> None:
    from benchmarks.finished import submit_and_finish
    from benchmarks.history import history_load, stages
    from benchmarks.submissions import make_citizens

    [pattern] = make_citizens(WAITING_CITIZENS + 1)[-1:]
    templates = submit_and_finish(pattern, services[LANES : 2 * LANES])
    for stage in stages(sizes):
        started = time.monotonic()
        databases.copy_for(stage.end)
        history_load(stage, templates, keys=stage.start == 0)
        print(f"{stage.end:>9,} requests of history: {time.monotonic() - started:.0f} s, {databases.size()}")


def _measure(databases: Any, sizes: list[int], services: list[Any]) -> Medians:
    """Medians in seconds. Sizes take turns call by call, in each round in another order."""
    from benchmarks.hot_paths import HOT_PATHS, take_sample

    samples = {}
    for size in sizes:
        databases.use(size)
        samples[size] = take_sample(size, services, services[:LANES])
    times: dict[str, dict[int, list[float]]] = {name: {size: [] for size in sizes} for name in HOT_PATHS}
    for number in range(-WARM_UP, ROUNDS):
        for name, hot_path in HOT_PATHS.items():
            for call, turn in product(range(REPEATS), range(len(sizes))):
                size = sizes[(number + turn) % len(sizes)]
                databases.use(size)
                took = hot_path(samples[size], (number + WARM_UP) * REPEATS + call)
                if number >= 0:
                    times[name][size].append(took)
    return {name: {size: median(took) for size, took in by_size.items()} for name, by_size in times.items()}


def _print_plans(databases: Any, sizes: list[int], services: list[Any]) -> None:
    """All plans at the largest size, and which of the sizes go another way."""
    from benchmarks.hot_paths import HOT_PATHS, take_sample
    from benchmarks.plans import plans_of, shape

    for name, hot_path in HOT_PATHS.items():
        plans = {}
        for size in sizes:
            databases.use(size)
            plans[size] = plans_of(partial(hot_path, take_sample(size, services, services[:LANES]), 0))
        same = [size for size in sizes if shape(plans[size]) == shape(plans[sizes[-1]])]
        print(f"\n=== {name} with {sizes[-1]:,} requests of history (planned the same with {_listed(same)}) ===")
        print("\n\n".join("\n".join(plan) for plan in plans[sizes[-1]]))


def _listed(sizes: list[int]) -> str:
    return ", ".join(f"{size:,}" for size in sizes)


def _report(medians: Medians, sizes: list[int]) -> int:
    from superapp.sandbox.journey.figures import Bar, figures_line

    figures: dict[str, float] = {}
    print(f"\nmedian ms of {ROUNDS * REPEATS} with {_listed(sizes)} requests of history")
    for name, by_size in medians.items():
        figures[f"{name}_growth"] = round(max(by_size[size] for size in sizes[1:]) / by_size[sizes[0]], 3)
        figures |= {f"{name}_ms_{size}": round(by_size[size] * 1000, 2) for size in sizes}
        print(f"{name:<9}", *(f"{by_size[size] * 1000:8.2f}" for size in sizes), f"   x {figures[f'{name}_growth']}")
    line, ok = figures_line("growth", figures, {f"{name}_growth": Bar(BAR, "at_most") for name in medians})
    print(line)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
