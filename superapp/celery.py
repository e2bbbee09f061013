"""The Celery application of the project."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "superapp.settings.local")

app = Celery("superapp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["citizens.identity", "citizens.service_requests", "citizens.notifications"])
