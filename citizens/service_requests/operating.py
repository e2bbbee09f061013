"""What operators and the agency's officers do to requests that are stuck. Each change asks for a reason and is kept.

Requests are locked in batches, so workers and operators never write the same one at once; one whose attempt is open is
left alone. What cannot be done to a request is counted by why, and the others are done all the same.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from citizens.service_requests import texts
from citizens.service_requests.doubling import may_double
from citizens.service_requests.errands import answer_delivered
from citizens.service_requests.lifecycle import (
    FINAL_STATUSES,
    NewEvent,
    News,
    begin_errand,
    end_errand,
    lock_requests,
    save_transitions,
    transition,
)
from citizens.service_requests.models import (
    OPEN_OUTCOMES,
    DeliveryAttempt,
    Errand,
    ServiceRequest,
    Status,
    StatusEvent,
)
from citizens.service_requests.nudges import nudge
from citizens.service_requests.retry import give_up_after
from services_catalog.languages import Text
from services_catalog.models import OperatorAction, Service
from services_catalog.services.operator_actions import Act, Doer, operator_actions_write, require_reason

AT_MOST = 500
_BATCH = 100
# What an action's record shows as before and after.
_WATCHED = (
    "status",
    "parked_reason",
    "outcome_unknown",
    "next_attempt_at",
    "give_up_at",
    "agency_reference",
    "taken_at",
)


class Refusal(models.TextChoices):
    """Why something was not done to a request."""

    BEING_SENT = "being_sent", _("an attempt is under way: try again in a minute")
    NOT_WAITING = "not_waiting", _("does not wait for an attempt")
    NOT_STUCK = "not_stuck", _("is neither parked nor undeliverable")
    NOT_CONFIRMED = "not_confirmed", _("may be at the agency already: ask the agency, then confirm")
    SENT_LATER = "sent_later", _("was sent later than the time given")
    AT_AGENCY = "at_agency", _("is at the agency: only the agency can cancel it")
    ENDED = "ended", _("has ended")


@dataclass(frozen=True, slots=True)
class Operated:
    """How many requests were changed, and why the others were not."""

    done: int = 0
    refused: Counter[Refusal] = field(default_factory=Counter)

    def __add__(self, other: "Operated") -> "Operated":
        return Operated(self.done + other.done, self.refused + other.refused)


class TooMany(ValueError):
    """More than AT_MOST requests at once."""


Changed = NewEvent | None | Refusal
Change = Callable[[ServiceRequest, Service], Changed]


def requests_retry_now(*, ids: Sequence[UUID], by: Doer, reason: str) -> Operated:
    """Has what waits for its next attempt tried at once. Raises ReasonNeeded, TooMany."""

    def change(service_request: ServiceRequest, service: Service) -> Changed:
        now = timezone.now()
        if service_request.next_attempt_at is None:
            return Refusal.ENDED if service_request.status in FINAL_STATUSES else Refusal.NOT_WAITING
        service_request.next_attempt_at = min(now, service_request.next_attempt_at)
        return None

    return _operate(ids, change, action="request_retry_now", by=by, reason=reason)


def requests_requeue(*, ids: Sequence[UUID], by: Doer, reason: str, agency_has_nothing: bool = False) -> Operated:
    """Has what is parked or undeliverable delivered anew, with as much time as a new request.

    What may have arrived is asked about first. Where the agency can neither be asked nor sent the same twice, sending
    again may double the request there: `agency_has_nothing` says that a human has asked. Raises ReasonNeeded, TooMany.
    """

    def change(service_request: ServiceRequest, service: Service) -> Changed:
        if service_request.status == Status.UNDELIVERABLE:
            return _deliver_anew(service_request, service)
        if not service_request.parked_reason:
            return Refusal.ENDED if service_request.status in FINAL_STATUSES else Refusal.NOT_STUCK
        doubling = may_double(service_request, service)
        if doubling and not agency_has_nothing:
            return Refusal.NOT_CONFIRMED
        is_unknown = service_request.outcome_unknown and not doubling
        _begin_anew(service_request, service)
        service_request.outcome_unknown = is_unknown
        return None

    return _operate(ids, change, action="request_requeue", by=by, reason=reason)


def requests_cancel(
    *, ids: Sequence[UUID], message: Text, by: Doer, reason: str, agency_has_nothing: bool = False
) -> Operated:
    """Cancels what the agency does not have, with a message to the citizen in both languages.

    What may have arrived needs `agency_has_nothing`: a human has asked. Raises ReasonNeeded, TooMany, ValueError for a
    message in one language only.
    """
    if not (message.th and message.en):
        raise ValueError("The citizen reads the message in both languages.")

    def change(service_request: ServiceRequest, service: Service) -> Changed:
        if service_request.status in FINAL_STATUSES:
            return Refusal.ENDED
        if service_request.status not in (Status.RECEIVED, Status.UNDELIVERABLE):
            return Refusal.AT_AGENCY
        if service_request.outcome_unknown and not agency_has_nothing:
            return Refusal.NOT_CONFIRMED
        return transition(service_request, Status.CANCELLED, News(StatusEvent.Source.PLATFORM, milestone=message))

    return _operate(ids, change, action="request_cancel", by=by, reason=reason)


def request_mark_delivered(
    *, request_id: UUID, agency_reference: str, taken_at: datetime | None, by: Doer, reason: str
) -> Operated:
    """An operator has found out that the agency has what is parked: the request, under this reference, or what the
    citizen sent after it. It took that at `taken_at`, or now where nobody knows. Raises ReasonNeeded.
    """

    def change(service_request: ServiceRequest, service: Service) -> Changed:
        if service_request.status in FINAL_STATUSES:
            return Refusal.ENDED
        if not service_request.parked_reason:
            return Refusal.NOT_STUCK
        # People tell the time to the minute.
        if taken_at and taken_at < service_request.created_at.replace(second=0, microsecond=0):
            return Refusal.SENT_LATER
        service_request.agency_reference = agency_reference
        return _delivered(service_request, taken_at or timezone.now())

    return _operate([request_id], change, action="request_mark_delivered", by=by, reason=reason)


def _delivered(service_request: ServiceRequest, taken_at: datetime) -> NewEvent | None:
    platform = StatusEvent.Source.PLATFORM
    match Errand(service_request.errand):
        case Errand.SUBMISSION:
            service_request.taken_at = taken_at
            return transition(service_request, Status.DELIVERED, News(platform, occurred_at=taken_at))
        case Errand.RESPONSE:
            newest = service_request.responses.filter(delivered_at__isnull=True).order_by("-pk")[:1]
            service_request.responses.filter(pk__in=newest).update(delivered_at=taken_at)
            end_errand(service_request)
            return answer_delivered(service_request, platform)
        case Errand.CANCELLATION:
            end_errand(service_request)
            return None


def _deliver_anew(service_request: ServiceRequest, service: Service) -> NewEvent | None:
    """The citizen was told that it could not be delivered, and is told that we try again."""
    news = News(StatusEvent.Source.PLATFORM, milestone=texts.SENT_AGAIN)
    event = transition(service_request, Status.RECEIVED, news)
    service_request.errand = Errand.SUBMISSION
    _begin_anew(service_request, service)
    return event


def _begin_anew(service_request: ServiceRequest, service: Service) -> None:
    patience = give_up_after(service.lane.give_up_after_days)
    begin_errand(service_request, Errand(service_request.errand), give_up_after=patience)


def _operate(ids: Sequence[UUID], change: Change, *, action: str, by: Doer, reason: str) -> Operated:
    require_reason(reason)
    if len(ids) > AT_MOST:
        raise TooMany(f"{len(ids)} requests; {AT_MOST} at most.")
    return sum((_operate_batch(batch, change, action, by, reason) for batch in _batches(ids)), Operated())


def _batches(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    """In the order of the keys, so that two operators lock in the same order across batches too."""
    ordered = sorted(set(ids))
    yield from (ordered[start : start + _BATCH] for start in range(0, len(ordered), _BATCH))


@transaction.atomic
def _operate_batch(ids: Sequence[UUID], change: Change, action: str, by: Doer, reason: str) -> Operated:
    requests = lock_requests(ids)
    services = _services(requests)
    open_attempts = DeliveryAttempt.objects.filter(service_request__in=requests, outcome__in=OPEN_OUTCOMES)
    under_way = set(open_attempts.values_list("service_request_id", flat=True))
    # What is not there any more has ended and was archived.
    refused: Counter[Refusal] = Counter({Refusal.ENDED: len(ids) - len(requests)})
    events: list[NewEvent | None] = []
    acts: list[Act] = []
    changed: list[ServiceRequest] = []
    for service_request in requests.values():
        service, before = services[service_request.service_id], _watched(service_request)
        result = Refusal.BEING_SENT if service_request.pk in under_way else change(service_request, service)
        if isinstance(result, Refusal):
            refused[result] += 1
            continue
        events.append(result)
        changed.append(service_request)
        acts.append(_act(service_request, service, before))
    save_transitions(changed, events)
    operator_actions_write(by=by, action=action, reason=reason, acts=acts)
    _nudge_on_commit({one.service_id for one in changed if one.next_attempt_at})
    return Operated(len(changed), +refused)


def _services(requests: Mapping[UUID, ServiceRequest]) -> dict[UUID, Service]:
    services = Service.objects.select_related("lane").only(
        "code", "agency_id", "adapter", "adapter_options", "lane__give_up_after_days"
    )
    return services.in_bulk({one.service_id for one in requests.values()})


def _watched(service_request: ServiceRequest) -> dict[str, object]:
    return {name: getattr(service_request, name) for name in _WATCHED}


def _act(service_request: ServiceRequest, service: Service, before: Mapping[str, object]) -> Act:
    after = _watched(service_request)
    return Act(
        OperatorAction.Subject.SERVICE_REQUEST,
        service_request.pk,
        service_request.receipt_number,
        service.agency_id,
        {name: (before[name], after[name]) for name in _WATCHED if before[name] != after[name]},
    )


def _nudge_on_commit(lane_ids: set[UUID]) -> None:
    def tell() -> None:
        for lane_id in lane_ids:
            nudge(lane_id)

    transaction.on_commit(tell, robust=True)
