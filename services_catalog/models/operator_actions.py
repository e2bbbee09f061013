import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from services_catalog.models.agencies import Agency


class OperatorAction(models.Model):
    """What a human did to a lane, a request or a citizen, and why: append-only.

    `officer` is empty for the command line; `by` then names the account of the operating system.
    """

    class Subject(models.TextChoices):
        LANE = "lane", _("Lane")
        SERVICE_REQUEST = "service_request", _("Service request")
        CITIZEN = "citizen", _("Citizen")
        HELD_IDENTITY = "held_identity", _("Held identity")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("officer"),
    )
    by = models.CharField(_("by"), max_length=150)
    # Stable: "lane_pause", "request_requeue" ...
    action = models.CharField(_("action"), max_length=40)
    reason = models.TextField(_("reason"))
    # Empty for what is done about citizens: agencies do not see that.
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("agency"))
    subject = models.CharField(_("about"), max_length=20, choices=Subject.choices)
    subject_id = models.UUIDField(_("its id"))
    # Service code or receipt number, so that the list reads without a look-up.
    subject_name = models.CharField(_("its name"), max_length=100)
    # What changed, as {field: [before, after]}.
    changes = models.JSONField(_("changes"), default=dict, blank=True)
    created_at = models.DateTimeField(_("done at"), auto_now_add=True)

    class Meta:
        verbose_name = _("operator action")
        verbose_name_plural = _("operator actions")
        indexes = [models.Index(fields=["subject_id", "-id"], name="action_on_subject")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="action_has_a_reason"),
            models.CheckConstraint(
                condition=models.Q(subject__in=["lane", "service_request", "citizen", "held_identity"]),
                name="action_subject",
            ),
        ]
        triggers = [pgtrigger.ReadOnly(name="operator_action_append_only")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_name}"
