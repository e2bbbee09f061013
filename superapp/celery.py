"""The Celery application of the project. DJANGO_SETTINGS_MODULE says which settings it runs with."""

import logging
from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import celeryd_init, setup_logging, task_prerun, worker_ready
from django.conf import settings
from django.db import connections

from superapp.operations.metrics.worker_port import serve_metrics

app = Celery("superapp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["services_catalog", "citizens.identity", "citizens.service_requests", "citizens.notifications"])


@celeryd_init.connect
@setup_logging.connect
def _log_as_everywhere(**kwargs: Any) -> None:
    """Whoever answers `setup_logging` keeps Celery from adding its own handlers and formats.

    A worker warns of what it finds wrong with itself before that, but after `celeryd_init`.
    """
    dictConfig(settings.LOGGING)
    logging.captureWarnings(True)


@task_prerun.connect
def _leave_dead_sessions(**kwargs: Any) -> None:
    """Django looks after its connections at the start of a request, and Celery has none.

    Without this a thread whose session the database has ended fails all its tasks, CELERY_DB_REUSE_MAX of them.
    """
    for connection in connections.all(initialized_only=True):
        connection.close_if_unusable_or_obsolete()


@worker_ready.connect
def _serve_metrics(**kwargs: Any) -> None:
    if settings.METRICS_PORT:
        serve_metrics(settings.METRICS_PORT)
