from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """What operators need: health, later dashboards and commands."""

    name = "superapp.operations"

    def ready(self) -> None:
        from superapp import celery  # noqa: F401  (every Django process nudges with the project's Celery app)
