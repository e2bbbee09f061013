from django.db import models
from django.utils.translation import gettext_lazy as _

from services_catalog.models.audit import Audited


class SearchAlias(models.Model):
    """An everyday word and the official words to look for instead: ใบขับขี่ → ใบอนุญาตขับรถ."""

    term = models.CharField(
        _("everyday word"), max_length=100, unique=True, help_text=_("Normalised as the search normalises queries.")
    )
    means = models.CharField(
        _("official words"), max_length=200, help_text=_("Several, separated by commas, where it may be any of them.")
    )

    class Meta:
        verbose_name = _("search alias")
        verbose_name_plural = _("search aliases")
        triggers = [Audited(name_sql="_row.term", agency_sql="NULL")]

    def __str__(self) -> str:
        return f"{self.term} → {self.means}"


class UnansweredQuery(models.Model):
    """What people searched for and found nothing, so that staff learn which words are missing; nobody is named in it.

    Written by services.unanswered_queries, which masks numbers and addresses and keeps the table small.
    """

    text = models.CharField(_("searched for"), max_length=100, unique=True)
    count = models.PositiveIntegerField(_("times"), default=1)
    last_at = models.DateTimeField(_("last at"))

    class Meta:
        verbose_name = _("search that found nothing")
        verbose_name_plural = _("searches that found nothing")

    def __str__(self) -> str:
        return self.text
