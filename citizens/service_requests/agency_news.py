"""What agencies report about service requests."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from uuid_utils.compat import uuid7

from citizens.service_requests import texts
from citizens.service_requests.lifecycle import (
    AT_AGENCY,
    NewEvent,
    News,
    end_errand,
    lock_requests,
    save_transitions,
    transition,
)
from citizens.service_requests.models import (
    Actor,
    AgencyEvent,
    Difference,
    Errand,
    ServiceRequest,
    Status,
    StatusEvent,
)
from citizens.service_requests.nudges import nudge
from services_catalog.languages import NO_TEXT, Text
from services_catalog.models import Agency
from services_catalog.problems import NOT_FOUND, Problem

logger = structlog.get_logger(__name__)

# What an agency can say; the other statuses are ours to give.
REPORTABLE = [Status.IN_PROGRESS, Status.ACTION_REQUIRED, Status.COMPLETED, Status.REJECTED, Status.CANCELLED]

# Between these an agency may go back and forth, so the order of the news does not tell which one holds.
_BACK_AND_FORTH = {Status.IN_PROGRESS, Status.ACTION_REQUIRED}

REPORTABLE_CHOICES = [(status.value, status.label) for status in REPORTABLE]


@dataclass(frozen=True, slots=True)
class Asks:
    """What the agency wants of the citizen, until when, and the form of the answer (`schemas.check_short_form`)."""

    text: Text
    until: datetime | None = None
    form: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class AgencyStatus:
    """What an agency says of one request. `reference` is our request id.

    `occurred_at` is by the agency's clock; None where it has not said when, as in the answer to a look-up.
    """

    reference: UUID
    status: Status
    occurred_at: datetime | None
    agency_reference: str = ""
    next_actor: Actor | None = None
    label: Text = NO_TEXT
    milestone: Text = NO_TEXT
    # When an officer opened it, where the agency says so.
    opened_at: datetime | None = None
    asks: Asks | None = None
    # It does not cancel the request, although it had taken the citizen's wish.
    refuses_to_cancel: bool = False


@transaction.atomic
def request_apply_agency_status(*, agency: Agency, event_id: str, news: AgencyStatus) -> bool:
    """Applies the event once, whatever order events come in; returns False when this id had been applied before.

    News that the transition table does not allow, or that is older than what the agency has told already, changes
    nothing but the receipt chain. Raises Problem NOT_FOUND when the agency has no such request.
    """
    service_request = lock_requests([news.reference]).get(news.reference)
    if service_request is None or service_request.service.agency_id != agency.pk:
        raise Problem(NOT_FOUND)
    remembered = AgencyEvent.objects.bulk_create(
        [AgencyEvent(id=uuid7(), agency=agency, event_id=event_id)], ignore_conflicts=True
    )
    if not AgencyEvent.objects.filter(pk=remembered[0].pk).exists():
        return False
    _note_receipt_chain(service_request, news)
    is_late, refuses = _is_late(service_request, news), _refuses_to_cancel(service_request, news)
    event = _late(service_request, news) if is_late else _timely(service_request, news)
    refusal = _end_wish(service_request, texts.CANCEL_REFUSED, StatusEvent.Source.AGENCY) if refuses else None
    parking_ends = event and not is_late and service_request.parked_reason
    save_transitions([service_request], [event, refusal, _end_parking(service_request) if parking_ends else None])
    if not is_late and service_request.status == news.status:
        settle_difference(service_request.pk)
    _log(service_request, news.status, event or refusal)
    return True


def settle_difference(request_id: UUID) -> None:
    """The agency says of a request what we say."""
    open_ones = Difference.objects.filter(service_request_id=request_id, settled_at__isnull=True)
    open_ones.update(settled_at=timezone.now())


def _note_receipt_chain(service_request: ServiceRequest, news: AgencyStatus) -> None:
    """News that overtakes our own record proves that the agency has it; work on it proves that it was opened."""
    now = timezone.now()
    service_request.agency_heard_at = now
    service_request.agency_reference = service_request.agency_reference or news.agency_reference
    service_request.taken_at = service_request.taken_at or news.occurred_at or now
    if news.opened_at is not None:
        service_request.opened_at = news.opened_at
    elif service_request.opened_at is None and news.status == Status.IN_PROGRESS:
        service_request.opened_at = news.occurred_at or now


def _is_late(service_request: ServiceRequest, news: AgencyStatus) -> bool:
    """Whether the agency has told something newer. Only statuses that follow each other both ways need its clock."""
    if news.occurred_at is None or not {service_request.status, news.status} <= _BACK_AND_FORTH:
        return False
    told = service_request.events.filter(source=StatusEvent.Source.AGENCY)
    # What we write down when an agency answers us, look-ups too, has one time, ours: not to be held against its clock.
    last = told.exclude(occurred_at=F("created_at")).order_by("-occurred_at", "-sequence").first()
    if last is None:
        return False
    is_repeated = (news.occurred_at, news.status) == (last.occurred_at, last.status)
    return is_repeated or news.occurred_at < last.occurred_at


def _late(service_request: ServiceRequest, news: AgencyStatus) -> NewEvent | None:
    """A text about the present status is worth reading; who must act, and what is asked, stays as it is.

    Where the citizen must act and knows not what for, the question of before is the one that holds.
    """
    if news.status != service_request.status:
        return None
    present = Actor(service_request.next_actor)
    asks = news.asks if present == Actor.CITIZEN and not service_request.asked_th else None
    return _tell(service_request, news, next_actor=present, asks=asks)


def _timely(service_request: ServiceRequest, news: AgencyStatus) -> NewEvent | None:
    overtakes = service_request.status == Status.RECEIVED
    event = _tell(service_request, news, next_actor=news.next_actor, asks=news.asks)
    if event and overtakes and service_request.next_attempt_at:
        # The wish to cancel is on its way: nothing else is due of what the agency has just told us it has.
        transaction.on_commit(lambda: nudge(service_request.service_id), robust=True)
    return event


def _end_parking(service_request: ServiceRequest) -> NewEvent | None:
    """The agency goes on, whatever became of what we could not deliver: the citizen may send the like again."""
    errand = service_request.errand
    end_errand(service_request)
    if errand != Errand.CANCELLATION:
        return None
    return _end_wish(service_request, texts.CANCEL_NOT_DELIVERED, StatusEvent.Source.PLATFORM)


def _refuses_to_cancel(service_request: ServiceRequest, news: AgencyStatus) -> bool:
    """Whether there is a wish that the agency can have decided on."""
    has_wish = service_request.cancel_asked_at is not None and service_request.status in AT_AGENCY
    return news.refuses_to_cancel and has_wish


def _end_wish(service_request: ServiceRequest, why: Text, source: StatusEvent.Source) -> NewEvent | None:
    """Nothing is to be cancelled any more; the citizen reads why, and may ask again."""
    service_request.cancel_asked_at = None
    if service_request.errand == Errand.CANCELLATION:
        end_errand(service_request)
    news = News(source=source, next_actor=Actor(service_request.next_actor), milestone=why)
    return transition(service_request, Status(service_request.status), news)


def _tell(
    service_request: ServiceRequest, news: AgencyStatus, *, next_actor: Actor | None, asks: Asks | None
) -> NewEvent | None:
    # What is asked is also what the citizen reads on the timeline, where the agency says nothing else.
    milestone = asks.text if asks and news.milestone == NO_TEXT else news.milestone
    told = News(
        source=StatusEvent.Source.AGENCY,
        next_actor=next_actor,
        label=news.label,
        milestone=milestone,
        occurred_at=news.occurred_at,
    )
    event = transition(service_request, news.status, told)
    if event and asks:
        service_request.asked_th, service_request.asked_en = asks.text.th, asks.text.en
        service_request.asked_until, service_request.asked_form = asks.until, asks.form
    return event


def _log(service_request: ServiceRequest, told: Status, event: NewEvent | None) -> None:
    """The line carries the request id of the agency's push by itself; `submitted_with` is that of the phone's call."""
    line = {
        "reference": str(service_request.pk),
        "told": told.value,
        "status_event": str(event.id) if event else None,
        "submitted_with": service_request.request_id,
    }
    transaction.on_commit(lambda: logger.info("agency_status", **line), robust=True)
