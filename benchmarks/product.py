"""The product's own processes, as it runs them."""

from pathlib import Path

from celery import Celery

from services_catalog.queues import Queue
from superapp.embedded import processes
from superapp.embedded.stack import Stack

# Those that deliver; whatever is compared with us gets as many.
PROCESSES = 2
# Lanes that each of them drains at a time, as `make run` and deploy/ have it.
_DRAINS = 16
_WEB_WORKERS = 2
_WEB_THREADS = 8


def start_web(stack: Stack, port: int) -> None:
    """The web processes; when this returns they answer."""
    argv = processes.web(host="127.0.0.1", port=port, workers=_WEB_WORKERS, blocking_threads=_WEB_THREADS)
    stack.start("web", *argv)
    stack.wait_until("web", f"http://127.0.0.1:{port}/health/ready")


def start_delivery(
    stack: Stack, *, pool: str = "threads", workers: int = PROCESSES, concurrency: int = _DRAINS
) -> list[str]:
    """The delivery workers, with a kind of Celery pool each; returns their names."""
    queues = [Queue.DELIVERY.value]
    names = [f"delivery-{number}" for number in range(workers)]
    for name in names:
        argv = processes.worker(queues=queues, pool=pool, concurrency=concurrency, hostname=f"{name}@%h")
        stack.start(name, *argv)
    return names


def start_upkeep(stack: Stack, state: Path) -> None:
    """The worker and the beat that sweep and notify."""
    queues = [Queue.MAINTENANCE.value, Queue.NOTIFICATIONS.value]
    stack.start("worker", *processes.worker(queues=queues, pool="threads", concurrency=6, hostname="worker@%h"))
    stack.start("beat", *processes.beat(state=state))


def wait_for_workers(stack: Stack, name: str, app: Celery, count: int) -> None:
    """Until as many of the app's workers answer; `name` is one of their processes."""
    stack.wait_until(name, lambda: len(app.control.ping(timeout=0.5, limit=count) or []) >= count)
