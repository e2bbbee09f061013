"""The rows of the queue of record as metrics, read at each scrape."""

from collections.abc import Iterator

import structlog
from django.db import DatabaseError
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from superapp.operations.metrics.backlog import Backlog, read_backlog
from superapp.operations.open_work import Waiting

logger = structlog.get_logger(__name__)

_NOTHING = Waiting()


class DatabaseCollector(Collector):
    """Every web process tells the same: where there are several, take the maximum and not the sum."""

    def collect(self) -> Iterator[Metric]:
        try:
            backlog = read_backlog(timezone.now())
        except DatabaseError as error:
            logger.warning("metrics_without_database", error=type(error).__name__)
            yield _total("superapp_database_up", "Whether the database could be asked.", 0)
            return
        yield _total("superapp_database_up", "Whether the database could be asked.", 1)
        yield from _totals(backlog)
        yield from _identities(backlog)
        yield from _by_lane(backlog)
        yield from _states(backlog)


def _total(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)


def _totals(backlog: Backlog) -> Iterator[Metric]:
    due = sum(one.due for one in backlog.waiting.values())
    yield _total("superapp_due_requests", "Requests whose next attempt is due.", due)
    yield _total("superapp_undeliverable_day", "Requests given up in the last 24 hours.", backlog.undeliverable)
    yield _total(
        "superapp_untold_failures",
        "Final failures older than a minute that are in no inbox: must be 0.",
        backlog.untold,
    )
    yield _total(
        "superapp_open_differences", "Requests of which an agency says something else than we.", backlog.differences
    )
    parked = GaugeMetricFamily(
        "superapp_parked_requests", "Requests that wait for a human.", labels=["service", "reason"]
    )
    for lane in backlog.lanes:
        for reason, count in backlog.parked.get(lane.pk, {}).items():
            parked.add_metric([lane.service.code, reason], count)
    yield parked


def _identities(backlog: Backlog) -> Iterator[Metric]:
    yield _total("superapp_held_identities", "Digital IDs that wait for a human to decide.", backlog.held.count)
    yield _total(
        "superapp_held_identities_oldest_seconds",
        "How long the one that waits longest has waited; 0 without one.",
        (backlog.now - backlog.held.oldest).total_seconds() if backlog.held.oldest else 0,
    )
    up = GaugeMetricFamily(
        "superapp_identity_provider_up",
        "Of digital IDs that are on: 0 from when the circuit breaker opens until a call succeeds.",
        labels=["provider"],
    )
    for code, is_up in backlog.providers_up.items():
        up.add_metric([code], is_up)
    yield up


def _by_lane(backlog: Backlog) -> Iterator[Metric]:
    waiting = _lane_gauge("waiting", "Requests that wait for an attempt, due or not.")
    oldest = _lane_gauge("oldest_seconds", "Age of the oldest submission that waits for an attempt; 0 without one.")
    in_flight = _lane_gauge("in_flight", "Open delivery attempts: slots in use.")
    slots = _lane_gauge("slots", "Slots that operators have given.")
    usable = _lane_gauge("usable_slots", "Slots that may be used now.")
    for lane in backlog.lanes:
        code, figures = [lane.service.code], backlog.waiting.get(lane.pk, _NOTHING)
        waiting.add_metric(code, figures.count)
        oldest.add_metric(code, (backlog.now - figures.oldest).total_seconds() if figures.oldest else 0)
        in_flight.add_metric(code, backlog.in_flight[lane.pk])
        slots.add_metric(code, lane.slots)
        usable.add_metric(code, lane.usable_slots(backlog.now))
    yield from (waiting, oldest, in_flight, slots, usable)


def _states(backlog: Backlog) -> Iterator[Metric]:
    breaker = _lane_gauge("breaker", "1 for the state of the circuit breaker that counts now.", "state")
    standing = _lane_gauge("standing", "1 for whether it may deliver now, or why not.", "standing")
    for lane in backlog.lanes:
        breaker.add_metric([lane.service.code, lane.effective_breaker.value], 1)
        standing.add_metric([lane.service.code, lane.standing(backlog.now).value], 1)
    yield from (breaker, standing)


def _lane_gauge(name: str, meaning: str, *more_labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"superapp_lane_{name}", meaning, labels=["service", *more_labels])
