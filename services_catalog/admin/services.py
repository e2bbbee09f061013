"""Services and their versions. Publishing has its own way (services.publishing); here are the texts."""

from copy import deepcopy
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from services_catalog.admin.base import AgencyScopedAdmin, AgencyScopedInline, badge
from services_catalog.admin.moving import MovableAdmin
from services_catalog.admin.publishing import PublishingActions
from services_catalog.admin.scoping import agency_of
from services_catalog.admin.service_form import ServiceForm, as_json
from services_catalog.models import Service, ServiceVersion
from services_catalog.search import index_fields
from services_catalog.services.moving.services import ServiceResource


class VersionInline(AgencyScopedInline):
    model = ServiceVersion
    agency_path = "service__agency"
    fields = ("version", "claims", "created_at")
    readonly_fields = ("version", "claims", "created_at")
    ordering = ["-number"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceVersion]:
        return super().get_queryset(request).defer("form", "example")

    @admin.display(description=_("service version"))
    def version(self, version: ServiceVersion) -> str:
        url = reverse("admin:services_catalog_serviceversion_change", args=[version.pk])
        return format_html('<a href="{}">{}</a>', url, version)


@admin.register(Service)
class ServiceAdmin(MovableAdmin, PublishingActions):
    resource_classes = [ServiceResource]
    agency_path = "agency"
    agency_officer_changes = [
        *("name_th", "name_en", "description_th", "description_en", "fee_baht", "fee_note_th", "fee_note_en"),
        *("decision_days", "decision_unit", "documents", "channels"),
    ]

    form = ServiceForm
    inlines = [VersionInline]
    list_display = ["name", "agency", "state", "current_version", "category", "updated_at"]
    list_filter = ["publication", "agency", "category"]
    list_select_related = ["agency", "category", "current_version"]
    search_fields = ["code", "name_th", "name_en"]
    ordering = ["code"]
    actions = ["publish", "unpublish"]
    autocomplete_fields = ["agency"]
    # A service goes live, and off again, through services.publishing alone.
    readonly_fields = ["publication", "published_at", "current_version", "source_status", "created_at", "updated_at"]
    readonly_fields += ["category_name", "life_event_name"]
    fieldsets = [
        (None, {"fields": ["code", "agency", ("name_th", "name_en"), ("description_th", "description_en")]}),
        (_("What it costs and how long it takes"), {
            "fields": [("fee_baht", "decision_days", "decision_unit"), ("fee_note_th", "fee_note_en")],
        }),
        (_("What the citizen needs"), {"fields": ["documents", "channels", ("min_ial", "min_aal")]}),
        (_("Where people look for it"), {"fields": [("category", "life_event"), "aliases"]}),
        (_("Publication"), {"fields": [("publication", "published_at", "current_version")]}),
        (_("Delivery"), {"fields": ["adapter", "adapter_options"], "classes": ["collapse"]}),
        (_("Dates"), {"fields": [("created_at", "updated_at", "source_status")], "classes": ["collapse"]}),
    ]  # fmt: skip

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

    @admin.display(description=_("category"))
    def category_name(self, service: Service) -> str:
        return str(service.category or "")

    @admin.display(description=_("life event"))
    def life_event_name(self, service: Service) -> str:
        return str(service.life_event or "")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Officers of an agency have no page of categories and life events to be linked to: they see the names."""
        fieldsets = deepcopy(super().get_fieldsets(request, obj))
        if agency_of(request.user):
            fieldsets[3][1]["fields"] = [("category_name", "life_event_name"), "aliases"]
        return fieldsets

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        index_fields(obj)
        super().save_model(request, obj, form, change)


@admin.register(ServiceVersion)
class ServiceVersionAdmin(AgencyScopedAdmin):
    agency_path = "service__agency"

    list_display = ["service", "number", "claims", "created_at"]
    list_filter = ["service__agency"]
    search_fields = ["service__code", "service__name_th", "service__name_en"]
    ordering = ["service__code", "-number"]
    fieldsets = [
        (None, {"fields": ["service", ("number", "created_at"), "claims"]}),
        (_("Form (JSON Schema) and an example that it accepts"), {"fields": ["form_text", "example_text"]}),
    ]
    readonly_fields = ["service", "number", "created_at", "claims", "form_text", "example_text"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceVersion]:
        return super().get_queryset(request).select_related("service")

    @admin.display(description=_("form"))
    def form_text(self, version: ServiceVersion) -> str:
        return as_json(version.form)

    @admin.display(description=_("example"))
    def example_text(self, version: ServiceVersion) -> str:
        return as_json(version.example)
