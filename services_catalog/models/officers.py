from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7


class Officer(AbstractUser):
    """Agency or central staff; citizens are not Django users (architecture, rule 11).

    An officer without an agency works for the platform.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.ForeignKey(
        "services_catalog.Agency",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="officers",
        verbose_name=_("agency"),
    )

    class Meta:
        verbose_name = _("officer")
        verbose_name_plural = _("officers")
