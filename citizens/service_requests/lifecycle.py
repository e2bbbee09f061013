"""The only writer of `ServiceRequest.status`: one transition table, checked under the row lock (rule 2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from uuid_utils.compat import uuid7

from citizens.service_requests.bulk import insert_rows, write_rows
from citizens.service_requests.models import Actor, Errand, ServiceRequest, Status, StatusEvent
from citizens.service_requests.patience import patience_of
from services_catalog.languages import NO_TEXT, Text

_NEWS = {Status.IN_PROGRESS, Status.ACTION_REQUIRED, Status.COMPLETED, Status.REJECTED, Status.CANCELLED}

TRANSITIONS: dict[Status, frozenset[Status]] = {
    # An agency's news may overtake our own record that it was delivered.
    Status.RECEIVED: frozenset({Status.DELIVERED, Status.UNDELIVERABLE} | _NEWS),
    Status.DELIVERED: frozenset(_NEWS),
    Status.IN_PROGRESS: frozenset(_NEWS - {Status.IN_PROGRESS}),
    Status.ACTION_REQUIRED: frozenset(_NEWS - {Status.ACTION_REQUIRED}),
    # An operator requeues it, or the agency had it all along.
    Status.UNDELIVERABLE: frozenset({Status.RECEIVED} | _NEWS),
    Status.COMPLETED: frozenset(),
    Status.REJECTED: frozenset(),
    Status.CANCELLED: frozenset(),
}

FINAL_STATUSES = frozenset(status for status, following in TRANSITIONS.items() if not following)

# What an agency has and has not ended.
AT_AGENCY = (Status.DELIVERED, Status.IN_PROGRESS, Status.ACTION_REQUIRED)

_NOT_AT_AGENCY = {Status.RECEIVED, Status.UNDELIVERABLE}

# Who must act once a request has this status, unless the agency says otherwise.
NEXT_ACTOR: dict[Status, Actor] = {
    Status.RECEIVED: Actor.AGENCY,
    Status.DELIVERED: Actor.AGENCY,
    Status.IN_PROGRESS: Actor.AGENCY,
    Status.ACTION_REQUIRED: Actor.CITIZEN,
    Status.UNDELIVERABLE: Actor.CITIZEN,
    Status.COMPLETED: Actor.NOBODY,
    Status.REJECTED: Actor.NOBODY,
    Status.CANCELLED: Actor.NOBODY,
}

_WRITTEN_FIELDS = (
    "status",
    "next_actor",
    "event_count",
    "errand",
    "tries",
    "next_attempt_at",
    "give_up_at",
    "parked_reason",
    "outcome_unknown",
    "agency_reference",
    "agency_heard_at",
    "taken_at",
    "opened_at",
    "asked_th",
    "asked_en",
    "asked_until",
    "asked_form",
    "cancel_asked_at",
    "updated_at",
)


@dataclass(frozen=True, slots=True)
class News:
    """What a status change says beside the status itself."""

    source: StatusEvent.Source
    next_actor: Actor | None = None
    label: Text = NO_TEXT
    milestone: Text = NO_TEXT
    occurred_at: datetime | None = None


@dataclass(frozen=True)
class NewEvent:
    """A status event as it is going to be written, by the names of its columns. Models take longer to make, and each
    delivery makes two events.
    """

    service_request_id: UUID
    sequence: int
    from_status: str
    status: str
    source: str
    next_actor: str
    label_th: str
    label_en: str
    milestone_th: str
    milestone_en: str
    occurred_at: datetime
    created_at: datetime
    id: UUID = field(default_factory=uuid7)
    notified_at: datetime | None = None


def lock_requests(ids: Iterable[UUID]) -> dict[UUID, ServiceRequest]:
    """The requests, without their data, locked until the transaction ends.

    Always in the same order, so that two batches cannot deadlock.
    """
    return {service_request.pk: service_request for service_request in ServiceRequest.objects.raw(_LOCK, [list(ids)])}


# Made once: each batch of deliveries asks for it, and compiling takes longer than asking.
_LOCK = 'SELECT {columns} FROM "{table}" WHERE id = ANY(%s) ORDER BY id FOR UPDATE'.format(  # noqa: S608  (our own table)
    columns=", ".join(
        f'"{field.column}"' for field in ServiceRequest._meta.concrete_fields if field.name != "data_encrypted"
    ),
    table=ServiceRequest._meta.db_table,
)


def transition(service_request: ServiceRequest, to: Status, news: News) -> NewEvent | None:
    """Moves a locked request in memory; `save_transitions` writes it with the event that this returns.

    Late, repeated or impossible news returns None and changes nothing. The same status again is an event only when
    it brings a text (a milestone).
    """
    current = Status(service_request.status)
    repeated = current == to
    if repeated and (current in FINAL_STATUSES or news.milestone == NO_TEXT):
        return None
    if not repeated and to not in TRANSITIONS[current]:
        return None
    now = timezone.now()
    service_request.status = to
    service_request.next_actor = news.next_actor or NEXT_ACTOR[to]
    service_request.event_count += 1
    service_request.updated_at = now
    if to in FINAL_STATUSES or (to != Status.RECEIVED and service_request.errand == Errand.SUBMISSION):
        # Nothing is left to deliver, and nothing for a human to find out.
        end_errand(service_request)
    if current in _NOT_AT_AGENCY and to in AT_AGENCY and service_request.cancel_asked_at:
        # However we came to know that the agency has it: it is asked to cancel.
        begin_errand(service_request, Errand.CANCELLATION, give_up_after=patience_of(service_request.service_id))
    if to != Status.ACTION_REQUIRED:
        _forget_what_was_asked(service_request)
    return _event(service_request, "" if repeated else current, news, now)


def begin_errand(service_request: ServiceRequest, errand: Errand, *, give_up_after: timedelta) -> None:
    """Has something delivered to the agency from now on. One errand at a time: the caller looks that none is open."""
    now = timezone.now()
    service_request.errand = errand
    service_request.tries = 0
    service_request.next_attempt_at = now
    service_request.give_up_at = now + give_up_after
    service_request.outcome_unknown = False
    service_request.parked_reason = ""


def end_errand(service_request: ServiceRequest) -> None:
    """Nothing is to be delivered any more."""
    service_request.errand = Errand.SUBMISSION
    service_request.tries = 0
    service_request.next_attempt_at = None
    service_request.outcome_unknown = False
    service_request.parked_reason = ""


def _forget_what_was_asked(service_request: ServiceRequest) -> None:
    service_request.asked_th = service_request.asked_en = ""
    service_request.asked_until = service_request.asked_form = None


def first_event(service_request: ServiceRequest) -> NewEvent:
    """The event of a request that is just being accepted."""
    service_request.event_count = 1
    news = News(source=StatusEvent.Source.CITIZEN)
    return _event(service_request, "", news, service_request.created_at)


def _event(service_request: ServiceRequest, from_status: str, news: News, now: datetime) -> NewEvent:
    return NewEvent(
        service_request_id=service_request.pk,
        sequence=service_request.event_count,
        from_status=from_status,
        status=service_request.status,
        source=news.source,
        next_actor=service_request.next_actor,
        label_th=news.label.th,
        label_en=news.label.en,
        milestone_th=news.milestone.th,
        milestone_en=news.milestone.en,
        occurred_at=news.occurred_at or now,
        created_at=now,
    )


def save_transitions(service_requests: Sequence[ServiceRequest], events: Iterable[NewEvent | None]) -> None:
    """Writes locked requests and their events; call it in the transaction that locked them."""
    write_rows(ServiceRequest, [vars(one) for one in service_requests], _WRITTEN_FIELDS)
    insert_rows(StatusEvent, [vars(event) for event in events if event is not None])
