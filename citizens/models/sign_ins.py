from django.db import models
from uuid_utils.compat import uuid7

from citizens.models.people import Citizen


class SignIn(models.Model):
    """A sign-in by redirect under way: from the phone's first call to the exchange of its one-time code."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.CharField(max_length=40)
    # SHA-256 of the state we gave the provider and of the cookie we gave the browser.
    state_hash = models.BinaryField(max_length=32, unique=True)
    cookie_hash = models.BinaryField(max_length=32)
    # The phone's leg: where to return to, its own state, its PKCE challenge (RFC 7636, S256), what it calls itself.
    redirect_uri = models.CharField(max_length=500)
    client_state = models.CharField(max_length=500, blank=True)
    code_challenge = models.CharField(max_length=128)
    device_name = models.CharField(max_length=80, blank=True)
    # The provider's leg.
    nonce = models.CharField(max_length=64)
    provider_verifier = models.CharField(max_length=128)
    # Set when the provider has answered; the code is one-time and ours.
    citizen = models.ForeignKey(Citizen, on_delete=models.CASCADE, null=True, related_name="sign_ins")
    code_hash = models.BinaryField(max_length=32, null=True, unique=True)
    ial = models.DecimalField(max_digits=2, decimal_places=1, null=True)
    aal = models.DecimalField(max_digits=2, decimal_places=1, null=True)
    # What ending the provider's own session needs: an AES-GCM blob bound to this row, a JSON object.
    provider_session_encrypted = models.BinaryField(null=True)
    answered_at = models.DateTimeField(null=True)
    exchanged_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"sign-in {self.id} by {self.provider}"
