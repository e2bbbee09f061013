from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicesCatalogConfig(AppConfig):
    """What agencies offer."""

    name = "services_catalog"
    verbose_name = _("Services catalogue")

    def ready(self) -> None:
        from services_catalog import checks  # noqa: F401  (registers the system checks)
        from services_catalog.adapters import contrib  # noqa: F401  (registers the adapters)
