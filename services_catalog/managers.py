"""Which services citizens see, and which lanes and outages count now."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q

if TYPE_CHECKING:
    from services_catalog.models.lanes import Lane  # noqa: F401
    from services_catalog.models.outages import Outage  # noqa: F401
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

    def with_running(self, now: datetime) -> "ServiceQuerySet":
        """With what is told of how a service runs: its lane, of its outages those in force, and its statistics."""
        outages: OutageQuerySet = apps.get_model("services_catalog", "Outage").objects.all()
        in_force = Prefetch("lane__outages", queryset=outages.in_force(now))
        return self.select_related("lane", "stats").prefetch_related(in_force)


class LaneQuerySet(models.QuerySet["Lane"]):
    """Plain reads of lanes."""

    def with_outage(self, now: datetime) -> "LaneQuerySet":
        """With `has_outage`, which `Lane.standing` needs: whether an outage is in force."""
        outages: OutageQuerySet = apps.get_model("services_catalog", "Outage").objects.all()
        in_force = outages.in_force(now).filter(lane=OuterRef("pk"))
        return self.annotate(has_outage=Exists(in_force))  # type: ignore[no-redef]

    def with_service_code(self) -> "LaneQuerySet":
        """With the code of the service, and without the rest of it, which is much."""
        own = [field.name for field in self.model._meta.concrete_fields]
        return self.select_related("service").only(*own, "service__code")


class OutageQuerySet(models.QuerySet["Outage"]):
    """Plain reads of outages."""

    def in_force(self, now: datetime) -> "OutageQuerySet":
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), starts_at__lte=now)
