from django.db import models
from uuid_utils.compat import uuid7


class RequestDraft(models.Model):
    """What a citizen has typed and not sent, kept on the server: it survives signing out and another sign-in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    citizen = models.ForeignKey(
        "citizens.Citizen", on_delete=models.CASCADE, db_index=False, related_name="request_drafts"
    )
    service = models.ForeignKey("services_catalog.Service", on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey("services_catalog.ServiceVersion", on_delete=models.CASCADE, related_name="+")
    # As IdempotencyKey has it: tells whether the same is kept, or was sent, already.
    body_fingerprint = models.BinaryField(max_length=32)
    # AES-GCM blob bound to this row: the form's answers so far as JSON; empty once they are sent.
    data_encrypted = models.BinaryField(null=True)
    # The service request that it became. Its id alone: a repeated submission finds it, the archive need not.
    sent_as = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["citizen", "-id"], name="draft_of_citizen")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sent_as__isnull=True, data_encrypted__isnull=False)
                | models.Q(sent_as__isnull=False, data_encrypted__isnull=True),
                name="draft_holds_answers_until_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.id}"
