"""The Celery application of the project. DJANGO_SETTINGS_MODULE says which settings it runs with."""

from celery import Celery

app = Celery("superapp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["citizens.identity", "citizens.service_requests", "citizens.notifications"])
