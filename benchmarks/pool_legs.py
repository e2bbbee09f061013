"""Our delivery with one kind of Celery pool: how fast, how many calls at a time, with how much memory and how many
database connections."""

from dataclasses import dataclass
from pathlib import Path

from celery import current_app

from benchmarks.agency import Agency
from benchmarks.backlog import Backlog, completed
from benchmarks.peers.databases import our_database
from benchmarks.product import start_delivery, start_upkeep, wait_for_workers
from benchmarks.timing import environment, time_delivery
from citizens.service_requests.nudges import send_nudge
from superapp.embedded.stack import Stack

_SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"


@dataclass(frozen=True, slots=True)
class Kind:
    """A pool: `workers` Celery workers with `concurrency` drains each, and `calls` in flight in each process."""

    pool: str
    workers: int
    concurrency: int
    calls: int


# 32 calls in flight in each. A process of prefork drains one lane at a time, and a lane has 8 slots.
KINDS = [
    Kind("threads", workers=2, concurrency=16, calls=16),
    Kind("gevent", workers=2, concurrency=16, calls=16),
    Kind("prefork", workers=1, concurrency=4, calls=8),
]


@dataclass(frozen=True, slots=True)
class PoolLeg:
    """Where it runs."""

    kind: Kind
    backlog: Backlog
    agency: Agency
    state: Path

    def measure(self, count: int, *, latency_ms: int) -> dict[str, float]:
        """Requests per second, most calls in flight, megabytes of the delivery workers, sessions at the database.

        The sessions are all that the server has at the end: those of the worker that sweeps, and ours, among them.
        """
        kind = self.kind
        with Stack(self.state / "logs" / f"{kind.pool}-{latency_ms}", environment(kind.calls)) as stack:
            self.agency.start(stack, latency_ms=latency_ms)
            self.backlog.refill(count)
            names = start_delivery(stack, pool=kind.pool, workers=kind.workers, concurrency=kind.concurrency)
            start_upkeep(stack, self.state)
            wait_for_workers(stack, "worker", current_app, kind.workers + 1)
            our_database().settle()
            delivered = time_delivery(
                stack=stack, agency=self.agency, count=count, release=self._release, completed=completed
            )
            return {
                "per_second": round(delivered.per_second, 1),
                "in_flight": delivered.ledger.most_in_flight,
                "memory_mb": round(sum(_megabytes(stack.pid(name)) for name in names)),
                "sessions": our_database().number(_SESSIONS),
            }

    def _release(self) -> None:
        self.backlog.release()
        for lane in self.backlog.lanes:
            send_nudge(lane)


def _megabytes(group: int) -> float:
    """What a process group has for itself, and its part of what its processes share; 0 where Linux does not tell."""
    total = 0.0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            # The fifth field, counted behind the name, which may hold anything.
            if int((process / "stat").read_text().rpartition(")")[2].split()[2]) == group:
                lines = (process / "smaps_rollup").read_text().splitlines()
                total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
        except (OSError, ValueError):  # it has ended in the meantime
            continue
    return total
