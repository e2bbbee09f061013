from django.db import models
from django.utils.translation import gettext_lazy as _

from services_catalog.models.audit import Audited


class SearchAlias(models.Model):
    """An everyday word and the official words to look for instead: ใบขับขี่ → ใบอนุญาตขับรถ."""

    term = models.CharField(
        _("everyday word"), max_length=100, unique=True, help_text=_("Normalised as the search normalises queries.")
    )
    means = models.CharField(_("official words"), max_length=200)

    class Meta:
        verbose_name = _("search alias")
        verbose_name_plural = _("search aliases")
        triggers = [Audited(name_sql="_row.term", agency_sql="NULL")]

    def __str__(self) -> str:
        return f"{self.term} → {self.means}"
