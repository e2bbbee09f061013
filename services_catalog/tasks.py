from celery import shared_task

from services_catalog.queues import CHECK_LINKS, CONTINUE_IMPORTS
from services_catalog.services.links import links_check
from services_catalog.services.moving.jobs import imports_continue


@shared_task(name=CHECK_LINKS)
def check_links() -> None:
    links_check()


@shared_task(name=CONTINUE_IMPORTS)
def continue_imports() -> None:
    imports_continue()
