"""Agencies, and the page of their keys."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from services_catalog.admin.keys import AgencyKeys
from services_catalog.admin.moving import MovableAdmin
from services_catalog.admin.scoping import refuse_foreign
from services_catalog.models import Agency
from services_catalog.services.agencies import agency_save
from services_catalog.services.moving.resources import AgencyResource


@admin.register(Agency)
class AgencyAdmin(AgencyKeys, MovableAdmin):
    resource_classes = [AgencyResource]
    agency_path = "pk"
    agency_officer_changes = ["contact_phone", "contact_email", "contact_url"]

    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_display = ["name", "ministry", "code", "contact_phone"]
    list_display_links = ["name"]
    search_fields = ["code", "name_th", "name_en", "ministry_th", "ministry_en"]
    ordering = ["name_th"]
    readonly_fields = ["created_at", "updated_at"]
    fieldsets = [
        (None, {"fields": ["code", ("name_th", "name_en"), ("ministry_th", "ministry_en")]}),
        (_("How citizens reach the agency"), {"fields": ["contact_phone", "contact_email", "contact_url"]}),
        (_("Dates"), {"fields": [("created_at", "updated_at")]}),
    ]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        refuse_foreign(self, request, obj)
        agency_save(obj)

    @admin.display(description=_("agency"), ordering="name_th")
    def name(self, agency: Agency) -> str:
        return str(agency)

    @admin.display(description=_("ministry"), ordering="ministry_th")
    def ministry(self, agency: Agency) -> str:
        return agency.ministry
