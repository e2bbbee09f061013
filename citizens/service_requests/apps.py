from django.apps import AppConfig


class ServiceRequestsConfig(AppConfig):
    """What citizens asked for, and how it reaches the agencies."""

    name = "citizens.service_requests"
    verbose_name = "Service requests"
