"""What was asked, what was tried, what happened: the queue of record (architecture, rules 1 to 4).

Every row of the hot path pays for every index, so a foreign key has one of its own (`db_index`) only where no other
index of the table begins with it and somebody looks rows up by it.
"""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7


class Status(models.TextChoices):
    """What the citizen sees (architecture, Words)."""

    RECEIVED = "received", _("Received")
    DELIVERED = "delivered", _("Delivered")
    IN_PROGRESS = "in_progress", _("In progress")
    ACTION_REQUIRED = "action_required", _("Action required")
    COMPLETED = "completed", _("Completed")
    REJECTED = "rejected", _("Rejected")
    CANCELLED = "cancelled", _("Cancelled")
    UNDELIVERABLE = "undeliverable", _("Undeliverable")


class Outcome(models.TextChoices):
    """How a delivery attempt stands; ours, never the citizen's."""

    CLAIMED = "claimed", _("Claimed")
    SENDING = "sending", _("Sending")
    DELIVERED = "delivered", _("Delivered")
    RETRYABLE = "retryable", _("Will be tried again")
    PERMANENT = "permanent", _("Refused for good")
    UNKNOWN = "unknown", _("Unknown")


OPEN_OUTCOMES = [Outcome.CLAIMED, Outcome.SENDING]


class Actor(models.TextChoices):
    """Who must act next."""

    AGENCY = "agency", _("Agency")
    CITIZEN = "citizen", _("Citizen")
    NOBODY = "nobody", _("Nobody")


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
    # When the next attempt is due. Empty while an attempt is open, and once there is nothing left to deliver.
    next_attempt_at = models.DateTimeField(_("next attempt due"), null=True, blank=True)
    # Our own trouble, not a status: why a human must look. The citizen reads "we are checking; do not send again".
    parked_reason = models.CharField(_("parked because"), max_length=60, blank=True)
    # An attempt ended without our knowing whether the agency took it: ask before sending again.
    outcome_unknown = models.BooleanField(_("outcome unknown"), default=False)
    attempt_count = models.PositiveIntegerField(_("attempts"), default=0)
    event_count = models.PositiveIntegerField(_("events"), default=0)
    give_up_at = models.DateTimeField(_("given up at"))
    agency_heard_at = models.DateTimeField(_("agency last heard"), null=True, blank=True)
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
            models.Index(fields=["parked_reason"], name="request_parked", condition=~models.Q(parked_reason="")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["receipt_number"], name="receipt_number_once"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="request_status_known"),
            models.CheckConstraint(condition=models.Q(next_actor__in=Actor.values), name="request_actor_known"),
            # Only what is received and not parked can be due: nothing else is ever sent.
            models.CheckConstraint(
                condition=models.Q(next_attempt_at__isnull=True) | models.Q(status=Status.RECEIVED, parked_reason=""),
                name="only_received_is_due",
            ),
        ]

    def __str__(self) -> str:
        return self.receipt_number


class IdempotencyKey(models.Model):
    """A phone's promise that calls with this key are one call. Written with the request it accepted, or not at all."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    citizen = models.ForeignKey("citizens.Citizen", on_delete=models.CASCADE, db_index=False, related_name="+")
    key = models.CharField(max_length=128)
    # fingerprint of the body, purpose "submission"
    body_fingerprint = models.BinaryField(max_length=32)
    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["citizen", "key"], name="idempotency_key_of_citizen")]

    def __str__(self) -> str:
        return str(self.id)


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
        ]
        constraints = [
            models.UniqueConstraint(fields=["service_request", "sequence"], name="event_sequence"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="event_status_known"),
        ]
        triggers = [pgtrigger.ReadOnly(name="status_event_append_only", exclude=["notified_at"])]

    def __str__(self) -> str:
        return f"{self.status} at {self.occurred_at}"


class DeliveryAttempt(models.Model):
    """One try to hand a request to its agency. While open it is a lease and fills one slot of the lane."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    service_request = models.ForeignKey(
        ServiceRequest,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="attempts",
        verbose_name=_("service request"),
    )
    lane = models.ForeignKey(
        "services_catalog.Lane", on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("lane")
    )
    number = models.PositiveIntegerField(_("no."))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, default=Outcome.CLAIMED)
    # Ask the agency by our reference before sending: an earlier outcome is unknown.
    look_up_first = models.BooleanField(_("look up first"), default=False)
    lease_expires_at = models.DateTimeField(_("lease expires"))
    created_at = models.DateTimeField(_("claimed at"))
    sending_at = models.DateTimeField(_("sending since"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    # Stable, free of personal data: "cannot_connect", "http_422", "lease_expired" …
    failure_code = models.CharField(_("failure"), max_length=60, blank=True)
    http_status = models.PositiveSmallIntegerField(_("HTTP status"), null=True)

    class Meta:
        verbose_name = _("delivery attempt")
        verbose_name_plural = _("delivery attempts")
        indexes = [
            models.Index(fields=["lane"], name="attempt_open_in_lane", condition=models.Q(outcome__in=OPEN_OUTCOMES)),
            models.Index(
                fields=["lease_expires_at"],
                name="attempt_lease",
                condition=models.Q(outcome__in=OPEN_OUTCOMES),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["service_request"],
                name="one_open_attempt",
                condition=models.Q(outcome__in=OPEN_OUTCOMES),
            ),
            models.UniqueConstraint(fields=["service_request", "number"], name="attempt_number"),
            models.CheckConstraint(condition=models.Q(outcome__in=Outcome.values), name="attempt_outcome_known"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.service_request_id}"


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
