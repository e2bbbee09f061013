import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from citizens.models.people import Citizen
from citizens.models.sessions import Session


class Consent(models.Model):
    """What a citizen lets a service know about them, for one purpose, until they revoke it (PDPA, section 19).

    The row says what holds now; each giving and revoking is an IdentityEvent.
    """

    class Purpose(models.TextChoices):
        MINI_APP = "mini_app", _("Opening the service's own app")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    citizen = models.ForeignKey(Citizen, on_delete=models.CASCADE, db_index=False, related_name="consents")
    service = models.ForeignKey("services_catalog.Service", on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    # Names of services_catalog.claims.CLAIMS: what the citizen was asked for, and what of it they gave.
    asked = models.JSONField(default=list)
    claims = models.JSONField(default=list)
    given_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["citizen", "-id"], name="consent_of_citizen")]
        constraints = [
            models.UniqueConstraint(
                fields=["citizen", "service", "purpose"],
                name="one_consent_per_purpose",
                condition=models.Q(revoked_at__isnull=True),
            ),
            models.CheckConstraint(condition=models.Q(purpose__in=["mini_app"]), name="consent_purpose_known"),
        ]

    def __str__(self) -> str:
        return f"consent {self.id}"


class AgencySubject(models.Model):
    """What an agency knows a citizen by: its id means nothing to other agencies.

    It is random and not computed, so that it stays when keys are changed and tells nothing to whoever has them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    citizen = models.ForeignKey(Citizen, on_delete=models.CASCADE, db_index=False, related_name="+")
    agency = models.ForeignKey("services_catalog.Agency", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["citizen", "agency"], name="one_subject_per_agency")]

    def __str__(self) -> str:
        return f"subject {self.id}"


class ServiceToken(models.Model):
    """Opaque, one use, short-lived: a citizen shows it to a service, whose agency redeems it server to server."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    token_hash = models.BinaryField(max_length=32, unique=True)
    consent = models.ForeignKey(Consent, on_delete=models.CASCADE, related_name="tokens")
    # The sign-in it was made in, and ends with.
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="service_tokens")
    # Names of the claims that redeeming gives: those of the version that the citizen consented to.
    claims = models.JSONField(default=list)
    version = models.ForeignKey("services_catalog.ServiceVersion", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    redeemed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"service token {self.id}"
