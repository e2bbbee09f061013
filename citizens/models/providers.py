from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from services_catalog.languages import Text, for_reader
from services_catalog.models.audit import Audited

_code = RegexValidator(r"^[a-z][a-z0-9-]*\Z", _("Small Latin letters, digits and hyphens only."))


class IdentityProvider(models.Model):
    """A digital ID that citizens may sign in with: a configuration of one of three protocols.

    Which of them count, for what, in which order, is changed at run time by platform staff. Other tables name a
    provider by its code, so that what they tell outlives the row.
    """

    class Protocol(models.TextChoices):
        OIDC = "oidc", _("OpenID Connect")
        OAUTH_PROFILE = "oauth_profile", _("OAuth with a profile call")
        CONSENT_REQUEST = "consent_request", _("Asynchronous consent (NDID)")

    code = models.CharField(_("code"), max_length=40, primary_key=True, validators=[_code])
    protocol = models.CharField(_("protocol"), max_length=20, choices=Protocol.choices)
    name_th = models.TextField(_("name in Thai"))
    name_en = models.TextField(_("name in English"))
    logo_url_th = models.URLField(_("logo, Thai"), blank=True)
    logo_url_en = models.URLField(_("logo, English"), blank=True)
    is_on = models.BooleanField(_("on"), default=False)
    is_primary = models.BooleanField(_("primary"), default=False)
    position = models.PositiveSmallIntegerField(_("order"), default=100)
    # Endpoints, client, scopes, claim map …: validated by the protocol's serializer on saving and again on use.
    options = models.JSONField(_("options"), default=dict)
    # The client's secret: an AES-GCM blob bound to this row, or the name of the environment variable that has it.
    secret_encrypted = models.BinaryField(_("secret, encrypted"), null=True)
    secret_variable = models.CharField(_("environment variable of the secret"), max_length=80, blank=True)
    # What counts where the provider says nothing, and the most that it may claim (ETDA ขมธอ. 18–20).
    default_ial = models.DecimalField(_("IAL if it says none"), max_digits=2, decimal_places=1)
    max_ial = models.DecimalField(_("highest IAL"), max_digits=2, decimal_places=1)
    default_aal = models.DecimalField(_("AAL if it says none"), max_digits=2, decimal_places=1)
    max_aal = models.DecimalField(_("highest AAL"), max_digits=2, decimal_places=1)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("identity provider")
        verbose_name_plural = _("identity providers")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(protocol__in=["oidc", "oauth_profile", "consent_request"]),
                name="provider_protocol_known",
            ),
            models.UniqueConstraint(
                fields=["is_primary"], name="one_primary_provider", condition=models.Q(is_primary=True)
            ),
            models.CheckConstraint(
                condition=models.Q(default_ial__lte=models.F("max_ial"), default_aal__lte=models.F("max_aal")),
                name="provider_defaults_within_caps",
            ),
        ]
        triggers = [
            Audited(
                name_sql="_row.code", agency_sql="NULL::uuid", unwatched=["updated_at"], secret=["secret_encrypted"]
            ),
        ]

    def __str__(self) -> str:
        return for_reader(self.name_th, self.name_en)

    @property
    def name(self) -> Text:
        return Text(self.name_th, self.name_en)


class ProviderHealth(models.Model):
    """The provider's circuit breaker, shared by all processes: written when its state changes, not at every call."""

    provider = models.OneToOneField(
        IdentityProvider, on_delete=models.CASCADE, primary_key=True, related_name="health", verbose_name=_("provider")
    )
    # Failures in a row; a success forgets them.
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    # While this lies in the future nobody is sent there, but for one probe once it has come.
    closed_until = models.DateTimeField(_("not used until"), null=True)
    failed_since = models.DateTimeField(_("failing since"), null=True)
    last_failure = models.CharField(_("last failure"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("health of a provider")
        verbose_name_plural = _("health of providers")

    def __str__(self) -> str:
        return f"health of {self.provider_id}"
