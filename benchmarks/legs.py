"""The ways to deliver that are compared: each is made ready with a full backlog, released, and asked how far it is."""

import sys
from abc import ABC, abstractmethod
from pathlib import Path

from celery import current_app

from benchmarks.agency import Agency
from benchmarks.backlog import Backlog, completed
from benchmarks.peers import celery_app, dbos_workflows, procrastinate_tasks
from benchmarks.peers.celery_tasks import deliver
from benchmarks.peers.databases import Database, make_database, our_database
from benchmarks.product import PROCESSES, start_delivery, start_upkeep, wait_for_workers
from benchmarks.timing import CALLS, environment, time_delivery
from citizens.service_requests.nudges import send_nudge
from superapp.embedded.stack import Stack

# Lanes that each of our processes drains at a time: one writes down while the other calls, in the same places.
DRAINS = 2
SLOTS = CALLS


class Leg(ABC):
    """One way to deliver: `PROCESSES` processes that may keep `CALLS` calls each in flight."""

    name: str
    database: Database

    def __init__(self, backlog: Backlog, state: Path) -> None:
        self.backlog = backlog
        self.state = state

    @abstractmethod
    def make_ready(self, stack: Stack, count: int) -> None:
        """Starts the processes and fills the backlog. When this returns nothing is under way."""

    @abstractmethod
    def release(self) -> None:
        """From now on it delivers."""

    @abstractmethod
    def completed(self) -> int:
        """Requests, or jobs, that it says have come to their end well."""


class Ours(Leg):
    """The whole product: delivery workers, and the worker and beat that sweep and notify."""

    name = "ours"

    def __init__(self, backlog: Backlog, state: Path) -> None:
        super().__init__(backlog, state)
        self.database = our_database()

    def make_ready(self, stack: Stack, count: int) -> None:
        self.backlog.refill(count, slots=SLOTS)
        start_delivery(stack, concurrency=DRAINS)
        start_upkeep(stack, self.state)
        wait_for_workers(stack, "worker", current_app, PROCESSES + 1)

    def release(self) -> None:
        self.backlog.release()
        for lane in self.backlog.lanes:
            send_nudge(lane)

    def completed(self) -> int:
        return completed()


class PlainCelery(Leg):
    """Our models, and one task for each request."""

    name = "celery"

    def __init__(self, backlog: Backlog, state: Path) -> None:
        super().__init__(backlog, state)
        self.database = our_database()

    def make_ready(self, stack: Stack, count: int) -> None:
        with celery_app.app.producer_pool.acquire() as producer:
            for request_id in self.backlog.refill(count):
                deliver.apply_async((request_id,), producer=producer)
        for number in range(PROCESSES):
            name = f"plain-{number}"
            worker = ["-m", "celery", "-A", "benchmarks.peers.celery_app", "--quiet", "worker"]
            worker += ["--pool", "threads", "--concurrency", str(CALLS), "--queues", celery_app.IDLE_QUEUE]
            worker += ["--hostname", f"{name}@%h", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
            stack.start(name, sys.executable, *worker)
        wait_for_workers(stack, name, celery_app.app, PROCESSES)

    def release(self) -> None:
        celery_app.app.control.add_consumer(celery_app.QUEUE)

    def completed(self) -> int:
        return completed()


class Dbos(Leg):
    """A workflow with one step."""

    name = "dbos"

    def make_ready(self, stack: Stack, count: int) -> None:
        self.database = make_database("peer_dbos")
        for number in range(PROCESSES):
            ready = self.state / f"dbos-{number}.ready"
            program = ["-m", "benchmarks.peers.dbos_workflows", "--database", self.database.url]
            program += ["--executor", str(number), "--calls", str(CALLS), "--ready", str(ready)]
            stack.start(f"dbos-{number}", sys.executable, *program)
            stack.wait_until(f"dbos-{number}", ready.exists)
        dbos_workflows.enqueue(self.database.url, self.backlog.jobs(count))

    def release(self) -> None:
        dbos_workflows.release(self.database.url, calls=CALLS)

    def completed(self) -> int:
        return self.database.number("SELECT count(*) FROM dbos.workflow_status WHERE status = 'SUCCESS'")


class Procrastinate(Leg):
    """A task."""

    name = "procrastinate"

    def make_ready(self, stack: Stack, count: int) -> None:
        self.database = make_database("peer_procrastinate")
        procrastinate_tasks.defer(self.database.url, self.backlog.jobs(count))
        self._start.unlink(missing_ok=True)
        for number in range(PROCESSES):
            ready = self.state / f"procrastinate-{number}.ready"
            program = ["-m", "benchmarks.peers.procrastinate_tasks", "--database", self.database.url]
            program += ["--calls", str(CALLS), "--ready", str(ready), "--start", str(self._start)]
            stack.start(f"procrastinate-{number}", sys.executable, *program)
            stack.wait_until(f"procrastinate-{number}", ready.exists)

    def release(self) -> None:
        self._start.touch()

    def completed(self) -> int:
        return self.database.number("SELECT count(*) FROM procrastinate_jobs WHERE status = 'succeeded'")

    @property
    def _start(self) -> Path:
        return self.state / "procrastinate.start"


def time_leg(leg: Leg, agency: Agency, count: int) -> float:
    """What it delivers per second."""
    with Stack(leg.state / "logs" / leg.name, environment()) as stack:
        agency.start(stack)
        leg.make_ready(stack, count)
        leg.database.settle()
        return time_delivery(
            stack=stack, agency=agency, count=count, release=leg.release, completed=leg.completed
        ).per_second


LEGS: dict[str, type[Leg]] = {leg.name: leg for leg in (Ours, PlainCelery, Procrastinate, Dbos)}
