"""How long an accepted request takes to the agency: from the phone's 202 to its arrival at the agency's socket.

On an idle system (one request at a time, with pauses) and at half the most that the system accepts and delivers.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from benchmarks.own_system import own_system

if TYPE_CHECKING:
    from benchmarks.agency import Agency
    from benchmarks.backlog import Backlog
    from benchmarks.steady_load import Schedule

SERVICES = 30
CITIZENS = 500
CONNECTIONS = 32
WARM_UP = 30
# Longer than the web process waits between two nudges, or the system would not be idle.
PAUSE_SECONDS = (0.25, 0.5)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--idle-requests", type=int, default=200)
    parser.add_argument(
        "--most-requests", type=int, default=3_000, help="to find the most that is delivered per second"
    )
    parser.add_argument("--seconds", type=int, default=60, help="at half the most")
    options = parser.parse_args()
    with own_system() as state:
        return _run(state, options)


def _run(state: Path, options: argparse.Namespace) -> int:
    from benchmarks.agency import Agency, free_port
    from benchmarks.backlog import Backlog
    from benchmarks.http_leg import accept_and_deliver
    from benchmarks.steady_load import Schedule, steadily
    from benchmarks.submissions import access_tokens, make_citizens, submissions
    from superapp.sandbox.journey.figures import Bar, figures_line
    from superapp.sandbox.journey.system import free_ports, load_catalogue

    port = free_port()
    agency = Agency(free_port())
    backlog = Backlog(load_catalogue("demo", free_ports())[:SERVICES], agency.options)
    tokens = access_tokens(make_citizens(CITIZENS))
    most = accept_and_deliver(backlog=backlog, agency=agency, port=port, state=state, count=options.most_requests)
    print(f"at most  {most:8.0f} /s", flush=True)

    def asked(count: int) -> Iterator[bytes]:
        return submissions(backlog.services, tokens, port, count)

    load = Schedule(port, steadily(asked(round(most / 2 * options.seconds)), most / 2), CONNECTIONS)
    idle = Schedule(port, list(_with_pauses(asked(WARM_UP + options.idle_requests))), connections=1)
    figures: dict[str, float] = {"most_per_second": round(most, 1)}
    for name, schedule, unmeasured in (("idle", idle, WARM_UP), ("half", load, 0)):
        waits = _waits(name, schedule, agency=agency, backlog=backlog, state=state)[unmeasured:]
        figures |= _figures(name, waits)
        print(f"{name:<8} median {figures[f'{name}_median_ms']} ms, p99 {figures[f'{name}_p99_ms']} ms", flush=True)
    line, ok = figures_line("latency", figures, {"idle_median_ms": Bar(50, "at_most")})
    print(line)
    return 0 if ok else 1


def _with_pauses(requests: Iterator[bytes]) -> Iterator[tuple[float, bytes]]:
    random, at = Random(1), 0.0  # noqa: S311  (the same pauses each time)
    for request in requests:
        yield at, request
        at += random.uniform(*PAUSE_SECONDS)


def _waits(name: str, schedule: "Schedule", *, agency: "Agency", backlog: "Backlog", state: Path) -> list[float]:
    """Seconds from each 202 to the agency's socket, in the order of the answers; below 0 where the agency was first."""
    from benchmarks.product import start_delivery, start_upkeep, start_web
    from benchmarks.steady_load import SteadyLoad
    from superapp.embedded.stack import Stack

    backlog.refill(0)
    backlog.release()
    with Stack(state / "logs" / name, os.environ) as stack:
        agency.start(stack)
        start_delivery(stack)
        start_upkeep(stack, state)
        start_web(stack, schedule.port)
        with SteadyLoad(schedule) as load:
            accepted = sorted(load.finish(), key=lambda one: one.at)
        stack.wait_until("web", lambda: agency.ledger().references >= len(accepted))
        arrivals = agency.arrivals()
    return [arrivals[one.reference] - one.at for one in accepted]


def _figures(name: str, waits: list[float]) -> dict[str, float]:
    ordered = [round(seconds * 1000, 1) for seconds in sorted(waits)]
    return {
        f"{name}_median_ms": ordered[len(ordered) // 2],
        f"{name}_p99_ms": ordered[int(len(ordered) * 0.99)],
        f"{name}_requests": len(ordered),
    }


if __name__ == "__main__":
    sys.exit(main())
