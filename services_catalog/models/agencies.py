from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from services_catalog.languages import for_reader
from services_catalog.models.audit import Audited

code_validator = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9-]*\Z", "Latin letters, digits and hyphens only.")


class Agency(models.Model):
    """A government body that offers services."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("code"), max_length=40, unique=True, validators=[code_validator])
    name_th = models.TextField(_("name in Thai"))
    name_en = models.TextField(_("name in English"), blank=True)
    ministry_th = models.TextField(_("ministry in Thai"), blank=True)
    ministry_en = models.TextField(_("ministry in English"), blank=True)
    contact_phone = models.CharField(_("telephone"), max_length=40, blank=True)
    contact_email = models.EmailField(_("e-mail"), blank=True)
    contact_url = models.URLField(_("website"), blank=True)
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        triggers = [
            Audited(name_sql="_row.code", agency_sql="_row.id", unwatched=["created_at", "updated_at"]),
        ]

    def __str__(self) -> str:
        return for_reader(self.name_th, self.name_en)

    @property
    def ministry(self) -> str:
        return for_reader(self.ministry_th, self.ministry_en)


class AgencyCredential(models.Model):
    """What an agency proves itself with, and what we prove ourselves with to it.

    Each comes as primary and secondary, so that either can be replaced while the other works. API keys are keyed
    fingerprints (`services_catalog.encryption.fingerprint`, purpose "agency-api-key"); secrets are AES-GCM blobs.
    """

    agency = models.OneToOneField(Agency, on_delete=models.CASCADE, primary_key=True, related_name="credential")
    api_key_primary = models.BinaryField(_("API key, current"), max_length=32, null=True, unique=True)
    api_key_secondary = models.BinaryField(_("API key, former"), max_length=32, null=True, unique=True)
    callback_secret_primary = models.BinaryField(_("callback secret, current"), null=True)
    callback_secret_secondary = models.BinaryField(_("callback secret, former"), null=True)
    outgoing_secret_primary = models.BinaryField(_("outgoing secret, current"), null=True)
    outgoing_secret_secondary = models.BinaryField(_("outgoing secret, former"), null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("agency credential")
        triggers = [
            Audited(
                name_sql="(SELECT code FROM services_catalog_agency WHERE id = _row.agency_id)",
                agency_sql="_row.agency_id",
                unwatched=["updated_at"],
                secret=[
                    *["api_key_primary", "api_key_secondary", "callback_secret_primary", "callback_secret_secondary"],
                    *["outgoing_secret_primary", "outgoing_secret_secondary"],
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"credential of {self.agency_id}"
