"""Telling citizens: every status event becomes one row in the inbox."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from citizens.notifications.models import Notification
from citizens.notifications.texts import notification_text
from citizens.service_requests.bulk import Row, insert_rows, write_rows
from citizens.service_requests.models import Actor, Status, StatusEvent
from services_catalog.languages import Text
from services_catalog.models import Service

_BATCH = 500
_TOLD = ["id", "status", "next_actor", "milestone_th", "milestone_en"]
_ABOUT = ["service_request__receipt_number", "service_request__citizen_id", "service_request__service_id"]


def notify_pending() -> int:
    """Tells all status events that nobody was told of; returns how many."""
    told = 0
    while batch := _notify_batch():
        told += batch
    return told


@transaction.atomic
def _notify_batch() -> int:
    # Rows as tuples: the hottest reader of the system after delivery needs eight columns, not three models an event.
    events = list(
        StatusEvent.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(notified_at__isnull=True)
        .order_by("id")
        .values_list(*_TOLD, *_ABOUT, named=True)[:_BATCH]
    )
    now = timezone.now()
    services = _services({event.service_request__service_id for event in events})
    rows = [_inbox_row(event, services[event.service_request__service_id], now) for event in events]
    insert_rows(Notification, rows, ignore_conflicts=True)
    write_rows(StatusEvent, [{"id": event.id, "notified_at": now} for event in events], ("notified_at",))
    return len(events)


def _services(ids: Iterable[UUID]) -> dict[UUID, Service]:
    """Their names, contacts and agencies, without what else a service has."""
    agency = [f"agency__{name}" for name in ("name_th", "name_en", "contact_phone", "contact_url", "contact_email")]
    found = Service.objects.select_related("agency").only("name_th", "name_en", "contacts", *agency).filter(pk__in=ids)
    return {service.pk: service for service in found}


def _inbox_row(event: Any, service: Service, now: datetime) -> Row:
    title, body = notification_text(
        Status(event.status),
        Actor(event.next_actor),
        Text(event.milestone_th, event.milestone_en),
        service,
        event.service_request__receipt_number,
    )
    return {
        "id": uuid7(),
        "citizen_id": event.service_request__citizen_id,
        "status_event_id": event.id,
        "identity_event_id": None,
        "channel": Notification.Channel.INBOX,
        "title_th": title.th,
        "title_en": title.en,
        "body_th": body.th,
        "body_en": body.en,
        "created_at": now,
    }
