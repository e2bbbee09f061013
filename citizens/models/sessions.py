from django.db import models
from uuid_utils.compat import uuid7

from citizens.models.people import Citizen


class Session(models.Model):
    """One signed-in device; access tokens carry its id as `sid`."""

    class EndedBecause(models.TextChoices):
        SIGNED_OUT = "signed_out"
        REVOKED = "revoked"
        REPLACED = "replaced"
        TOKEN_REUSED = "token_reused"  # noqa: S105  (a reason, not a secret)
        UNLINKED = "unlinked"
        EXPIRED = "expired"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    citizen = models.ForeignKey(Citizen, on_delete=models.CASCADE, related_name="sessions")
    provider = models.CharField(max_length=40)
    ial = models.DecimalField(max_digits=2, decimal_places=1)
    aal = models.DecimalField(max_digits=2, decimal_places=1)
    # What the phone calls itself, and the network it came from, shortened (citizens.identity.devices).
    device_name = models.CharField(max_length=80, blank=True)
    network = models.CharField(max_length=43, blank=True)
    # As SignIn has it, bound to this row.
    provider_session_encrypted = models.BinaryField(null=True)
    authenticated_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=20, choices=EndedBecause.choices, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["ended_at"], name="session_ended", condition=models.Q(ended_at__isnull=False)),
            models.Index(
                fields=["ended_at"],
                name="provider_session_to_end",
                condition=models.Q(ended_at__isnull=False, provider_session_encrypted__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    ended_because__in=["", "signed_out", "revoked", "replaced", "token_reused", "unlinked", "expired"]
                ),
                name="session_end_known",
            ),
        ]

    def __str__(self) -> str:
        return f"session {self.id}"


class RefreshToken(models.Model):
    """An opaque token that is good for one exchange; using it again later ends the session (RFC 9700, section 4.14)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="refresh_tokens")
    token_hash = models.BinaryField(max_length=32, unique=True)
    used_at = models.DateTimeField(null=True)
    # What it was exchanged for, for a phone that lost the answer: an AES-GCM blob bound to this row.
    successor_encrypted = models.BinaryField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["used_at"], name="successor_to_erase", condition=models.Q(successor_encrypted__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"refresh token of {self.session_id}"
