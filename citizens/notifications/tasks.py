from celery import shared_task

from citizens.notifications import identity_events, services
from services_catalog.queues import NOTIFY_IDENTITY_EVENTS, NOTIFY_PENDING


@shared_task(name=NOTIFY_PENDING)
def notify_pending() -> None:
    services.notify_pending()


@shared_task(name=NOTIFY_IDENTITY_EVENTS)
def notify_identity_events() -> None:
    identity_events.identity_events_notify()
