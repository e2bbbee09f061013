"""Requests delivered per second, as ratios to DBOS, Procrastinate and plain Celery.

Every leg starts with the same number of accepted requests (or jobs) over 30 services and ends at the last `completed`,
which the agency's answer carries: the same agency, the same number of processes and of calls in flight. Ours runs
before and after each of the others, for the machine's speed drifts: a ratio is to what both did in their time together.
"""

import argparse
import logging
import sys
from pathlib import Path
from statistics import harmonic_mean

from benchmarks.own_system import own_system

SERVICES = 30
BARS = {"vs_dbos": 4, "vs_procrastinate": 2, "vs_celery": 1.2}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--requests", type=int, default=20_000, help="for each leg to deliver")
    parser.add_argument("--http-requests", type=int, default=3_000, help="to accept by HTTP and deliver; 0 for none")
    parser.add_argument("--peers", nargs="*", default=["celery", "procrastinate", "dbos"], help="to compare with")
    options = parser.parse_args()
    with own_system() as state:
        return _run(state, options)


def _run(state: Path, options: argparse.Namespace) -> int:
    logging.disable(logging.INFO)  # what the peers' libraries tell while their backlogs are made

    from benchmarks.agency import Agency, free_port
    from benchmarks.backlog import Backlog
    from benchmarks.http_leg import accept_and_deliver
    from benchmarks.legs import LEGS, time_leg
    from superapp.sandbox.journey.figures import Bar, figures_line
    from superapp.sandbox.journey.system import free_ports, load_catalogue

    ports = free_ports()
    agency = Agency(free_port())
    backlog = Backlog(load_catalogue("demo", ports)[:SERVICES], agency.options)
    figures: dict[str, float] = {}

    def measured(name: str) -> float:
        per_second = time_leg(LEGS[name](backlog, state), agency, options.requests)
        print(f"{name:<14} {per_second:8.0f} /s", flush=True)
        return per_second

    ours = [measured("ours")]
    for peer in options.peers:
        figures[f"{peer}_per_second"] = round(measured(peer), 1)
        ours.append(measured("ours"))
        figures[f"vs_{peer}"] = round(harmonic_mean(ours[-2:]) / figures[f"{peer}_per_second"], 2)
    figures["ours_per_second"] = round(harmonic_mean(ours), 1)
    if options.http_requests:
        figures["http_per_second"] = round(
            accept_and_deliver(
                backlog=backlog, agency=agency, port=ports.web, state=state, count=options.http_requests
            ),
            1,
        )
        print(f"{'over HTTP':<14} {figures['http_per_second']:8.0f} /s", flush=True)
    figures["requests"] = options.requests
    line, ok = figures_line(
        "routing", figures, {name: Bar(bound, "at_least") for name, bound in BARS.items() if name in figures}
    )
    print(line)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
