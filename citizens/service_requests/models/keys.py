from django.db import models
from uuid_utils.compat import uuid7

from citizens.service_requests.models.requests import ServiceRequest


class IdempotencyKey(models.Model):
    """A phone's promise that calls with this key are one call. Written with the request it accepted, or not at all."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    citizen = models.ForeignKey("citizens.Citizen", on_delete=models.CASCADE, db_index=False, related_name="+")
    key = models.CharField(max_length=128)
    # fingerprint of the body, purpose "submission"
    body_fingerprint = models.BinaryField(max_length=32)
    # Which ten minutes (settings.RESEND_WINDOW) it came in: the same body is taken once in each of them. Empty where
    # the citizen wants it sent all the same.
    taken_in = models.BigIntegerField(null=True)
    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["citizen", "key"], name="idempotency_key_of_citizen"),
            models.UniqueConstraint(fields=["citizen", "body_fingerprint", "taken_in"], name="body_once_in_window"),
        ]

    def __str__(self) -> str:
        return str(self.id)
