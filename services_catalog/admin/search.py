"""What the catalogue is sorted and searched by: central staff only, for all agencies share it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from services_catalog.admin.moving import MovableAdmin
from services_catalog.models import Category, LifeEvent, SearchAlias
from services_catalog.search import normalise
from services_catalog.services.moving.resources import (
    CategoryResource,
    LifeEventResource,
    SearchAliasResource,
)


@admin.register(SearchAlias)
class SearchAliasAdmin(MovableAdmin):
    resource_classes = [SearchAliasResource]
    list_display = ["term", "means"]
    search_fields = ["term", "means"]
    ordering = ["term"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.term = normalise(obj.term)
        super().save_model(request, obj, form, change)


class HeadingAdmin(MovableAdmin):
    list_display = ["code", "name_th", "name_en", "position"]
    search_fields = ["code", "name_th", "name_en"]
    fieldsets = [(None, {"fields": ["code", "position", ("name_th", "name_en")]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The code is the key: changing it would make a second row."""
        return [*super().get_readonly_fields(request, obj), *(["code"] if obj else [])]


@admin.register(Category)
class CategoryAdmin(HeadingAdmin):
    resource_classes = [CategoryResource]


@admin.register(LifeEvent)
class LifeEventAdmin(HeadingAdmin):
    resource_classes = [LifeEventResource]
