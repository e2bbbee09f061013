"""How each service's lane runs, in five queries however many services and however much history there is."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Min
from django.utils import timezone

from citizens.service_requests.models import OPEN_OUTCOMES, DeliveryAttempt, Outcome, ServiceRequest
from services_catalog.models import Lane

RECENT = timedelta(hours=1)
# The columns of attempts: what has ended, good news first.
ENDED = [Outcome.DELIVERED, Outcome.RETRYABLE, Outcome.UNKNOWN, Outcome.PERMANENT]


@dataclass(slots=True)
class LaneFigures:
    """One service as an operator watches it."""

    lane: Lane
    waiting: int = 0
    oldest: datetime | None = None
    parked: int = 0
    in_flight: int = 0
    attempts: Counter[str] = field(default_factory=Counter)

    @property
    def ended(self) -> list[int]:
        return [self.attempts[outcome] for outcome in ENDED]

    @property
    def is_quiet(self) -> bool:
        """Nothing waits, moves or is wrong, and nothing was tried in the last hour."""
        busy = self.waiting or self.in_flight or self.parked or self.attempts
        return not (busy or self.lane.paused or self.lane.is_slow)

    @property
    def urgency(self) -> tuple[Any, ...]:
        """Sorts what needs a human first, then who has waited longest."""
        waits_since = self.oldest or datetime.max.replace(tzinfo=timezone.get_current_timezone())
        return (-self.parked, not (self.lane.paused and self.waiting), waits_since, -self.in_flight, self.lane.pk)


def lane_figures() -> list[LaneFigures]:
    """All lanes, the most urgent first."""
    waiting = _waiting()
    parked, in_flight, attempts = _parked(), _in_flight(), _recent_attempts()
    lanes = Lane.objects.select_related("service__agency").defer(
        "service__search_text", "service__search_words", "service__search_vector", "service__adapter_options"
    )
    figures = []
    for lane in lanes:
        count, oldest = waiting.get(lane.pk, (0, None))
        figures.append(LaneFigures(lane, count, oldest, parked[lane.pk], in_flight[lane.pk], attempts[lane.pk]))
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
        "slots": sum(one.lane.usable_slots for one in figures),
        "ended": [ended[outcome] for outcome in ENDED],
        "slow": sum(one.lane.is_slow for one in figures),
        "paused": sum(one.lane.paused for one in figures),
    }


def _waiting() -> dict[UUID, tuple[int, datetime]]:
    """Reads the partial index of what is due: the backlog, never the history."""
    due = ServiceRequest.objects.filter(next_attempt_at__isnull=False).order_by()
    rows = due.values_list("service_id").annotate(count=Count("pk"), oldest=Min("created_at"))
    return {service_id: (count, oldest) for service_id, count, oldest in rows}


def _parked() -> Counter[UUID]:
    rows = ServiceRequest.objects.exclude(parked_reason="").order_by().values_list("service_id")
    return Counter(dict(rows.annotate(count=Count("pk"))))


def _in_flight() -> Counter[UUID]:
    rows = DeliveryAttempt.objects.filter(outcome__in=OPEN_OUTCOMES).order_by().values_list("lane_id")
    return Counter(dict(rows.annotate(count=Count("pk"))))


def _recent_attempts() -> defaultdict[UUID, Counter[str]]:
    """Attempts begun within the last hour, by how they ended."""
    recent = DeliveryAttempt.objects.filter(pk__gte=first_id_of(timezone.now() - RECENT), outcome__in=ENDED).order_by()
    attempts: defaultdict[UUID, Counter[str]] = defaultdict(Counter)
    for lane_id, outcome, count in recent.values_list("lane_id", "outcome").annotate(count=Count("pk")):
        attempts[lane_id][outcome] = count
    return attempts


def first_id_of(moment: datetime) -> UUID:
    """The smallest UUIDv7 (RFC 9562) of that millisecond: the primary key is an index by time."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=(milliseconds << 80) | (7 << 76) | (2 << 62))
