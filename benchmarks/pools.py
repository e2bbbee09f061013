"""Requests delivered per second with each kind of Celery worker pool, at a fast agency and at a slow one.

The same backlog, and as many calls in flight in all, for every kind.
"""

import argparse
import sys
from pathlib import Path

from benchmarks.own_system import own_system

SERVICES = 30


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--requests", type=int, default=5_000, help="to deliver at an agency that answers at once")
    parser.add_argument("--slow-requests", type=int, default=2_000, help="to deliver at the slow one")
    parser.add_argument("--slow-ms", type=int, default=100, help="how long the slow agency takes to answer")
    parser.add_argument("--pools", nargs="+", default=["threads", "gevent", "prefork"])
    options = parser.parse_args()
    with own_system() as state:
        return _run(state, options)


def _run(state: Path, options: argparse.Namespace) -> int:
    from benchmarks.agency import Agency, free_port
    from benchmarks.backlog import Backlog
    from benchmarks.pool_legs import KINDS, PoolLeg
    from superapp.sandbox.journey.figures import figures_line
    from superapp.sandbox.journey.system import free_ports, load_catalogue

    ports = free_ports()
    agency = Agency(free_port())
    backlog = Backlog(load_catalogue("demo", ports)[:SERVICES], agency.options)
    figures: dict[str, float] = {"requests": options.requests, "slow_requests": options.slow_requests}
    for kind in KINDS:
        if kind.pool not in options.pools:
            continue
        for prefix, count, latency_ms in (("", options.requests, 0), ("slow_", options.slow_requests, options.slow_ms)):
            leg = PoolLeg(kind, backlog, agency, state)
            measured = leg.measure(count, latency_ms=latency_ms)
            named = {f"{kind.pool}_{prefix}{name}": value for name, value in measured.items()}
            print(", ".join(f"{name} {value:g}" for name, value in named.items()), flush=True)
            figures |= named
    line, ok = figures_line("pools", figures, {})
    print(line)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
