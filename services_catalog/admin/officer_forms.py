"""The forms of an officer: roles must fit who employs them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from services_catalog.admin.base import UserChangeForm, UserCreationForm
from services_catalog.models import Officer
from services_catalog.models.officers import AGENCY_ROLES, PLATFORM_ROLES


class _RolesFit(forms.ModelForm):  # type: ignore[type-arg]
    def clean(self) -> dict[str, Any] | None:
        """An agency's administrator is asked for no agency, and offered its roles alone."""
        given = super().clean() or self.cleaned_data
        if "roles" in given and "agency" in self.fields:
            fitting = AGENCY_ROLES if given.get("agency") else PLATFORM_ROLES
            if not set(given["roles"]) <= set(fitting):
                self.add_error("roles", _("Officers of an agency have an agency's roles, all others the platform's."))
        return given


class OfficerForm(_RolesFit, UserChangeForm):  # type: ignore[misc]
    class Meta(UserChangeForm.Meta):  # type: ignore[misc]
        model = Officer


class NewOfficerForm(_RolesFit, UserCreationForm):  # type: ignore[misc]
    class Meta(UserCreationForm.Meta):  # type: ignore[misc]
        model = Officer
