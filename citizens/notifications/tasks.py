from celery import shared_task

from citizens.notifications import services
from services_catalog.queues import NOTIFY_PENDING


@shared_task(name=NOTIFY_PENDING)
def notify_pending() -> None:
    services.notify_pending()
