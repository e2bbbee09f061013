import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from citizens.service_requests.models.requests import ServiceRequest
from citizens.service_requests.models.states import Actor, Status


class StatusEvent(models.Model):
    """One status change: timeline, audit trail and notification outbox in one append-only table."""

    class Source(models.TextChoices):
        CITIZEN = "citizen", _("Citizen")
        PLATFORM = "platform", _("Platform")
        AGENCY = "agency", _("Agency")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    service_request = models.ForeignKey(
        ServiceRequest,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="events",
        verbose_name=_("service request"),
    )
    # 1, 2, 3 … within the request, given under its row lock: the order of the timeline.
    sequence = models.PositiveIntegerField(_("no."))
    # Empty for news that leave the status as it is (a milestone).
    from_status = models.CharField(_("from status"), max_length=20, choices=Status.choices, blank=True)
    status = models.CharField(_("status"), max_length=20, choices=Status.choices)
    source = models.CharField(_("told by"), max_length=10, choices=Source.choices)
    next_actor = models.CharField(_("who acts next"), max_length=10, choices=Actor.choices)
    label_th = models.TextField(_("agency's label in Thai"), blank=True)
    label_en = models.TextField(_("agency's label in English"), blank=True)
    milestone_th = models.TextField(_("milestone in Thai"), blank=True)
    milestone_en = models.TextField(_("milestone in English"), blank=True)
    # When it happened, as the source says, and when we wrote it down.
    occurred_at = models.DateTimeField(_("happened at"))
    created_at = models.DateTimeField(_("written at"))
    notified_at = models.DateTimeField(_("notified at"), null=True, blank=True)

    class Meta:
        verbose_name = _("status event")
        verbose_name_plural = _("timeline")
        indexes = [
            models.Index(fields=["id"], name="event_unnotified", condition=models.Q(notified_at__isnull=True)),
            # So that the check that each failure was told reads failures and nothing else.
            models.Index(
                fields=["id"],
                name="event_of_failure",
                condition=models.Q(status__in=[Status.UNDELIVERABLE, Status.REJECTED, Status.CANCELLED]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["service_request", "sequence"], name="event_sequence"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="event_status_known"),
        ]
        triggers = [pgtrigger.ReadOnly(name="status_event_append_only", exclude=["notified_at"])]

    def __str__(self) -> str:
        return f"{self.status} at {self.occurred_at}"


class AgencyEvent(models.Model):
    """A status event an agency pushed, remembered by its id so that a second delivery of it changes nothing."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.ForeignKey("services_catalog.Agency", on_delete=models.CASCADE, db_index=False, related_name="+")
    event_id = models.CharField(max_length=128)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "event_id"], name="agency_event_once")]

    def __str__(self) -> str:
        return self.event_id
