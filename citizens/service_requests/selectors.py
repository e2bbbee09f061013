"""What a citizen sees of their requests. Every read begins with whose they are."""

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from citizens.service_requests.models import (
    OPEN_OUTCOMES,
    DeliveryAttempt,
    IdempotencyKey,
    RequestDraft,
    ServiceRequest,
    StatusEvent,
)
from services_catalog.problems import NOT_FOUND, Problem

_BIG = [
    f"{version}__{part}"
    for version in ("version", "service__current_version")
    for part in ("form", "example", "content")
]


def requests_of(citizen_id: UUID) -> QuerySet[ServiceRequest]:
    """The citizen's requests, with what their representation needs and without the form data.

    `open_outcome` is that of the open attempt, None where there is none.
    """
    open_attempt = DeliveryAttempt.objects.filter(service_request=OuterRef("pk"), outcome__in=OPEN_OUTCOMES)
    return (
        ServiceRequest.objects.filter(citizen_id=citizen_id)
        .annotate(open_outcome=Subquery(open_attempt.values("outcome")))
        .select_related("service__agency", "service__stats", "version")
        .defer("data_encrypted", "version__form", "version__example")
    )


def request_of(citizen_id: UUID, request_id: UUID) -> ServiceRequest:
    """One of the citizen's requests. Raises Problem NOT_FOUND, also when it is somebody else's."""
    service_request = requests_of(citizen_id).filter(pk=request_id).first()
    if service_request is None:
        raise Problem(NOT_FOUND)
    return service_request


def timeline(service_request: ServiceRequest) -> QuerySet[StatusEvent]:
    return service_request.events.order_by("sequence")


def drafts_of(citizen_id: UUID) -> QuerySet[RequestDraft]:
    """The citizen's drafts: what has not been sent, from here or by itself, and whose time is not over."""
    sent_since = IdempotencyKey.objects.filter(
        citizen_id=OuterRef("citizen_id"),
        body_fingerprint=OuterRef("body_fingerprint"),
        created_at__gte=OuterRef("updated_at"),
    )
    return (
        RequestDraft.objects.filter(
            ~Exists(sent_since), citizen_id=citizen_id, sent_as__isnull=True, expires_at__gt=timezone.now()
        )
        .select_related("service__current_version", "version")
        .defer(*_BIG)
    )


def draft_of(citizen_id: UUID, draft_id: UUID, *, lock: bool = False) -> RequestDraft:
    """One of the citizen's drafts. Raises Problem NOT_FOUND, also when it is somebody else's."""
    drafts = drafts_of(citizen_id).filter(pk=draft_id)
    draft = (drafts.select_for_update(of=("self",)) if lock else drafts).first()
    if draft is None:
        raise Problem(NOT_FOUND)
    return draft
