"""How each service's lane runs, in five queries however many services and however much history there is."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from citizens.service_requests.ids import first_id_of
from citizens.service_requests.models import DeliveryAttempt, Outcome
from services_catalog.managers import LaneQuerySet
from services_catalog.models import Lane, Standing
from superapp.operations.open_work import Waiting, in_flight_in_lanes, parked_in_lanes, waiting_in_lanes

RECENT = timedelta(hours=1)
# How attempts end, good news first.
ENDED = {
    Outcome.DELIVERED: _("delivered"),
    Outcome.RETRYABLE: _("retried"),
    Outcome.UNKNOWN: _("unknown"),
    Outcome.PERMANENT: _("refused"),
}


_UNREAD = ["service__search_text", "service__search_words", "service__search_vector", "service__adapter_options"]
# Lanes that deliver nothing until a human or the agency's system is back.
_STOPPED = {Standing.PAUSED, Standing.OUTAGE, Standing.BREAKER_OPEN}


@dataclass(frozen=True, slots=True)
class Ended:
    """How the attempts ended that began within the last hour."""

    counts: Counter[str]

    @property
    def success_percent(self) -> int | None:
        """None where none of them has ended."""
        total = sum(self.counts[outcome] for outcome in ENDED)
        return round(100 * self.counts[Outcome.DELIVERED] / total) if total else None

    @property
    def told(self) -> list[tuple[str, int]]:
        """How often each end came, without those that did not."""
        return [(str(name), self.counts[outcome]) for outcome, name in ENDED.items() if self.counts[outcome]]


@dataclass(slots=True)
class LaneFigures:
    """One service as an operator watches it, as of `now`."""

    lane: Lane
    now: datetime
    waiting: int = 0
    # Since when the submission that waits longest does.
    oldest: datetime | None = None
    parked: int = 0
    in_flight: int = 0
    attempts: Counter[str] = field(default_factory=Counter)

    @property
    def standing(self) -> Standing:
        return self.lane.standing(self.now)

    @property
    def slots(self) -> int:
        """How many calls it may have in flight now."""
        return self.lane.usable_slots(self.now)

    @property
    def calls_today(self) -> int:
        return self.lane.calls_today(self.now)

    @property
    def ended(self) -> Ended:
        return Ended(self.attempts)

    @property
    def is_stopped(self) -> bool:
        return self.standing in _STOPPED

    @property
    def is_quiet(self) -> bool:
        """Nothing waits, moves or is wrong, and nothing was tried in the last hour."""
        busy = self.waiting or self.in_flight or self.parked or self.attempts
        runs_as_ever = self.standing in (Standing.RUNNING, Standing.CLOSED) and not self.lane.breaker_override
        return runs_as_ever and not (busy or self.lane.is_slow)

    @property
    def urgency(self) -> tuple[Any, ...]:
        """Sorts what needs a human first, then who has waited longest."""
        waits_since = self.oldest or datetime.max.replace(tzinfo=timezone.get_current_timezone())
        return (-self.parked, not (self.is_stopped and self.waiting), waits_since, -self.in_flight, self.lane.pk)


def lane_figures(lanes: LaneQuerySet | None = None) -> list[LaneFigures]:
    """All lanes, or those given, the most urgent first."""
    now = timezone.now()
    waiting, parked, in_flight = waiting_in_lanes(now), parked_in_lanes(), in_flight_in_lanes()
    attempts = _recent_attempts()
    wanted = Lane.objects.all() if lanes is None else lanes
    figures = []
    for lane in wanted.with_outage(now).select_related("service__agency").defer(*_UNREAD):
        waits, reasons = waiting.get(lane.pk, Waiting()), parked[lane.pk]
        moving = (reasons.total(), in_flight[lane.pk], attempts[lane.pk])
        figures.append(LaneFigures(lane, now, waits.count, waits.oldest, *moving))
    return sorted(figures, key=lambda one: one.urgency)


def totals(figures: Sequence[LaneFigures]) -> dict[str, Any]:
    """The sums an operator looks at first."""
    ended: Counter[str] = Counter()
    for one in figures:
        ended.update(one.attempts)
    return {
        "waiting": sum(one.waiting for one in figures),
        "oldest": min((one.oldest for one in figures if one.oldest), default=None),
        "parked": sum(one.parked for one in figures),
        "in_flight": sum(one.in_flight for one in figures),
        "slots": sum(one.slots for one in figures),
        "ended": Ended(ended),
        "slow": sum(one.lane.is_slow for one in figures),
        "stopped": sum(one.is_stopped for one in figures),
    }


def _recent_attempts() -> defaultdict[UUID, Counter[str]]:
    """Attempts begun within the last hour, by how they ended."""
    recent = DeliveryAttempt.objects.filter(pk__gte=first_id_of(timezone.now() - RECENT), outcome__in=ENDED).order_by()
    attempts: defaultdict[UUID, Counter[str]] = defaultdict(Counter)
    for lane_id, outcome, count in recent.values_list("lane_id", "outcome").annotate(count=Count("pk")):
        attempts[lane_id][outcome] = count
    return attempts
