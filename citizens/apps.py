from django.apps import AppConfig


class CitizensConfig(AppConfig):
    """Who asks."""

    name = "citizens"
