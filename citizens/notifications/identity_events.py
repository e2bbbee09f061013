"""Telling citizens what happened to their identity, where they may not have done it themselves."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from citizens.identity.event_texts import INBOX_TITLE, event_text
from citizens.identity.provider_names import name_of, provider_names
from citizens.models import IdentityEvent
from citizens.notifications.models import Notification
from services_catalog.languages import Text

_BATCH = 500


def identity_events_notify() -> int:
    """Tells all that nobody was told of; returns how many. Apart from status events, which are many and in a hurry."""
    told = 0
    while batch := _notify_batch():
        told += batch
    return told


@transaction.atomic
def _notify_batch() -> int:
    events = list(
        IdentityEvent.objects.select_for_update(skip_locked=True)
        .filter(notified_at__isnull=True, kind__in=IdentityEvent.TOLD)
        .order_by("id")[:_BATCH]
    )
    if not events:
        return 0
    now = timezone.now()
    names = provider_names({event.provider for event in events})
    rows = [_inbox_row(event, name_of(event.provider, names), now) for event in events]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    IdentityEvent.objects.filter(pk__in=[event.pk for event in events]).update(notified_at=now)
    return len(events)


def _inbox_row(event: IdentityEvent, provider: Text, now: datetime) -> Notification:
    body = event_text(event.kind, provider)
    return Notification(
        citizen_id=event.citizen_id,
        identity_event=event,
        channel=Notification.Channel.INBOX,
        title_th=INBOX_TITLE.th,
        title_en=INBOX_TITLE.en,
        body_th=body.th,
        body_en=body.en,
        created_at=now,
    )
