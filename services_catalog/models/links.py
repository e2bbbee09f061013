from django.db import models
from django.utils.translation import gettext_lazy as _


class LinkCheck(models.Model):
    """How an address in the catalogue answered when it was last called; `failure` is empty where it did."""

    url = models.CharField(_("address"), max_length=500, primary_key=True)
    failure = models.CharField(_("failure"), max_length=40, blank=True)
    checked_at = models.DateTimeField(_("checked at"))

    class Meta:
        verbose_name = _("link check")
        verbose_name_plural = _("link checks")

    def __str__(self) -> str:
        return self.url
