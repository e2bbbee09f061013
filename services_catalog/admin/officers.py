"""Officers and their groups: central staff only, until the roles come."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from services_catalog.admin.base import AgencyScopedAdmin, PasswordChangeForm, UserChangeForm, UserCreationForm
from services_catalog.models import Officer

_RIGHTS = ["is_superuser", "groups", "user_permissions"]

admin.site.unregister(Group)


@admin.register(Officer)
class OfficerAdmin(AgencyScopedAdmin, UserAdmin):  # type: ignore[type-arg]
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = PasswordChangeForm

    list_display = ["username", "full_name", "agency", "is_active", "is_superuser", "last_login"]
    list_filter = ["agency", "is_active", "is_superuser"]
    list_select_related = ["agency"]
    search_fields = ["username", "first_name", "last_name", "email"]
    ordering = ["username"]
    autocomplete_fields = ["agency"]
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "password", "agency"]}),
        (_("Person"), {"fields": [("first_name", "last_name"), "email"]}),
        (_("Rights"), {"fields": [("is_active", "is_staff", "is_superuser"), "groups", "user_permissions"]}),
        (_("Dates"), {"fields": [("last_login", "date_joined")]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "agency", "is_staff", "usable_password", "password1", "password2"]})
    ]

    @admin.display(description=_("name"), ordering="first_name")
    def full_name(self, officer: Officer) -> str:
        return officer.get_full_name()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Rights are given by superusers alone: whoever could give them could give them to themselves."""
        given = list(super().get_readonly_fields(request, obj))
        return given if request.user.is_superuser else [*given, *_RIGHTS]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)


def _may_touch(request: HttpRequest, officer: Officer | None) -> bool:
    """A superuser's account, password included, is for superusers."""
    return officer is None or request.user.is_superuser or not officer.is_superuser


@admin.register(Group)
class OfficerGroupAdmin(AgencyScopedAdmin, GroupAdmin):
    list_display = ["name"]
