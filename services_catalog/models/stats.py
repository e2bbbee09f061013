from django.db import models
from django.utils.translation import gettext_lazy as _

from services_catalog.models.services import Service


class ServiceStats(models.Model):
    """How a service's requests went in the last 90 days; written by the layers that deliver them."""

    service = models.OneToOneField(
        Service, on_delete=models.CASCADE, primary_key=True, related_name="stats", verbose_name=_("service")
    )
    # From receipt to the agency's decision. Empty where too few were decided, or where the figures would mislead.
    usual_median = models.DurationField(_("usual time (median)"), null=True, blank=True)
    usual_p90 = models.DurationField(_("usual time (nine of ten)"), null=True, blank=True)
    decided = models.PositiveIntegerField(_("decided"), default=0)
    received = models.PositiveIntegerField(_("received"), default=0)
    computed_at = models.DateTimeField(_("computed at"))

    class Meta:
        verbose_name = _("service statistics")
        verbose_name_plural = _("service statistics")

    def __str__(self) -> str:
        return str(self.service)
