"""What digital IDs are called, on pages of rows that have their codes."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from citizens.models import IdentityProvider
from services_catalog.languages import for_reader


def with_provider_names(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows that know what their provider is called, for `called`."""
    named = IdentityProvider.objects.filter(code=OuterRef("provider"))
    names = {"provider_th": Subquery(named.values("name_th")), "provider_en": Subquery(named.values("name_en"))}
    annotated: QuerySet[Any] = rows.annotate(**names)
    return annotated


def called(row: Any) -> str:
    """The name of a row's provider; its code where the provider's own row is gone."""
    return for_reader(row.provider_th or row.provider, row.provider_en or row.provider)


class NamesProviders(BaseModelAdmin):  # type: ignore[type-arg]
    """Mix into the admin of rows with a provider, first: its field is `provider_name`."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_provider_names(super().get_queryset(request))

    @admin.display(description=_("identity provider"), ordering="provider")
    def provider_name(self, row: Any) -> str:
        return called(row)
