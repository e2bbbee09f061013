from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from citizens.service_requests.models.states import Actor, Errand, Status


class ServiceRequest(models.Model):
    """A citizen's request to one service. `status` is written by lifecycle.py alone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    receipt_number = models.CharField(_("receipt number"), max_length=24)
    citizen = models.ForeignKey(
        "citizens.Citizen",
        on_delete=models.PROTECT,
        db_index=False,
        related_name="service_requests",
        verbose_name=_("citizen"),
    )
    service = models.ForeignKey(
        "services_catalog.Service",
        on_delete=models.PROTECT,
        db_index=False,
        related_name="requests",
        verbose_name=_("service"),
    )
    version = models.ForeignKey(
        "services_catalog.ServiceVersion",
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
        verbose_name=_("service version"),
    )
    # AES-GCM blob bound to this row: the form's answers as JSON.
    data_encrypted = models.BinaryField()
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.RECEIVED)
    next_actor = models.CharField(_("who acts next"), max_length=10, choices=Actor.choices, default=Actor.AGENCY)
    agency_reference = models.CharField(_("agency reference"), max_length=200, blank=True)
    # What the next attempt, or the open one, delivers.
    errand = models.CharField(_("to be delivered"), max_length=12, choices=Errand.choices, default=Errand.SUBMISSION)
    # When the next attempt is due. Empty while an attempt is open, and once there is nothing left to deliver.
    next_attempt_at = models.DateTimeField(_("next attempt due"), null=True, blank=True)
    # Our own trouble, not a status: why a human must look. The citizen reads "we are checking; do not send again".
    parked_reason = models.CharField(_("parked because"), max_length=60, blank=True)
    # An attempt ended without our knowing whether the agency took it: ask before sending again.
    outcome_unknown = models.BooleanField(_("outcome unknown"), default=False)
    attempt_count = models.PositiveIntegerField(_("attempts"), default=0)
    # Attempts of the present errand: they decide how long the next one waits.
    tries = models.PositiveIntegerField(_("tries"), default=0)
    event_count = models.PositiveIntegerField(_("events"), default=0)
    give_up_at = models.DateTimeField(_("given up at"))
    agency_heard_at = models.DateTimeField(_("agency last heard"), null=True, blank=True)
    # The receipt chain after created_at: the agency's system took it, an officer opened it.
    taken_at = models.DateTimeField(_("taken by the agency at"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened by an officer at"), null=True, blank=True)
    # What the agency asks the citizen for while the status is action_required, until when, and the form of the answer.
    asked_th = models.TextField(_("asked for, in Thai"), blank=True)
    asked_en = models.TextField(_("asked for, in English"), blank=True)
    asked_until = models.DateTimeField(_("to be answered by"), null=True, blank=True)
    asked_form = models.JSONField(_("form of the answer"), null=True, blank=True)
    # The citizen wants to cancel what the agency has, or may have.
    cancel_asked_at = models.DateTimeField(_("wish to cancel"), null=True, blank=True)
    # When the agency was last asked whether it has the same.
    reconciled_at = models.DateTimeField(_("compared at"), null=True, blank=True)
    # Ties the phone's call to the agency's (header X-Request-ID).
    request_id = models.CharField(_("trace id"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("received at"))
    updated_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("service request")
        verbose_name_plural = _("service requests")
        indexes = [
            models.Index(fields=["citizen", "-id"], name="request_of_citizen"),
            models.Index(fields=["service", "-id"], name="request_of_service"),
            models.Index(
                fields=["service", "next_attempt_at"],
                name="request_due",
                condition=models.Q(next_attempt_at__isnull=False),
            ),
            models.Index(
                "service",
                models.F("reconciled_at").asc(nulls_first=True),
                name="request_at_agency",
                condition=models.Q(status__in=[Status.DELIVERED, Status.IN_PROGRESS, Status.ACTION_REQUIRED]),
            ),
            models.Index(
                fields=["agency_reference"],
                name="request_by_agency_reference",
                condition=~models.Q(agency_reference=""),
            ),
            models.Index(fields=["parked_reason"], name="request_parked", condition=~models.Q(parked_reason="")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["receipt_number"], name="receipt_number_once"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="request_status_known"),
            models.CheckConstraint(condition=models.Q(next_actor__in=Actor.values), name="request_actor_known"),
            models.CheckConstraint(condition=models.Q(errand__in=Errand.values), name="request_errand_known"),
            # A submission is sent only while it is received, and nothing that is parked or has ended is sent at all.
            models.CheckConstraint(
                condition=models.Q(next_attempt_at__isnull=True)
                | models.Q(parked_reason="", errand=Errand.SUBMISSION, status=Status.RECEIVED)
                | models.Q(
                    parked_reason="",
                    errand__in=[Errand.RESPONSE, Errand.CANCELLATION],
                    status__in=[Status.DELIVERED, Status.IN_PROGRESS, Status.ACTION_REQUIRED],
                ),
                name="only_what_is_open_is_due",
            ),
        ]

    def __str__(self) -> str:
        return self.receipt_number
