"""The broker with the workers behind it, and the cache."""

from collections.abc import Iterator
from uuid import uuid4

from celery import current_app
from django.core.cache import cache

from services_catalog.queues import Queue
from superapp.operations.broker import impatient_broker
from superapp.operations.doctor.findings import Finding, failed, ok, reason

_SECONDS = 1.0


def examine_cache() -> Finding:
    key, value = f"doctor:{uuid4()}", uuid4().hex
    try:
        cache.set(key, value, 10)
        found = cache.get(key)
        cache.delete(key)
    except Exception as error:  # noqa: BLE001  (each back end has its own errors)
        return failed(
            "cache",
            f"{reason(error)}: nobody can sign in anew, and rate limits do not hold.",
            "Start the cache or mend CACHE_URL.",
        )
    if found != value:
        return failed("cache", "It forgets at once.", "Give it memory, or another CACHE_URL.")
    return ok("cache", "It answers and remembers.")


def examine_broker() -> Iterator[Finding]:
    try:
        consumed = _consumed_queues()
    except Exception as error:  # noqa: BLE001  (each transport has its own errors)
        yield failed(
            "broker",
            f"{reason(error)}: requests are accepted and wait in the database.",
            "Start the broker or mend CELERY_BROKER_URL.",
        )
        return
    yield ok("broker", "It answers.")
    for queue in Queue:
        yield _queue(queue, consumed.get(queue.value, []))


def _consumed_queues() -> dict[str, list[str]]:
    """Queue → the workers that consume it, of those that answer within a second."""
    with impatient_broker(_SECONDS) as connection:
        inspect = current_app.control.inspect(timeout=_SECONDS, connection=connection)
        answers = inspect.active_queues() or {}
    consumed: dict[str, list[str]] = {}
    for worker, queues in sorted(answers.items()):
        for queue in queues:
            consumed.setdefault(queue["name"], []).append(worker)
    return consumed


def _queue(queue: Queue, workers: list[str]) -> Finding:
    check = f"queue {queue.value}"
    if not workers:
        return failed(
            check,
            "No worker that consumes it answers.",
            f"Start one: celery -A superapp.celery worker --queues {queue.value} (see deploy/README.md).",
        )
    return ok(check, f"Consumed by {', '.join(workers)}.")
