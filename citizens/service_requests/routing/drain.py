"""Emptying a lane: claim, call in parallel, record, until nothing is due or the turn is over."""

from concurrent.futures import FIRST_COMPLETED, Future, wait
from time import monotonic
from uuid import UUID

import structlog
from django.conf import settings
from rest_framework.exceptions import ValidationError

from citizens.service_requests.nudges import nudge
from citizens.service_requests.routing.capacity import Capacity, process_capacity
from citizens.service_requests.routing.claim import Claimed, claim, mark_sending
from citizens.service_requests.routing.record import note_call_times, record
from citizens.service_requests.routing.send import Sent, send
from services_catalog.adapters import contrib  # noqa: F401  (registers the adapters)
from services_catalog.adapters.base import Adapter
from services_catalog.adapters.registry import UnknownAdapter, registry
from services_catalog.adapters.types import CallSettings
from services_catalog.models import Lane
from services_catalog.services.credentials import outgoing_secret

logger = structlog.get_logger(__name__)


def drain_lane(lane_id: UUID) -> None:
    """Delivers what is due in the lane with the slots that are free, for at most one turn."""
    lane = Lane.objects.select_related("service__agency__credential").filter(pk=lane_id).first()
    if lane is None or lane.usable_slots == 0:
        return
    try:
        adapter = registry.build(lane.service.adapter, lane.service.adapter_options)
    except (UnknownAdapter, ValidationError) as error:
        # The requests wait where they are until somebody mends the options.
        logger.error("adapter_misconfigured", service=lane.service.code, error=type(error).__name__)
        return
    drain = _Drain(lane, adapter, process_capacity())
    try:
        drain.run()
    finally:
        drain.give_back_all()


class _Drain:
    """One turn of one lane. The database is used by the thread that runs this, the agency by the others."""

    def __init__(self, lane: Lane, adapter: Adapter, capacity: Capacity) -> None:
        self._lane = lane
        self._slow = lane.is_slow
        self._capacity = capacity
        self._adapter = adapter
        self._secret = outgoing_secret(getattr(lane.service.agency, "credential", None))
        self._in_flight: set[Future[Sent]] = set()
        self._turn_ends = monotonic() + settings.DRAIN_TURN.total_seconds()

    def run(self) -> None:
        while True:
            more = monotonic() < self._turn_ends
            if more:
                self._start_calls()
            if not self._in_flight:
                break
            done, self._in_flight = wait(self._in_flight, return_when=FIRST_COMPLETED)
            self._record([future.result() for future in done])
        if not more:
            nudge(self._lane.pk)  # the next turn, after the lanes that wait

    def _start_calls(self) -> None:
        room = self._capacity.take(self._lane.usable_slots - len(self._in_flight), slow=self._slow)
        started = 0
        try:
            claimed = claim(self._lane.pk, at_most=room) if room else []
            for one in mark_sending(claimed):
                call = self._call_settings(one)
                self._in_flight.add(self._capacity.executor.submit(send, one, self._adapter, call))
                started += 1
        finally:
            self._capacity.give_back(room - started, slow=self._slow)

    def _record(self, sent: list[Sent]) -> None:
        self._capacity.give_back(len(sent), slow=self._slow)
        record(sent)
        note_call_times(self._lane.pk, [one.took for one in sent])

    def _call_settings(self, claimed: Claimed) -> CallSettings:
        return CallSettings(
            outgoing_secret=self._secret, deadline=self._lane.call_deadline, request_id=claimed.trace_id
        )

    def give_back_all(self) -> None:
        """After a failure here: the calls under way end by themselves, and their leases expire."""
        self._capacity.give_back(len(self._in_flight), slow=self._slow)
        self._in_flight = set()
