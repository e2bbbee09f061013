from celery import shared_task

from services_catalog.queues import CHECK_LINKS
from services_catalog.services.links import links_check


@shared_task(name=CHECK_LINKS)
def check_links() -> None:
    links_check()
