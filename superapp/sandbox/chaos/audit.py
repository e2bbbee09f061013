"""What came of it: by the rows, and by the agencies' own ledgers."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from uuid import UUID

from citizens.notifications.models import Notification
from citizens.notifications.untold import FAILURES
from citizens.service_requests.lifecycle import FINAL_STATUSES, TRANSITIONS
from citizens.service_requests.models import (
    OPEN_OUTCOMES,
    DeliveryAttempt,
    ServiceRequest,
    Status,
    StatusEvent,
)
from superapp.sandbox.agencies.ledger import Ledger
from superapp.sandbox.agencies.outbox import Outbox

_ENDED = [*FINAL_STATUSES, Status.UNDELIVERABLE]


def still_moving(ledger: Ledger) -> dict[str, int]:
    """What keeps the system from being quiet: all of it counted, all 0 when it is."""
    return {
        "requests under way": ServiceRequest.objects.exclude(status__in=_ENDED).filter(parked_reason="").count(),
        "attempts open": _open_attempts(),
        "status events untold": StatusEvent.objects.filter(notified_at__isnull=True).count(),
        "news at agencies": Outbox(ledger.database).waiting(),
    }


def _open_attempts() -> int:
    return DeliveryAttempt.objects.filter(outcome__in=OPEN_OUTCOMES).count()


def audit(accepted: Iterable[UUID], ledger: Ledger) -> dict[str, int]:
    """The figures of a run on a database and ledgers that held nothing before it.

    Lost: accepted, and neither ended nor parked, or completed without a case at the agency. Duplicated: cases beyond
    the first of each accepted request, those of requests that nobody was told of among them. Leaked: attempts that
    are still open, which is what holds a slot and a lease. Untold: failures that are in no inbox.
    """
    ids = set(accepted)
    rows = {one.pk: one for one in ServiceRequest.objects.only("status", "parked_reason")}
    cases = ledger.cases_by_reference(str(one) for one in ids)
    standing = Counter(_standing(rows.get(one), cases[str(one)]) for one in ids)
    return {
        "accepted": len(ids),
        "completed": standing["completed"],
        "undeliverable": standing["undeliverable"],
        "parked": standing["parked"],
        "lost": standing["lost"],
        "duplicated": ledger.count_cases() - sum(1 for one in ids if cases[str(one)]),
        "illegal_transitions": _illegal_transitions(),
        "leaked": _open_attempts(),
        "untold": _untold(),
    }


def _standing(row: ServiceRequest | None, cases: int) -> str:
    if row is None:
        return "lost"
    if row.status == Status.COMPLETED:
        return "completed" if cases else "lost"
    if row.status in _ENDED:
        return str(row.status)
    return "parked" if row.parked_reason else "lost"


def _illegal_transitions() -> int:
    # In one statement: what still moves must not look as if its timeline ended elsewhere.
    steps = StatusEvent.objects.order_by("service_request_id", "sequence").values_list(
        "service_request_id",
        "service_request__status",
        "service_request__event_count",
        "sequence",
        "from_status",
        "status",
    )
    timelines = groupby(steps, key=lambda step: step[:3])
    wrong = sum(wrong_steps([step[3:] for step in told], of[1], of[2]) for of, told in timelines)
    return wrong + ServiceRequest.objects.filter(events__isnull=True).count()


def wrong_steps(timeline: Sequence[tuple[int, str, str]], status_now: str, event_count: int) -> int:
    """How many steps of a timeline, (sequence, from, to) in order, the transition table does not know.

    A timeline that does not begin with `received`, has a gap, or does not end where the request is counts as one more.
    """
    wrong = 0
    present = ""
    for _, before, after in timeline:
        if before and (before != present or Status(after) not in TRANSITIONS[Status(before)]):
            wrong += 1
        if not before and after != (present or Status.RECEIVED):  # repeated with a milestone, or the first
            wrong += 1
        present = after
    sequences = [sequence for sequence, _, _ in timeline]
    whole = present == status_now and sequences == list(range(1, event_count + 1))
    return wrong + (not whole)


def _untold() -> int:
    told = Notification.objects.filter(channel=Notification.Channel.INBOX)
    failures = StatusEvent.objects.filter(status__in=FAILURES)
    return failures.exclude(pk__in=told.values("status_event")).count()
