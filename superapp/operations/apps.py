from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    """What operators need: health, pages, metrics, commands."""

    name = "superapp.operations"
    verbose_name = _("Operations")

    def ready(self) -> None:
        from superapp import celery  # noqa: F401  (every Django process nudges with the project's Celery app)
