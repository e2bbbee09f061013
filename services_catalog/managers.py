"""Which services citizens see."""

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from services_catalog.models.services import Service  # noqa: F401  (that module imports this one)


class ServiceQuerySet(models.QuerySet["Service"]):
    """Plain reads of services."""

    def published(self) -> "ServiceQuerySet":
        return self.filter(publication="published")

    def for_lists(self) -> "ServiceQuerySet":
        """With what a list shows, in a constant number of queries, and without the forms."""
        return self.select_related("agency", "category", "current_version").defer(
            "current_version__form",
            "current_version__example",
            "search_text",
            "search_words",
            "search_vector",
        )

    def for_detail(self) -> "ServiceQuerySet":
        return self.select_related("agency", "category", "life_event", "current_version")
