"""The services that a list shows, by the parameters of the call."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from services_catalog.api.pagination import KeysetPages
from services_catalog.managers import ServiceQuerySet
from services_catalog.models import Service
from services_catalog.services.running import availability_of

# Names and numbers may be the same for several services, codes are not.
_ORDERINGS = {
    "code": ("code",),
    "name": ("sort_name", "code"),
    "name_en": ("sort_name", "code"),
    "popularity": ("-received", "code"),
}
_FILTERS = {
    "agency": "agency__code",
    "category": "category_id",
    "life_event": "life_event_id",
    "min_ial": "min_ial__lte",
}


class ServicePages(KeysetPages):
    """In the order that the view is asked for."""

    page_size = 50
    max_page_size = 300

    def get_ordering(self, request: Any, queryset: Any, view: Any) -> tuple[str, ...]:
        return _ORDERINGS[view.order]

    def is_position(self, position: str) -> bool:
        if self.ordering == _ORDERINGS["popularity"]:
            return position.isascii() and position.isdigit() and len(position) < 10
        return super().is_position(position)


def services_listed(asked: Mapping[str, Any], now: datetime) -> ServiceQuerySet:
    """The published services that fit, with what a row shows; unordered."""
    filters = {lookup: asked[name] for name, lookup in _FILTERS.items() if name in asked}
    services = Service.objects.published().filter(**filters).for_lists().with_running(now)
    if "audience" in asked:
        services = services.filter(audiences__contains=[asked["audience"]])
    if "ministry" in asked:
        names = Q(agency__ministry_th=asked["ministry"]) | Q(agency__ministry_en__iexact=asked["ministry"])
        services = services.filter(names)
    if "availability" in asked:
        # Few hundred at most (PUBLISHED_SERVICES_CAP); what a breaker or opening hours mean is decided in one place.
        fit = [one.pk for one in services if availability_of(one, now).state == asked["availability"]]
        services = services.filter(pk__in=fit)
    return services


def in_order(services: ServiceQuerySet, order: str) -> ServiceQuerySet:
    """With the columns that the order goes by."""
    if order in ("name", "name_en"):
        return services.by_name("en" if order == "name_en" else "th")
    return services.by_popularity() if order == "popularity" else services
