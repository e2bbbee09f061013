from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServiceRequestsConfig(AppConfig):
    """What citizens asked for, and how it reaches the agencies."""

    name = "citizens.service_requests"
    verbose_name = _("Requests")
