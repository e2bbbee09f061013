"""One citizen, whichever digital ID they come with (architecture, rule 11)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7


class Citizen(models.Model):
    """A person, keyed by the verified 13-digit number; our own id is all that other tables and tokens know."""

    id = models.UUIDField(_("our id"), primary_key=True, default=uuid7, editable=False)
    # services_catalog.encryption.fingerprint, purpose "national-id"
    national_id_fingerprint = models.BinaryField(max_length=32, unique=True)
    # AES-GCM blobs bound to this row: the number, and a JSON object of verified claims.
    national_id_encrypted = models.BinaryField()
    claims_encrypted = models.BinaryField()
    created_at = models.DateTimeField(_("first seen"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("citizen")
        verbose_name_plural = _("citizens")

    def __str__(self) -> str:
        return str(self.id)


class LinkedIdentity(models.Model):
    """A provider's account that has proved to belong to the citizen."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    citizen = models.ForeignKey(Citizen, on_delete=models.CASCADE, related_name="identities", verbose_name=_("citizen"))
    provider = models.CharField(_("identity provider"), max_length=40)
    # ThaID's subject can be the 13-digit number itself, so it is kept as a fingerprint (purpose "subject").
    subject_fingerprint = models.BinaryField(max_length=32)
    # AES-GCM blobs bound to this row: the subject (look-up keys can be changed), and what this provider says. Null only
    # where the account was linked before migration 0002 and has not been used since: of its subject there was a
    # fingerprint alone, which gives no subject back. All that is written since has both (`identity_is_sealed`).
    subject_encrypted = models.BinaryField(null=True)
    claims_encrypted = models.BinaryField(null=True)
    ial = models.DecimalField(_("identity assurance (IAL)"), max_digits=2, decimal_places=1)
    linked_at = models.DateTimeField(_("linked at"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used"))

    class Meta:
        verbose_name = _("linked identity")
        verbose_name_plural = _("linked identities")
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject_fingerprint"], name="identity_of_one_citizen"),
            models.UniqueConstraint(fields=["citizen", "provider"], name="one_identity_per_provider"),
            models.CheckConstraint(
                condition=models.Q(subject_encrypted__isnull=False, claims_encrypted__isnull=False),
                name="identity_is_sealed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} · {self.citizen_id}"


class HeldIdentity(models.Model):
    """A provider's account with the citizen's number of which other fields differ: a human decides."""

    class Decision(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    citizen = models.ForeignKey(Citizen, on_delete=models.CASCADE, related_name="held", verbose_name=_("citizen"))
    provider = models.CharField(_("identity provider"), max_length=40)
    subject_fingerprint = models.BinaryField(max_length=32)
    # AES-GCM blobs bound to this row, as those of LinkedIdentity.
    subject_encrypted = models.BinaryField()
    claims_encrypted = models.BinaryField()
    ial = models.DecimalField(_("identity assurance (IAL)"), max_digits=2, decimal_places=1)
    # Names of the claims that differ, never their values.
    differing = models.JSONField(_("fields that differ"), default=list)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices, default=Decision.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    reason = models.TextField(_("reason"), blank=True)
    held_at = models.DateTimeField(_("held since"), auto_now_add=True)

    class Meta:
        verbose_name = _("held identity")
        verbose_name_plural = _("held identities")
        constraints = [
            models.UniqueConstraint(
                fields=["citizen", "provider"],
                name="one_held_identity_per_provider",
                condition=models.Q(decision="waiting"),
            ),
            models.CheckConstraint(
                condition=models.Q(decision__in=["waiting", "accepted", "refused"]), name="held_decision_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} · {self.citizen_id}"
