from django.core.validators import RegexValidator
from django.db import models
from uuid_utils.compat import uuid7

code_validator = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9-]*\Z", "Latin letters, digits and hyphens only.")


class Agency(models.Model):
    """A government body that offers services."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=40, unique=True, validators=[code_validator])
    name_th = models.TextField()
    name_en = models.TextField(blank=True)
    ministry_th = models.TextField(blank=True)
    ministry_en = models.TextField(blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_url = models.URLField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.name_th


class AgencyCredential(models.Model):
    """What an agency proves itself with, and what we prove ourselves with to it.

    Each comes as primary and secondary, so that either can be replaced while the other works. API keys are keyed
    fingerprints (`services_catalog.encryption.fingerprint`, purpose "agency-api-key"); secrets are AES-GCM blobs.
    """

    agency = models.OneToOneField(Agency, on_delete=models.CASCADE, primary_key=True, related_name="credential")
    api_key_primary = models.BinaryField(max_length=32, null=True, unique=True)
    api_key_secondary = models.BinaryField(max_length=32, null=True, unique=True)
    callback_secret_primary = models.BinaryField(null=True)
    callback_secret_secondary = models.BinaryField(null=True)
    outgoing_secret_primary = models.BinaryField(null=True)
    outgoing_secret_secondary = models.BinaryField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"credential of {self.agency_id}"
