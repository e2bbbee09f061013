from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Telling citizens what happened."""

    name = "citizens.notifications"
