"""Which services citizens see, and which lanes and outages count now."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Prefetch, Q, TextField, Value
from django.db.models.functions import Coalesce, Lower, NullIf

if TYPE_CHECKING:
    from services_catalog.models.lanes import Lane  # noqa: F401
    from services_catalog.models.outages import Outage  # noqa: F401
    from services_catalog.models.services import Service  # noqa: F401  (that module imports this one)


_SEARCHED = ("search_text", "search_words", "search_vector")
# What only the page of one service shows.
_MANUAL = (
    *(
        f"{name}_{language}"
        for name in ("description", "purpose", "conditions", "fee_note")
        for language in ("th", "en")
    ),
    *("legal_references", "steps", "documents", "fees", "contacts", "complaint_channels", "channels"),
    *("aliases", "claim_purposes", "privacy_url", "adapter_options"),
)


class ServiceQuerySet(models.QuerySet["Service"]):
    """Plain reads of services."""

    def published(self) -> "ServiceQuerySet":
        return self.filter(publication="published")

    def for_lists(self) -> "ServiceQuerySet":
        """With what a list shows, in a constant number of queries, and without the forms and the manual."""
        return self.select_related("agency", "category", "current_version").defer(
            "current_version__form", "current_version__example", "current_version__content", *_MANUAL, *_SEARCHED
        )

    def for_detail(self) -> "ServiceQuerySet":
        return self.select_related("agency", "category", "life_event", "current_version").defer(
            "current_version__content", *_SEARCHED
        )

    def with_running(self, now: datetime) -> "ServiceQuerySet":
        """With what is told of how a service runs: its lane, its outages but those that are over, its statistics."""
        outages: OutageQuerySet = apps.get_model("services_catalog", "Outage").objects.all()
        not_over = Prefetch("lane__outages", queryset=outages.not_over(now).order_by("starts_at", "id"))
        return self.select_related("lane", "stats").prefetch_related(not_over)

    def by_name(self, language: str) -> "ServiceQuerySet":
        """With `sort_name`: the Thai name as dictionaries sort it, or the English one where there is one."""
        thai = _as_dictionaries_sort(F("name_th"))
        english = Coalesce(NullIf(Lower("name_en"), Value("", output_field=TextField())), thai)
        return self.annotate(sort_name=english if language == "en" else thai)

    def by_popularity(self) -> "ServiceQuerySet":
        """With `received`: how many requests came in the last 90 days."""
        return self.annotate(received=Coalesce("stats__received", 0))


def _as_dictionaries_sort(thai: F) -> Func:
    """Royal Institute's order by code points: vowels written before a consonant come after it, tone marks do not count.

    A collation would do it, but not every server has Thai ones.
    """
    turned = Func(
        thai, Value("([เแโใไ])([ก-ฮ])"), Value(r"\2\1"), Value("g"), function="regexp_replace", output_field=TextField()
    )
    return Func(turned, Value("[็่้๊๋์]"), Value(""), Value("g"), function="regexp_replace", output_field=TextField())


class LaneQuerySet(models.QuerySet["Lane"]):
    """Plain reads of lanes."""

    def with_outage(self, now: datetime) -> "LaneQuerySet":
        """With `has_outage`, which `Lane.standing` needs: whether an outage is in force."""
        outages: OutageQuerySet = apps.get_model("services_catalog", "Outage").objects.all()
        in_force = outages.in_force(now).filter(lane=OuterRef("pk"))
        return self.annotate(has_outage=Exists(in_force))  # type: ignore[no-redef]


class OutageQuerySet(models.QuerySet["Outage"]):
    """Plain reads of outages."""

    def not_over(self, now: datetime) -> "OutageQuerySet":
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))

    def in_force(self, now: datetime) -> "OutageQuerySet":
        return self.not_over(now).filter(starts_at__lte=now)
