"""What the catalogue is sorted and searched by: written by the platform, for all agencies share it."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from services_catalog.admin.base import AgencyScopedAdmin
from services_catalog.admin.moving import MovableAdmin
from services_catalog.models import Category, LifeEvent, SearchAlias, UnansweredQuery
from services_catalog.search import normalise
from services_catalog.services.moving.resources import CategoryResource, LifeEventResource, SearchAliasResource
from services_catalog.services.unanswered_queries import unanswered_queries_look_again, unanswered_queries_settle


class SearchAliasForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean_term(self) -> str:
        term = normalise(self.cleaned_data["term"])
        if not term:
            raise forms.ValidationError(_("There is nothing here to search for."))
        return term


@admin.register(SearchAlias)
class SearchAliasAdmin(MovableAdmin):
    form = SearchAliasForm
    resource_classes = [SearchAliasResource]
    list_display = ["term", "means"]
    search_fields = ["term", "means"]
    ordering = ["term"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        unanswered_queries_settle(obj)


@admin.register(UnansweredQuery)
class UnansweredQueryAdmin(AgencyScopedAdmin):
    list_display = ["text", "count", "last_at", "alias_link"]
    search_fields = ["text"]
    ordering = ["-count", "-last_at"]
    actions = ["look_again"]

    @admin.display(description=_("everyday word"))
    def alias_link(self, query: UnansweredQuery) -> str:
        url = reverse("admin:services_catalog_searchalias_add")
        return format_html('<a href="{}?{}">{}</a>', url, urlencode({"term": query.text}), _("Say what it means"))

    @admin.action(description=_("Look again, and drop those that find something now"), permissions=["delete"])
    def look_again(self, request: HttpRequest, queryset: QuerySet[UnansweredQuery]) -> None:
        answered = unanswered_queries_look_again(list(queryset.values_list("pk", flat=True)))
        told = ngettext("%d finds something now.", "%d find something now.", answered) % answered
        messages.info(request, told)


class HeadingAdmin(MovableAdmin):
    agencies_share = True
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
