"""Telling citizens: every status event becomes one row in the inbox."""

from django.db import transaction
from django.utils import timezone

from citizens.notifications.models import Notification
from citizens.notifications.texts import notification_text
from citizens.service_requests.models import StatusEvent

_BATCH = 200
_SERVICE = "service_request__service"
# What a notification says, without forms, data and search columns.
_TOLD = [
    *("status", "next_actor", "milestone_th", "milestone_en"),
    *("service_request__receipt_number", "service_request__citizen_id"),
    *(f"{_SERVICE}__{name}" for name in ("name_th", "name_en")),
    *(f"{_SERVICE}__agency__{name}" for name in ("name_th", "name_en")),
    *(f"{_SERVICE}__agency__contact_{way}" for way in ("phone", "url", "email")),
]


def notify_pending() -> int:
    """Tells all status events that nobody was told of; returns how many."""
    told = 0
    while batch := _notify_batch():
        told += batch
    return told


@transaction.atomic
def _notify_batch() -> int:
    events = list(
        StatusEvent.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(notified_at__isnull=True)
        .select_related("service_request__service__agency")
        .only(*_TOLD)
        .order_by("id")[:_BATCH]
    )
    rows = [_inbox_row(event) for event in events]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    StatusEvent.objects.filter(pk__in=[event.pk for event in events]).update(notified_at=timezone.now())
    return len(events)


def _inbox_row(event: StatusEvent) -> Notification:
    title, body = notification_text(event)
    return Notification(
        citizen_id=event.service_request.citizen_id,
        status_event=event,
        channel=Notification.Channel.INBOX,
        title_th=title.th,
        title_en=title.en,
        body_th=body.th,
        body_en=body.en,
    )
