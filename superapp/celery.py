"""The Celery application of the project. DJANGO_SETTINGS_MODULE says which settings it runs with."""

import logging
from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import celeryd_init, setup_logging
from django.conf import settings

app = Celery("superapp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["citizens.identity", "citizens.service_requests", "citizens.notifications"])


@celeryd_init.connect
@setup_logging.connect
def _log_as_everywhere(**kwargs: Any) -> None:
    """Whoever answers `setup_logging` keeps Celery from adding its own handlers and formats.

    A worker warns of what it finds wrong with itself before that, but after `celeryd_init`.
    """
    dictConfig(settings.LOGGING)
    logging.captureWarnings(True)
