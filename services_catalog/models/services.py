from decimal import Decimal

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from services_catalog.languages import for_reader
from services_catalog.managers import ServiceQuerySet
from services_catalog.models.agencies import Agency, code_validator

IAL_LEVELS = [Decimal(level) for level in ("1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "3.0")]
AAL_LEVELS = [Decimal(level) for level in ("1.0", "2.1", "2.2", "3.0")]


class Category(models.Model):
    """What a service is about."""

    code = models.SlugField(_("code"), primary_key=True)
    name_th = models.CharField(_("name in Thai"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return for_reader(self.name_th, self.name_en)


class LifeEvent(models.Model):
    """When in life people look for a service."""

    code = models.SlugField(_("code"), primary_key=True)
    name_th = models.CharField(_("name in Thai"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("life event")
        verbose_name_plural = _("life events")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return for_reader(self.name_th, self.name_en)


class Service(models.Model):
    """A catalogue entry: one thing an agency does for citizens."""

    class Publication(models.TextChoices):
        UNPUBLISHED = "unpublished", _("Unpublished")
        PUBLISHED = "published", _("Published")

    class DecisionUnit(models.TextChoices):
        WORKING_DAY = "working_day", _("Working days")
        CALENDAR_DAY = "calendar_day", _("Calendar days")

    class Channel(models.TextChoices):
        APP = "app", _("App")
        WEB = "web", _("Web")
        OFFICE = "office", _("Office")
        MAIL = "mail", _("Mail")
        PHONE = "phone", _("Phone")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("code"), max_length=64, unique=True, validators=[code_validator])
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="services", verbose_name=_("agency"))
    # Real names reach 449 characters.
    name_th = models.TextField(_("name in Thai"))
    name_en = models.TextField(_("name in English"), blank=True)
    description_th = models.TextField(_("description in Thai"), blank=True)
    description_en = models.TextField(_("description in English"), blank=True)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="services", verbose_name=_("category")
    )
    life_event = models.ForeignKey(
        LifeEvent,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="services",
        verbose_name=_("life event"),
    )
    aliases = ArrayField(models.CharField(max_length=100), default=list, blank=True, verbose_name=_("everyday names"))
    min_ial = models.DecimalField(
        _("lowest identity assurance (IAL)"), max_digits=2, decimal_places=1, default=Decimal("1.3")
    )
    min_aal = models.DecimalField(
        _("lowest sign-in assurance (AAL)"), max_digits=2, decimal_places=1, default=Decimal("1.0")
    )
    fee_baht = models.DecimalField(_("fee (baht)"), max_digits=12, decimal_places=2, null=True, blank=True)
    fee_note_th = models.TextField(_("about the fee, in Thai"), blank=True)
    fee_note_en = models.TextField(_("about the fee, in English"), blank=True)
    decision_days = models.PositiveSmallIntegerField(_("days to decide"), null=True, blank=True)
    decision_unit = models.CharField(
        _("counted in"), max_length=20, choices=DecisionUnit.choices, default=DecisionUnit.WORKING_DAY
    )
    # A list of objects: name in both languages, whether it is required, and its source (upload or agency).
    documents = models.JSONField(_("documents"), default=list, blank=True)
    channels = ArrayField(
        models.CharField(max_length=10, choices=Channel.choices), default=list, blank=True, verbose_name=_("channels")
    )
    # How far the real service has come in the national list (STA01 … STA05); empty for entries made here.
    source_status = models.CharField(_("state in the national list"), max_length=10, blank=True)

    publication = models.CharField(
        _("publication"), max_length=20, choices=Publication.choices, default=Publication.UNPUBLISHED
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    current_version = models.ForeignKey(
        "services_catalog.ServiceVersion",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("current version"),
    )
    adapter = models.CharField(_("adapter"), max_length=40, blank=True)
    adapter_options = models.JSONField(_("adapter options"), default=dict, blank=True)

    # Written by services_catalog.search.index_fields: normalised names and aliases, and their words.
    search_text = models.TextField(blank=True, editable=False)
    search_words = models.TextField(blank=True, editable=False)
    search_vector = models.GeneratedField(
        expression=SearchVector("search_words", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        indexes = [
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="service_search_text"),
            GinIndex(fields=["search_vector"], name="service_search_vector"),
            models.Index(fields=["code"], name="service_published", condition=models.Q(publication="published")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(publication__in=["unpublished", "published"]),
                name="service_publication_known",
            ),
            models.CheckConstraint(
                condition=models.Q(publication="unpublished") | models.Q(current_version__isnull=False),
                name="published_service_has_a_version",
            ),
            models.CheckConstraint(condition=models.Q(min_ial__in=IAL_LEVELS), name="service_ial_known"),
            models.CheckConstraint(condition=models.Q(min_aal__in=AAL_LEVELS), name="service_aal_known"),
        ]

    def __str__(self) -> str:
        return for_reader(self.name_th, self.name_en)


class ServiceVersion(models.Model):
    """An immutable snapshot of what a citizen fills in and an agency gets; a service request pins one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="versions", verbose_name=_("service"))
    number = models.PositiveIntegerField(_("number"))
    # JSON Schema 2020-12 with x-label and x-hint texts in both languages.
    form = models.JSONField(_("form"))
    example = models.JSONField(_("example"))
    # Identity fields the agency gets with a submission (architecture, rule 13).
    claims = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("identity claims the agency gets")
    )
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("service version")
        verbose_name_plural = _("service versions")
        constraints = [models.UniqueConstraint(fields=["service", "number"], name="service_version_number")]
        triggers = [pgtrigger.ReadOnly(name="service_version_immutable")]

    def __str__(self) -> str:
        return f"v{self.number}"
