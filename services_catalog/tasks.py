from celery import shared_task

from services_catalog.queues import CONTINUE_IMPORTS
from services_catalog.services.moving.jobs import imports_continue


@shared_task(name=CONTINUE_IMPORTS)
def continue_imports() -> None:
    imports_continue()
