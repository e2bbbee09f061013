from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from services_catalog.managers import OutageQuerySet
from services_catalog.models.audit import Audited
from services_catalog.models.lanes import Lane


class Outage(models.Model):
    """A time in which nothing is delivered to a service's system: planned by its agency, or forced by an operator.

    Citizens read the message. What happens to their requests meanwhile is the announcer's choice.
    """

    class Meanwhile(models.TextChoices):
        QUEUE = "queue", _("Accept requests, deliver them later")
        CLOSED = "closed", _("Accept no requests")

    class Kind(models.TextChoices):
        PLANNED = "planned", _("Planned")
        FORCED = "forced", _("Forced")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    lane = models.ForeignKey(Lane, on_delete=models.CASCADE, related_name="outages", verbose_name=_("lane"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.PLANNED)
    starts_at = models.DateTimeField(_("starts at"))
    # Empty: until somebody ends it.
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    meanwhile = models.CharField(_("meanwhile"), max_length=10, choices=Meanwhile.choices, default=Meanwhile.QUEUE)
    message_th = models.TextField(_("message to citizens, in Thai"), blank=True)
    message_en = models.TextField(_("message to citizens, in English"), blank=True)
    announced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("announced by"),
    )
    created_at = models.DateTimeField(_("announced at"), auto_now_add=True)

    objects = OutageQuerySet.as_manager()

    class Meta:
        verbose_name = _("outage")
        verbose_name_plural = _("outages")
        indexes = [models.Index(fields=["lane", "-starts_at"], name="outage_of_lane")]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["planned", "forced"]), name="outage_kind_known"),
            models.CheckConstraint(
                condition=models.Q(meanwhile__in=["queue", "closed"]), name="outage_meanwhile_known"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="outage_ends_after_it_starts",
            ),
        ]
        triggers = [
            Audited(
                name_sql="(SELECT code FROM services_catalog_service WHERE id = _row.lane_id)",
                agency_sql="(SELECT agency_id FROM services_catalog_service WHERE id = _row.lane_id)",
                unwatched=["created_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_at:%Y-%m-%d %H:%M}"
