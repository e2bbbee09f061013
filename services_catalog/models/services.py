import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from services_catalog.languages import for_reader
from services_catalog.managers import ServiceQuerySet
from services_catalog.models.agencies import Agency, code_validator
from services_catalog.models.audit import Audited
from services_catalog.models.content import ServiceContent


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
        triggers = [Audited(name_sql="_row.code", agency_sql="NULL")]

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
        triggers = [Audited(name_sql="_row.code", agency_sql="NULL")]

    def __str__(self) -> str:
        return for_reader(self.name_th, self.name_en)


class Service(ServiceContent):
    """A catalogue entry: one thing an agency does for citizens, as they see it now.

    Only publishing writes what it takes from `ServiceContent` (services.publishing); agencies write in the draft.
    """

    class Publication(models.TextChoices):
        UNPUBLISHED = "unpublished", _("Unpublished")
        PUBLISHED = "published", _("Published")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("code"), max_length=64, unique=True, validators=[code_validator])
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="services", verbose_name=_("agency"))
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
    # When somebody last looked whether the manual is still true; old ones are refused at publication.
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)

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

    class Meta(ServiceContent.Meta):
        verbose_name = _("service")
        verbose_name_plural = _("services")
        indexes = [
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="service_search_text"),
            GinIndex(fields=["search_vector"], name="service_search_vector"),
            # The search asks at each query whether its vocabulary is still that of the catalogue.
            models.Index(fields=["updated_at"], name="service_updated_at"),
            models.Index(fields=["code"], name="service_published", condition=models.Q(publication="published")),
        ]
        constraints = [
            *ServiceContent.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(publication__in=["unpublished", "published"]),
                name="service_publication_known",
            ),
            models.CheckConstraint(
                condition=models.Q(publication="unpublished") | models.Q(current_version__isnull=False),
                name="published_service_has_a_version",
            ),
        ]
        triggers = [
            Audited(
                name_sql="_row.code",
                agency_sql="_row.agency_id",
                unwatched=["search_text", "search_words", "search_vector", "created_at", "updated_at"],
            ),
        ]


class ServiceDraft(ServiceContent):
    """A service as its agency is writing it: draft, then submitted, then approved or rejected by a reviewer."""

    class Lifecycle(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")

    service = models.OneToOneField(
        Service, on_delete=models.CASCADE, primary_key=True, related_name="draft", verbose_name=_("service")
    )
    # JSON Schema 2020-12 with x-label and x-hint texts in both languages, and an example that it accepts.
    form = models.JSONField(_("form"), default=dict, blank=True)
    example = models.JSONField(_("example"), default=dict, blank=True)

    lifecycle = models.CharField(_("state"), max_length=10, choices=Lifecycle.choices, default=Lifecycle.DRAFT)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("edited by"),
    )
    edited_at = models.DateTimeField(_("edited at"), auto_now=True)
    # Everybody who changed it since it was published last: none of them reviews it.
    editors = ArrayField(models.UUIDField(), default=list, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("submitted by"),
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reviewed by"),
    )
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    rejection_reason = models.TextField(_("why it was rejected"), blank=True)
    # The content as it was rejected: something must differ before it is submitted again.
    rejected_content = models.JSONField(null=True, blank=True, editable=False)

    class Meta(ServiceContent.Meta):
        verbose_name = _("service draft")
        verbose_name_plural = _("service drafts")
        constraints = [
            *ServiceContent.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(lifecycle__in=["draft", "submitted", "approved", "rejected"]),
                name="draft_lifecycle_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(lifecycle="rejected") | ~models.Q(rejection_reason=""),
                name="rejected_draft_has_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_by__isnull=True) | ~models.Q(reviewed_by=models.F("submitted_by")),
                name="draft_reviewer_did_not_submit_it",
            ),
            models.CheckConstraint(
                condition=~models.Q(editors__contains=[models.F("reviewed_by")]),
                name="draft_reviewer_did_not_edit_it",
            ),
        ]
        triggers = [
            Audited(
                name_sql="(SELECT code FROM services_catalog_service WHERE id = _row.service_id)",
                agency_sql="(SELECT agency_id FROM services_catalog_service WHERE id = _row.service_id)",
                unwatched=["edited_at", "rejected_content"],
            ),
        ]


class ServiceVersion(models.Model):
    """An immutable snapshot of what a citizen reads and fills in and an agency gets; a service request pins one."""

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
    # The fields of ServiceContent by name; empty for versions that were made without a draft.
    content = models.JSONField(_("content"), default=dict, blank=True)
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("service version")
        verbose_name_plural = _("service versions")
        constraints = [models.UniqueConstraint(fields=["service", "number"], name="service_version_number")]
        triggers = [pgtrigger.ReadOnly(name="service_version_immutable")]

    def __str__(self) -> str:
        return f"v{self.number}"
