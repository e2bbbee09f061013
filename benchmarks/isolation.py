"""What agencies that hang do to the others: the 95th percentile of the time to `completed`, as ratios.

100 services under the same steady load in every leg: all of them healthy, then ten of them hanging with thousands of
requests waiting each, their breakers held closed in one leg and free to open in the other.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.own_system import own_system

if TYPE_CHECKING:
    from benchmarks.many_lanes import Hung, ManyLanes

SERVICES = 100
CITIZENS = 500
CONNECTIONS = 32
BARS = {"p95_ratio_no_breaker": 1.5, "p95_ratio": 1.2, "healthy_spread": 1.3}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--hanging", type=int, default=10, help="services of the 100")
    parser.add_argument("--waiting", type=int, default=5_000, help="requests of each service that hangs")
    parser.add_argument("--per-second", type=float, default=20, help="submissions to all 100 services")
    parser.add_argument("--warm-up", type=int, default=15, help="seconds of load before the services hang")
    parser.add_argument("--seconds", type=int, default=130, help="of load that count")
    options = parser.parse_args()
    with own_system() as state:
        return _run(state, options)


def _run(state: Path, options: argparse.Namespace) -> int:
    from benchmarks.many_lanes import ManyLanes
    from superapp.sandbox.journey.figures import Bar, figures_line
    from superapp.sandbox.journey.system import free_ports, load_catalogue

    lanes = ManyLanes(load_catalogue("demo", free_ports())[:SERVICES], options.hanging, state)
    # The healthy leg comes first and last: the better one counts, and a machine that was busy with something else
    # during one of them has measured that, not us.
    first, no_breaker, breaker, last = (
        _leg(name, lanes, options) for name in ("healthy", "no_breaker", "breaker", "healthy")
    )
    healthy, other = sorted([_p95(first.times), _p95(last.times)])
    figures = {
        "healthy_p95_ms": healthy,
        "healthy_spread": round(other / healthy, 2),
        "no_breaker_p95_ms": _p95(no_breaker.times),
        "breaker_p95_ms": _p95(breaker.times),
        "p95_ratio_no_breaker": round(_p95(no_breaker.times) / healthy, 2),
        "p95_ratio": round(_p95(breaker.times) / healthy, 2),
        "requests": len(breaker.times),
        "timed_out": min(no_breaker.hung.timed_out, breaker.hung.timed_out),
        "breakers_not_closed": breaker.hung.breakers_not_closed,
    }
    bars = {name: Bar(bound, "at_most") for name, bound in BARS.items()}
    # Without a call that has hung until its deadline in both legs nothing was shown.
    line, ok = figures_line("isolation", figures, bars | {"timed_out": Bar(1, "at_least")})
    print(line)
    return 0 if ok else 1


@dataclass(frozen=True, slots=True)
class Leg:
    """Milliseconds from acceptance to `completed` of the requests to the services that never hang; and the others."""

    times: list[float]
    hung: "Hung"


def _leg(name: str, lanes: "ManyLanes", options: argparse.Namespace) -> Leg:
    from benchmarks.steady_load import Schedule, SteadyLoad, steadily
    from benchmarks.submissions import access_tokens, make_citizens, submissions

    hanging = name != "healthy"
    lanes.make_ready(waiting=options.waiting if hanging else 0, ignore_failures=name == "no_breaker")
    count = round(options.per_second * (options.warm_up + options.seconds))
    requests = submissions(lanes.services, access_tokens(make_citizens(CITIZENS)), lanes.port, count)
    schedule = Schedule(lanes.port, steadily(requests, options.per_second), CONNECTIONS)
    with lanes.running(name, hang=hanging) as stack, SteadyLoad(schedule) as load:
        time.sleep(options.warm_up)
        since = lanes.release()
        load.finish()
        stack.check()
        leg = Leg(lanes.times_to_completed(since), lanes.hung())
    print(f"{name:<11} p50 {median(leg.times):6.0f} ms   p95 {_p95(leg.times):6.0f} ms   {leg.hung}", flush=True)
    return leg


def _p95(times: list[float]) -> float:
    return round(sorted(times)[int(len(times) * 0.95)], 1)


if __name__ == "__main__":
    sys.exit(main())
