import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from citizens.models.people import Citizen


class IdentityEvent(models.Model):
    """Something that happened to a citizen's identity, for them to read. Append-only; the id tells when."""

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", _("Signed in")
        SIGNED_OUT = "signed_out", _("Signed out")
        SESSION_REVOKED = "session_revoked", _("Device signed out from another one")
        TOKEN_REUSED = "token_reused", _("A used token came again")
        LINKED = "linked", _("Digital ID linked")
        UNLINKED = "unlinked", _("Digital ID unlinked")
        HELD = "held", _("Digital ID held for a check")
        HELD_ACCEPTED = "held_accepted", _("Held digital ID accepted")
        HELD_REFUSED = "held_refused", _("Held digital ID refused")
        CONSENT_GIVEN = "consent_given", _("Consent given")
        CONSENT_REVOKED = "consent_revoked", _("Consent revoked")
        TOKEN_REDEEMED = "token_redeemed", _("A service learned who you are")
        NUMBER_SEEN = "number_seen", _("Number seen by an officer")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    citizen = models.ForeignKey(Citizen, on_delete=models.CASCADE, db_index=False, related_name="identity_events")
    kind = models.CharField(_("event"), max_length=20, choices=Kind.choices)
    provider = models.CharField(_("identity provider"), max_length=40, blank=True)
    ial = models.DecimalField(_("IAL"), max_digits=2, decimal_places=1, null=True)
    aal = models.DecimalField(_("AAL"), max_digits=2, decimal_places=1, null=True)
    device_name = models.CharField(_("device"), max_length=80, blank=True)
    network = models.CharField(_("network"), max_length=43, blank=True)
    # Of consents and redemptions.
    service = models.ForeignKey(
        "services_catalog.Service", on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    claims = models.JSONField(_("claims"), default=list)
    created_at = models.DateTimeField(_("at"), auto_now_add=True)
    # Only of the kinds that are told in the inbox.
    notified_at = models.DateTimeField(_("notified at"), null=True, blank=True)

    # What a citizen is told of without asking: what they may not have done themselves.
    TOLD = (Kind.TOKEN_REUSED, Kind.LINKED, Kind.UNLINKED, Kind.HELD, Kind.HELD_ACCEPTED, Kind.HELD_REFUSED)

    class Meta:
        verbose_name = _("identity event")
        verbose_name_plural = _("identity events")
        indexes = [
            models.Index(fields=["citizen", "-id"], name="identity_event_of_citizen"),
            models.Index(
                fields=["id"],
                name="identity_event_untold",
                condition=models.Q(
                    notified_at__isnull=True,
                    kind__in=["token_reused", "linked", "unlinked", "held", "held_accepted", "held_refused"],
                ),
            ),
        ]
        triggers = [pgtrigger.ReadOnly(name="identity_event_append_only", exclude=["notified_at"])]

    def __str__(self) -> str:
        return f"{self.kind} of {self.citizen_id}"
