"""One citizen, whichever digital ID they come with (architecture, rule 11)."""

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
    ial = models.DecimalField(_("identity assurance (IAL)"), max_digits=2, decimal_places=1)
    linked_at = models.DateTimeField(_("linked at"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used"))

    class Meta:
        verbose_name = _("linked identity")
        verbose_name_plural = _("linked identities")
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject_fingerprint"], name="identity_of_one_citizen"),
            models.UniqueConstraint(fields=["citizen", "provider"], name="one_identity_per_provider"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} of {self.citizen_id}"


class SignIn(models.Model):
    """A sign-in under way: from the phone's first call to the exchange of its one-time code."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.CharField(max_length=40)
    # SHA-256 of the state we gave the provider and of the cookie we gave the browser.
    state_hash = models.BinaryField(max_length=32, unique=True)
    cookie_hash = models.BinaryField(max_length=32)
    # The phone's leg: where to return to, its own state, its PKCE challenge (RFC 7636, S256).
    redirect_uri = models.CharField(max_length=500)
    client_state = models.CharField(max_length=500, blank=True)
    code_challenge = models.CharField(max_length=128)
    # The provider's leg.
    nonce = models.CharField(max_length=64)
    provider_verifier = models.CharField(max_length=128)
    # Set when the provider has answered; the code is one-time and ours.
    citizen = models.ForeignKey(Citizen, on_delete=models.CASCADE, null=True, related_name="sign_ins")
    code_hash = models.BinaryField(max_length=32, null=True, unique=True)
    ial = models.DecimalField(max_digits=2, decimal_places=1, null=True)
    aal = models.DecimalField(max_digits=2, decimal_places=1, null=True)
    answered_at = models.DateTimeField(null=True)
    exchanged_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"sign-in {self.id} by {self.provider}"


class Session(models.Model):
    """One signed-in device; access tokens carry its id as `sid`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    citizen = models.ForeignKey(Citizen, on_delete=models.CASCADE, related_name="sessions")
    provider = models.CharField(max_length=40)
    ial = models.DecimalField(max_digits=2, decimal_places=1)
    aal = models.DecimalField(max_digits=2, decimal_places=1)
    authenticated_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"session {self.id}"


class RefreshToken(models.Model):
    """An opaque token that is good for one exchange; using it again ends the session (RFC 9700, section 4.14)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="refresh_tokens")
    token_hash = models.BinaryField(max_length=32, unique=True)
    used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"refresh token of {self.session_id}"
