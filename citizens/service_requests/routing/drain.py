"""Emptying a lane: claim, call in parallel, record, until nothing is due or the turn is over."""

from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack
from datetime import timedelta
from time import monotonic
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from citizens.service_requests.nudges import nudge
from citizens.service_requests.routing.agency_line import AgencyLine, agency_line
from citizens.service_requests.routing.busy import BusyLanes
from citizens.service_requests.routing.capacity import Capacity, process_capacity
from citizens.service_requests.routing.claim import claim, mark_sending
from citizens.service_requests.routing.record import record
from citizens.service_requests.routing.send import Sent, send
from citizens.service_requests.routing.stragglers import process_stragglers
from citizens.service_requests.routing.sweep import give_up_overdue_of
from citizens.service_requests.routing.taking import has_due
from services_catalog import breaker
from services_catalog.models import Lane
from services_catalog.prepared import PreparedQuery

# Calls that end within this time of the first are recorded with it.
_GATHER_SECONDS = 0.02


_busy = BusyLanes()


def drain_lane(lane_id: UUID) -> None:
    """Delivers what is due in the lane with the slots that are free, until nothing is or its turn is over."""
    if not _busy.begin(lane_id):
        return
    with ExitStack() as at_the_end:
        at_the_end.callback(_busy.end, lane_id)
        while _drained(lane_id):
            if not _busy.must_look_again(lane_id):
                at_the_end.pop_all()
                return


def _drained(lane_id: UUID) -> bool:
    """Takes one turn; whether it left nothing that may be delivered now."""
    now = timezone.now()
    lane = _lane.first(lane_id, now)
    if lane is None or lane.usable_slots(now) == 0:
        return True
    if (line := agency_line(lane)) is None:
        # The others wait where they are until somebody mends the options; the sweep hints at the lane meanwhile.
        give_up_overdue_of([lane_id])
        return True
    drain = _Drain(lane, line, process_capacity())
    try:
        return drain.run()
    finally:
        drain.let_go(list(drain.in_flight))


_lane = PreparedQuery[Lane](lambda lane_id, now: Lane.objects.with_outage(now).filter(pk=lane_id))


class _Drain:
    """One turn of one lane. The database is used by the thread that runs this, the agency by the others."""

    def __init__(self, lane: Lane, line: AgencyLine, capacity: Capacity) -> None:
        self._lane = lane
        self._slow = lane.is_slow
        self._slots = 1 if lane.is_slow else lane.slots
        self._capacity = capacity
        self._line = line
        # With the moment each call began.
        self.in_flight: dict[Future[Sent], float] = {}
        # Whether the last claim left nothing that was due, or nothing that the lane's limits allow.
        self._claimed_all = False
        self._turn_ends = monotonic() + settings.DRAIN_TURN.total_seconds()

    def run(self) -> bool:
        """Whether it came to the end before its turn was over."""
        while monotonic() < self._turn_ends:
            if not self._claimed_all or has_due(self._lane.pk, timezone.now()):
                self._start_calls()
            if not self.in_flight:
                return True
            self._wait()
        while self.in_flight:
            self._wait()
        nudge(self._lane.pk)  # the next turn, after the lanes that wait
        return False

    def _start_calls(self) -> None:
        patience = timedelta(0) if self._slow or self.in_flight else settings.SLOW_CALL
        room = self._capacity.take(self._slots - len(self.in_flight), slow=self._slow, patience=patience)
        started = 0
        try:
            claimed = claim(self._lane.pk, at_most=room) if room else []
            self._claimed_all = len(claimed) < room
            for one in mark_sending(claimed):
                # The lane's deadline may have been changed since the turn began.
                call_settings = self._line.call_settings(one.trace_id, deadline=one.call_deadline)
                call = self._capacity.executor.submit(send, one, self._line.adapter, call_settings)
                self.in_flight[call] = monotonic()
                started += 1
        finally:
            self._capacity.give_back(room - started, slow=self._slow)

    def _wait(self) -> None:
        """Until some calls have ended, which are recorded, or have lasted so long that nobody waits for them here."""
        slow_call = settings.SLOW_CALL.total_seconds()
        oldest = min(self.in_flight.values())
        done, _ = wait(self.in_flight, timeout=max(0.0, oldest + slow_call - monotonic()), return_when=FIRST_COMPLETED)
        if done:
            # What ends together is written down together: a transaction costs more than a few milliseconds' wait.
            done, _ = wait(self.in_flight, timeout=_GATHER_SECONDS)
            self._record(list(done))
        hanging = [call for call, began in self.in_flight.items() if monotonic() - began >= slow_call]
        if hanging:
            self._note_hanging(min(self.in_flight[call] for call in hanging))
            self.let_go(hanging)

    def _record(self, done: list[Future[Sent]]) -> None:
        """The calls' places are free from now on: a neighbour calls while this lane writes down."""
        for call in done:
            del self.in_flight[call]
        self._capacity.give_back(len(done), slow=self._slow)
        with ExitStack() as if_it_fails:
            if_it_fails.callback(_leave_to_stragglers, done)
            record([call.result() for call in done])
            if_it_fails.pop_all()

    def _note_hanging(self, began: float) -> None:
        """At once, so that no worker starts more of them; how they end is told later."""
        with transaction.atomic():
            lane = Lane.objects.select_for_update().get(pk=self._lane.pk)
            breaker.note_hanging(lane, timedelta(seconds=monotonic() - began))
            lane.save(update_fields=["recent_call_ms"])

    def let_go(self, calls: list[Future[Sent]]) -> None:
        """Leaves calls to the stragglers. Those of a slow lane keep their places, others leave them to neighbours."""
        _leave_to_stragglers(calls)
        for call in calls:
            del self.in_flight[call]
            if self._slow:
                call.add_done_callback(lambda _: self._capacity.give_back(1, slow=True))
            else:
                self._capacity.give_back(1, slow=False)


def _leave_to_stragglers(calls: Iterable[Future[Sent]]) -> None:
    for call in calls:
        process_stragglers().take_over(call)
