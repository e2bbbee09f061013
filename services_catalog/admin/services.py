"""Services as citizens see them, and their versions: to read. Agencies write in the drafts (drafts.py)."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from services_catalog import rights
from services_catalog.admin.base import AgencyScopedAdmin, AgencyScopedInline, badge
from services_catalog.admin.comparing import VersionComparing, version_content
from services_catalog.admin.content import content_table
from services_catalog.admin.draft_steps import places_told
from services_catalog.admin.moving import MovableAdmin
from services_catalog.admin.publishing import PublishingActions
from services_catalog.models import Service, ServiceDraft, ServiceVersion
from services_catalog.quality import review_missing
from services_catalog.services.moving.services import ServiceResource
from services_catalog.snapshots import content_of


class VersionInline(AgencyScopedInline):
    model = ServiceVersion
    agency_path = "service__agency"
    fields = ("version", "claims", "created_at", "difference")
    readonly_fields = ("version", "claims", "created_at", "difference")
    ordering = ["-number"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceVersion]:
        return super().get_queryset(request).defer("form", "example", "content")

    @admin.display(description=_("service version"))
    def version(self, version: ServiceVersion) -> str:
        url = reverse("admin:services_catalog_serviceversion_change", args=[version.pk])
        return format_html('<a href="{}">{}</a>', url, version)

    @admin.display(description=_("difference"))
    def difference(self, version: ServiceVersion) -> str:
        if version.number == 1:
            return ""
        url = reverse("admin:services_catalog_serviceversion_difference", args=[version.pk])
        return format_html('<a href="{}">{}</a>', url, _("from the version before"))


@admin.register(Service)
class ServiceAdmin(MovableAdmin, PublishingActions):
    resource_classes = [ServiceResource]
    agency_path = "agency"

    change_form_template = "services_catalog/admin/service_change_form.html"
    change_list_template = "services_catalog/admin/service_change_list.html"
    inlines = [VersionInline]
    list_display = ["name", "agency", "state", "current_version", "reviewed", "category", "updated_at"]
    list_filter = ["publication", "agency", "category"]
    list_select_related = ["agency", "category", "current_version"]
    search_fields = ["code", "name_th", "name_en"]
    ordering = ["code"]
    actions = ["publish", "unpublish"]
    fieldsets = [
        (None, {"fields": [("code", "agency"), ("state", "published_at"), ("current_version", "reviewed")]}),
        (_("What citizens read"), {"fields": ["content"]}),
        (_("Dates"), {"fields": [("created_at", "updated_at", "source_status")], "classes": ["collapse"]}),
    ]
    readonly_fields = ["state", "reviewed", "content", "created_at", "updated_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Service]:
        unread = ["search_text", "search_words", "search_vector", "current_version__form", "current_version__example"]
        return super().get_queryset(request).select_related("agency", "current_version").defer(*unread)

    @admin.display(description=_("service"), ordering="name_th")
    def name(self, service: Service) -> str:
        return format_html('{}<br><span class="subtle">{}</span>', service, service.code)

    @admin.display(description=_("publication"), ordering="publication")
    def state(self, service: Service) -> str:
        is_live = service.publication == Service.Publication.PUBLISHED
        return badge(service.get_publication_display(), "success" if is_live else "")

    @admin.display(description=_("reviewed"), ordering="reviewed_at")
    def reviewed(self, service: Service) -> str:
        if service.reviewed_at is None:  # published by the platform itself, as the demo catalogue is
            return ""
        if review_missing(service.reviewed_at, timezone.now()):
            return badge(_("Review due"), "warning")
        return date_format(timezone.localtime(service.reviewed_at), "DATE_FORMAT")

    @admin.display(description=_("Content"))
    def content(self, service: Service) -> str:
        return content_table(content_of(service))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response: HttpResponse = super().changelist_view(request, {"places": places_told(), **(extra_context or {})})
        return response

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        service = kwargs.get("obj")
        if service is not None:
            has_draft = ServiceDraft.objects.filter(pk=service.pk).exists()
            page = "change" if has_draft else "open"
            context |= {
                "draft_url": reverse(f"admin:services_catalog_servicedraft_{page}", args=[service.pk]),
                "has_draft": has_draft,
                "may_open_draft": has_draft or rights.may(request.user, "add", ServiceDraft),
            }
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(ServiceVersion)
class ServiceVersionAdmin(VersionComparing, AgencyScopedAdmin):
    agency_path = "service__agency"

    change_form_template = "services_catalog/admin/version_change_form.html"
    list_display = ["service", "number", "claims", "created_at"]
    list_filter = ["service__agency"]
    search_fields = ["service__code", "service__name_th", "service__name_en"]
    ordering = ["service__code", "-number"]
    fieldsets = [
        (None, {"fields": ["service", ("number", "created_at"), "claims"]}),
        (_("Content"), {"fields": ["content_shown"]}),
    ]
    readonly_fields = ["service", "number", "created_at", "claims", "content_shown"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceVersion]:
        return super().get_queryset(request).select_related("service")

    @admin.display(description=_("Content"))
    def content_shown(self, version: ServiceVersion) -> str:
        return content_table(version_content(version))
