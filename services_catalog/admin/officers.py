"""Officers: the platform's administrators manage all of them, an agency's administrators those of their agency."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from services_catalog.admin.base import CheckboxesWidget, DropdownFilter, PasswordChangeForm, yes_no
from services_catalog.admin.officer_forms import NewOfficerForm, OfficerForm
from services_catalog.admin.operating import AskingAdmin
from services_catalog.admin.operating_forms import ReasonForm
from services_catalog.admin.scoping import agency_of, is_central
from services_catalog.models import Officer
from services_catalog.models.officers import AGENCY_ROLES
from services_catalog.services.operator_actions import Doer
from services_catalog.services.second_factor import has_second_factor, second_factor_reset

# What somebody may not change of themselves: whoever gives rights gives them to others.
_RIGHTS = ["agency", "is_active", "is_superuser"]

# Roles replace groups; and nobody reads the secret of a second factor in a browser, or deletes one without a reason.
admin.site.unregister([Group, TOTPDevice, StaticDevice])


class RoleFilter(DropdownFilter):  # type: ignore[misc]
    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return _roles_given_by(request)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Officer]) -> QuerySet[Officer]:
        return queryset.filter(roles__contains=[self.value()]) if self.value() else queryset


@admin.register(Officer)
class OfficerAdmin(AskingAdmin, UserAdmin):  # type: ignore[misc, type-arg]
    agency_path = "agency"
    agency_officer_changes = ["username", "password", "first_name", "last_name", "email", "is_active", "roles"]

    form = OfficerForm
    add_form = NewOfficerForm
    change_password_form = PasswordChangeForm

    list_display = ["username", "full_name", "agency", "role_names", "is_active", "last_login"]
    list_filter = ["agency", RoleFilter, "is_active"]
    list_select_related = ["agency"]
    search_fields = ["username", "first_name", "last_name", "email"]
    ordering = ["username"]
    actions = ["reset_second_factor"]
    autocomplete_fields = ["agency"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined", "second_factor", "role_names"]
    fieldsets = [
        (None, {"fields": ["username", "password", "second_factor", "agency"]}),
        (_("Person"), {"fields": [("first_name", "last_name"), "email"]}),
        (_("Rights"), {"fields": ["roles", "role_names", "is_active", "is_superuser"]}),
        (_("Dates"), {"fields": [("last_login", "date_joined")]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "agency", "roles", "password1", "password2"]})]

    @admin.display(description=_("name"), ordering="first_name")
    def full_name(self, officer: Officer) -> str:
        return officer.get_full_name()

    @admin.display(description=_("roles"))
    def role_names(self, officer: Officer) -> str:
        if officer.is_superuser:
            return str(_("Superuser"))
        return ", ".join(str(Officer.Role(role).label) for role in officer.roles)

    @admin.display(description=_("second factor"))
    def second_factor(self, officer: Officer) -> str:
        return yes_no(has_second_factor(officer))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Superusers are made by superusers, and nobody changes their own rights."""
        given = list(super().get_readonly_fields(request, obj))
        return [*given, *_RIGHTS] if obj is not None and obj.pk == request.user.pk else given

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without what is not for who asks: another agency, the making of superusers, one's own roles to choose."""
        left_out = set() if is_superuser(request) else {"is_superuser"}
        if obj is None:
            left_out |= {"agency"} if agency_of(request.user) else set()
        else:
            is_given = self.has_change_permission(request, obj) and obj.pk != request.user.pk
            left_out.add("role_names" if is_given else "roles")
        fieldsets = super().get_fieldsets(request, obj)
        return [(title, {"fields": [f for f in shown["fields"] if f not in left_out]}) for title, shown in fieldsets]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name != "roles":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        choices = _roles_given_by(request)
        return forms.MultipleChoiceField(
            label=capfirst(_("roles")), choices=choices, required=False, widget=CheckboxesWidget(choices=choices)
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.is_staff = True
            obj.agency_id = agency_of(request.user) or obj.agency_id
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A superuser's account, password included, is for superusers."""
        is_safe = obj is None or is_superuser(request) or not obj.is_superuser
        return is_safe and super().has_change_permission(request, obj)

    def has_reset_second_factor_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "reset_second_factor")

    @admin.action(description=_("Reset the second factor"), permissions=["reset_second_factor"])
    def reset_second_factor(self, request: HttpRequest, officers: QuerySet[Officer]) -> HttpResponse | None:
        if not is_superuser(request):
            officers = officers.filter(is_superuser=False)

        def run(ids: Sequence[UUID], form: ReasonForm, by: Doer) -> None:
            for officer in Officer.objects.filter(pk__in=ids):
                second_factor_reset(officer=officer)
                self.log_change(request, officer, f"{_('Second factor reset')}: {form.cleaned_data['reason']}")
            self.tell(request, len(ids), 0)

        return self.operate(request, officers, "reset_second_factor", ReasonForm, run)


def is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, Officer) and request.user.is_superuser


def _roles_given_by(request: HttpRequest) -> list[tuple[str, Any]]:
    """Roles of both employers for the platform's administrators, the agency's own for those of an agency."""
    is_of_platform = is_central(request.user)
    return [(value, label) for value, label in Officer.Role.choices if is_of_platform or value in AGENCY_ROLES]
