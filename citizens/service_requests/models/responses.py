from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from citizens.service_requests.models.requests import ServiceRequest


class CitizenResponse(models.Model):
    """What a citizen answered to an agency that had asked for something (`action_required`)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    service_request = models.ForeignKey(
        ServiceRequest,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="responses",
        verbose_name=_("service request"),
    )
    # The phone's Idempotency-Key and the fingerprint of what came with it, purpose "response".
    key = models.CharField(max_length=128)
    body_fingerprint = models.BinaryField(max_length=32)
    # AES-GCM blob bound to this row: the answer as JSON.
    data_encrypted = models.BinaryField()
    created_at = models.DateTimeField(_("given at"))
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("citizen's answer")
        verbose_name_plural = _("citizens' answers")
        constraints = [models.UniqueConstraint(fields=["service_request", "key"], name="response_key_of_request")]

    def __str__(self) -> str:
        return str(self.id)
