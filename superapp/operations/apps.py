from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """What operators need: health, later dashboards and commands."""

    name = "superapp.operations"
