from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from services_catalog.languages import for_reader

IAL_LEVELS = [Decimal(level) for level in ("1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "3.0")]
AAL_LEVELS = [Decimal(level) for level in ("1.0", "2.1", "2.2", "3.0")]


def for_citizens() -> list[str]:
    return [ServiceContent.Audience.CITIZEN]


class ServiceContent(models.Model):
    """What an agency writes about a service: the citizen's manual of the Licensing Facilitation Act B.E. 2558,
    section 7, who may use the service, and how its requests are delivered.

    A service carries it as citizens see it now, its draft as its agency is writing it, and each version a snapshot.
    Lists of objects are checked by `services_catalog.manual`, which gives their shapes.
    """

    class DecisionUnit(models.TextChoices):
        WORKING_DAY = "working_day", _("Working days")
        CALENDAR_DAY = "calendar_day", _("Calendar days")

    class Channel(models.TextChoices):
        APP = "app", _("App")
        WEB = "web", _("Web")
        OFFICE = "office", _("Office")
        MAIL = "mail", _("Mail")
        PHONE = "phone", _("Phone")

    class Audience(models.TextChoices):
        CITIZEN = "citizen", _("Citizens")
        JURISTIC_PERSON = "juristic_person", _("Juristic persons")
        AGENCY = "agency", _("Agencies")

    class DataClass(models.TextChoices):
        """DGA's data classes for cloud use (Cloud First policy, 15 November 2567)."""

        OFFICIAL = "official", _("Official (open)")
        PROTECTED = "protected", _("Protected (internal)")
        CONFIDENTIAL = "confidential", _("Confidential")
        SECRET = "secret", _("Secret")
        TOP_SECRET = "top_secret", _("Top secret")

    # Real names reach 449 characters.
    name_th = models.TextField(_("name in Thai"))
    name_en = models.TextField(_("name in English"), blank=True)
    description_th = models.TextField(_("description in Thai"), blank=True)
    description_en = models.TextField(_("description in English"), blank=True)
    purpose_th = models.TextField(_("purpose in Thai"), blank=True)
    purpose_en = models.TextField(_("purpose in English"), blank=True)
    conditions_th = models.TextField(_("conditions in Thai"), blank=True)
    conditions_en = models.TextField(_("conditions in English"), blank=True)
    legal_references = models.JSONField(_("legal references"), default=list, blank=True)
    steps = models.JSONField(_("steps"), default=list, blank=True)
    documents = models.JSONField(_("documents"), default=list, blank=True)
    fee_baht = models.DecimalField(_("fee (baht)"), max_digits=12, decimal_places=2, null=True, blank=True)
    fee_note_th = models.TextField(_("about the fee, in Thai"), blank=True)
    fee_note_en = models.TextField(_("about the fee, in English"), blank=True)
    fees = models.JSONField(_("fees in detail"), default=list, blank=True)
    decision_days = models.PositiveSmallIntegerField(_("days to decide"), null=True, blank=True)
    decision_unit = models.CharField(
        _("counted in"), max_length=20, choices=DecisionUnit.choices, default=DecisionUnit.WORKING_DAY
    )
    channels = ArrayField(
        models.CharField(max_length=10, choices=Channel.choices), default=list, blank=True, verbose_name=_("channels")
    )
    contacts = models.JSONField(_("contacts"), default=list, blank=True)
    complaint_channels = models.JSONField(_("complaint channels"), default=list, blank=True)

    category = models.ForeignKey(
        "services_catalog.Category",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("category"),
    )
    life_event = models.ForeignKey(
        "services_catalog.LifeEvent",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("life event"),
    )
    aliases = ArrayField(models.CharField(max_length=100), default=list, blank=True, verbose_name=_("everyday names"))
    audiences = ArrayField(
        models.CharField(max_length=20, choices=Audience.choices), default=for_citizens, verbose_name=_("audience")
    )

    min_ial = models.DecimalField(
        _("lowest identity assurance (IAL)"), max_digits=2, decimal_places=1, default=Decimal("1.3")
    )
    min_aal = models.DecimalField(
        _("lowest sign-in assurance (AAL)"), max_digits=2, decimal_places=1, default=Decimal("1.0")
    )
    # Why the agency needs each identity field it gets: {claim: {"th": …, "en": …}}, the keys being the claims.
    claim_purposes = models.JSONField(_("identity claims and their purposes"), default=dict, blank=True)
    data_class = models.CharField(_("data class"), max_length=20, choices=DataClass.choices, default=DataClass.OFFICIAL)
    # Electronic Performance Act B.E. 2565: some acts may not be done electronically, and the citizen is told why.
    electronic_allowed = models.BooleanField(_("may be done electronically"), default=True)
    not_electronic_reason_th = models.TextField(_("why not electronically, in Thai"), blank=True)
    not_electronic_reason_en = models.TextField(_("why not electronically, in English"), blank=True)
    privacy_url = models.URLField(_("privacy notice"), max_length=500, blank=True)
    # When requests are taken at all; empty ends are open.
    opens_at = models.DateTimeField(_("taken from"), null=True, blank=True)
    closes_at = models.DateTimeField(_("taken until"), null=True, blank=True)
    places_daily = models.PositiveIntegerField(
        _("places a day"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    places_total = models.PositiveIntegerField(
        _("places in all"), null=True, blank=True, validators=[MinValueValidator(1)]
    )

    adapter = models.CharField(_("adapter"), max_length=40, blank=True)
    # Without secrets: those are the agency's credential.
    adapter_options = models.JSONField(_("adapter options"), default=dict, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=models.Q(min_ial__in=IAL_LEVELS), name="%(class)s_ial_known"),
            models.CheckConstraint(condition=models.Q(min_aal__in=AAL_LEVELS), name="%(class)s_aal_known"),
            models.CheckConstraint(
                condition=models.Q(closes_at__isnull=True)
                | models.Q(opens_at__isnull=True)
                | models.Q(closes_at__gt=models.F("opens_at")),
                name="%(class)s_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return for_reader(self.name_th, self.name_en)
