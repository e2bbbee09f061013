"""What the catalogue is sorted and searched by: written by the platform, for all agencies share it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from services_catalog.admin.base import AgencyScopedAdmin
from services_catalog.models import Category, LifeEvent, SearchAlias
from services_catalog.search import normalise


@admin.register(SearchAlias)
class SearchAliasAdmin(AgencyScopedAdmin):
    list_display = ["term", "means"]
    search_fields = ["term", "means"]
    ordering = ["term"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.term = normalise(obj.term)
        super().save_model(request, obj, form, change)


@admin.register(Category, LifeEvent)
class HeadingAdmin(AgencyScopedAdmin):
    agencies_share = True
    list_display = ["code", "name_th", "name_en", "position"]
    search_fields = ["code", "name_th", "name_en"]
    fieldsets = [(None, {"fields": ["code", "position", ("name_th", "name_en")]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The code is the key: changing it would make a second row."""
        return [*super().get_readonly_fields(request, obj), *(["code"] if obj else [])]
