from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from citizens.service_requests.models.requests import ServiceRequest
from citizens.service_requests.models.states import CLOSED_OUTCOMES, OPEN_OUTCOMES, Errand, Outcome


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
    errand = models.CharField(_("delivers"), max_length=12, choices=Errand.choices, default=Errand.SUBMISSION)
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
            # Statements that find attempts by their keys ask for an end instead of the outcome (routing/closing.py).
            models.CheckConstraint(
                condition=models.Q(outcome__in=OPEN_OUTCOMES, finished_at__isnull=True)
                | models.Q(outcome__in=CLOSED_OUTCOMES, finished_at__isnull=False),
                name="attempt_is_open_until_finished",
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.service_request_id}"
