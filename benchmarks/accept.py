"""Accepted requests per second through the full path, as a ratio to a bare DRF view with two INSERTs.

Both are served by the same web processes; the broker is up and the workers are stopped. Every leg sends prepared
requests over the same number of connections; legs alternate, and the medians of five rounds count.
"""

import os
import sys
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.own_system import own_system
from benchmarks.product import start_web
from superapp.embedded.stack import Stack

ROUNDS = 5
ROUND_SECONDS = 4.0
CONNECTIONS = 16
SERVICES = 30
# More than any round sends. With the round that warms up, each citizen asks each service once at most.
PER_ROUND = 10_000
CITIZENS = PER_ROUND * (ROUNDS + 1) // SERVICES


def main() -> int:
    with own_system() as state:
        return _run(state)


def _run(state: Path) -> int:
    from benchmarks.load import Measured, Work, measure
    from superapp.sandbox.journey.figures import Bar, figures_line
    from superapp.sandbox.journey.system import free_ports, load_catalogue

    ports = free_ports()
    services = load_catalogue("demo", ports)
    _make_bare_tables()
    legs = {"full": _submissions(services, ports.web), "bare": _bare(services, ports.web)}
    results: dict[str, list[Measured]] = {name: [] for name in legs}
    with Stack(state / "logs", os.environ) as stack:
        start_web(stack, ports.web)
        for number in range(-1, ROUNDS):  # the first round warms up
            for name, requests in legs.items():
                work = Work(ports.web, requests(number), CONNECTIONS, ROUND_SECONDS, status=202)
                measured = measure(work)
                if measured.wrong:
                    raise SystemExit(f"{name}: {measured.wrong} answers were not 202")
                print(f"round {number}: {name:<5} {measured.per_second:8.0f} /s   median {measured.median_ms:.1f} ms")
                if number >= 0:
                    results[name].append(measured)
    per_second = {name: median(one.per_second for one in measured) for name, measured in results.items()}
    figures = {
        "accept_ratio": round(per_second["full"] / per_second["bare"], 3),
        "accepted_per_second": round(per_second["full"]),
        "bare_per_second": round(per_second["bare"]),
        "accept_p99_ms": round(median(one.p99_ms for one in results["full"]), 1),
    }
    line, ok = figures_line("accept", figures, {"accept_ratio": Bar(0.6, "at_least")})
    print(line)
    return 0 if ok else 1


def _make_bare_tables() -> None:
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)


def _submissions(services: list[Any], port: int) -> Any:
    """Requests of many citizens to 30 services; every one has a key of its own, none is the same as another."""
    from benchmarks.submissions import access_tokens, make_citizens, submissions

    tokens = access_tokens(make_citizens(CITIZENS))
    return lambda number: list(
        submissions(services[:SERVICES], tokens, port, PER_ROUND, after=(number + 1) * PER_ROUND)
    )


def _bare(services: list[Any], port: int) -> Any:
    from benchmarks.submissions import bodies, post

    return lambda number: [post(port, "/bare/accept", body) for body in bodies(services[:SERVICES])]


if __name__ == "__main__":
    sys.exit(main())
