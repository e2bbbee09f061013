from django.apps import AppConfig


class ServicesCatalogConfig(AppConfig):
    """What agencies offer."""

    name = "services_catalog"
    verbose_name = "Services catalogue"

    def ready(self) -> None:
        from services_catalog import checks  # noqa: F401  (registers the system checks)
