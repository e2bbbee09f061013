"""Many services whose agencies answer at once, and a few whose agency may hang with requests waiting."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from celery import current_app
from django.db.models import F
from django.utils import timezone

from benchmarks.agency import Agency, free_port
from benchmarks.backlog import Backlog
from benchmarks.peers.databases import our_database
from benchmarks.product import PROCESSES, start_delivery, start_upkeep, start_web, wait_for_workers
from citizens.service_requests.models import DeliveryAttempt, Outcome, ServiceRequest, Status, StatusEvent
from services_catalog.models import Breaker, Lane, Service
from superapp.embedded.stack import Stack

_CALL_DEADLINE_SECONDS = 60
_PATIENCE_SECONDS = 60
_NEVER_RUN = {"recent_call_ms": 0, "breaker": Breaker.CLOSED, "breaker_since": None, "breaker_probe_at": None} | {
    "breaker_failed_probes": 0,
    "window_started_at": None,
    "window_calls": 0,
    "window_failures": 0,
    "window_slow": 0,
}


@dataclass(frozen=True, slots=True)
class Hung:
    """What has become of the lanes that may hang: requests, calls, and lanes by the breaker's own state."""

    waiting: int
    timed_out: int
    delivered: int
    breakers_not_closed: int


class ManyLanes:
    """The lanes of `services`, the first `hanging` of which may hang."""

    def __init__(self, services: Sequence[Service], hanging: int, state: Path) -> None:
        self.port = free_port()
        self._state = state
        self._agency = Agency(free_port())
        self._sick = Backlog(list(services[:hanging]), self._agency.options_to_hang)
        self._healthy = Backlog(list(services[hanging:]), self._agency.options)
        Lane.objects.filter(pk__in=self._sick.lanes).update(call_deadline_seconds=_CALL_DEADLINE_SECONDS)

    @property
    def services(self) -> list[Service]:
        return [*self._sick.services, *self._healthy.services]

    def make_ready(self, *, waiting: int, ignore_failures: bool) -> None:
        """No requests but `waiting` in each lane that may hang, and lanes that have never run.

        With any waiting, those lanes are paused. `ignore_failures` holds all breakers closed.
        """
        Lane.objects.update(**_NEVER_RUN, breaker_override=Breaker.CLOSED if ignore_failures else "")
        self._healthy.refill(0)
        self._healthy.release()
        self._sick.refill(waiting * len(self._sick.lanes))
        # What waits was accepted long ago, and its citizens were told.
        StatusEvent.objects.update(notified_at=timezone.now())
        if not waiting:
            self._sick.release()
        our_database().settle()

    @contextmanager
    def running(self, name: str, *, hang: bool) -> Iterator[Stack]:
        """The product and the agency, which hangs where it may if told to."""
        with Stack(self._state / "logs" / name, os.environ) as stack:
            self._agency.start(stack, hang=hang)
            start_delivery(stack)
            start_upkeep(stack, self._state)
            wait_for_workers(stack, "worker", current_app, PROCESSES + 1)
            start_web(stack, self.port)
            yield stack

    def release(self) -> datetime:
        """Has the lanes that may hang run; returns the moment."""
        self._sick.release()
        return timezone.now()

    def times_to_completed(self, since: datetime) -> list[float]:
        """In milliseconds, ascending, of every request accepted since then by the healthy lanes.

        Raises RuntimeError when one of them does not come to its end.
        """
        accepted = ServiceRequest.objects.filter(service__in=self._healthy.lanes, created_at__gte=since)
        give_up = time.monotonic() + _PATIENCE_SECONDS
        while (left := accepted.exclude(status=Status.COMPLETED).count()) and time.monotonic() < give_up:
            time.sleep(0.1)
        if left:
            raise RuntimeError(f"{left} of {accepted.count()} not completed")
        ends = StatusEvent.objects.filter(status=Status.COMPLETED, service_request__in=accepted)
        took = ends.annotate(took=F("created_at") - F("service_request__created_at")).values_list("took", flat=True)
        return sorted(one.total_seconds() * 1000 for one in took)

    def hung(self) -> Hung:
        """Read it while the system runs: what ends it ends the calls, too."""
        lanes = self._sick.lanes
        attempts = DeliveryAttempt.objects.filter(lane__in=lanes)
        return Hung(
            waiting=ServiceRequest.objects.filter(service__in=lanes, next_attempt_at__isnull=False).count(),
            timed_out=attempts.filter(failure_code="no_answer_in_time").count(),
            delivered=attempts.filter(outcome=Outcome.DELIVERED).count(),
            breakers_not_closed=Lane.objects.filter(pk__in=lanes).exclude(breaker=Breaker.CLOSED).count(),
        )
