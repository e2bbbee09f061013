"""Failures that nobody has told the citizen of: there must be none."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from citizens.notifications.models import Notification
from citizens.service_requests.ids import first_id_of
from citizens.service_requests.models import Status, StatusEvent

# How a request ends other than well.
FAILURES = [Status.UNDELIVERABLE, Status.REJECTED, Status.CANCELLED]
# Telling takes seconds.
_GRACE = timedelta(minutes=1)
# So far back are events that count as told looked at again, to see whether they are in an inbox indeed.
_CHECKED_AGAIN = timedelta(days=1)


def untold_failures(now: datetime) -> int:
    """Final failures older than a minute that are in no inbox: all that wait to be told, however old they are, and
    those of the last day that are marked as told without being so.
    """
    in_inbox = Notification.objects.filter(status_event=OuterRef("pk"), channel=Notification.Channel.INBOX)
    failures = StatusEvent.objects.filter(status__in=FAILURES, created_at__lt=now - _GRACE).exclude(Exists(in_inbox))
    waiting = failures.filter(notified_at__isnull=True)
    marked = failures.filter(notified_at__isnull=False, pk__gte=first_id_of(now - _CHECKED_AGAIN))
    return waiting.count() + marked.count()


def undeliverable_since(moment: datetime) -> int:
    """Requests that were given up since then, by the time their event was written."""
    given_up = StatusEvent.objects.filter(pk__gte=first_id_of(moment), status=Status.UNDELIVERABLE)
    return given_up.exclude(from_status="").count()
