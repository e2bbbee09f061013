"""Whose rows somebody sees in the admin: deny by default (architecture, rule 10). Plain Django, no theme.

What somebody may do to a model is said by `services_catalog.rights`. Staff of the platform do it to the rows of all
agencies, officers of an agency to those of their agency.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.sites import AdminSite
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from services_catalog import rights
from services_catalog.models import Officer


def is_central(user: Officer | AnonymousUser) -> bool:
    """Whether the user works for the platform and not for one agency."""
    if not isinstance(user, Officer) or not (user.is_active and user.is_staff):
        return False
    return user.is_superuser or user.agency_id is None


def agency_of(user: Officer | AnonymousUser) -> UUID | None:
    """The agency whose officer the user is; None for central staff and for everybody else."""
    if not isinstance(user, Officer) or not (user.is_active and user.is_staff) or is_central(user):
        return None
    return user.agency_id


class AgencyScope(BaseModelAdmin):  # type: ignore[type-arg]
    """Mix into every admin class, first."""

    # From the model to its agency, as a lookup: "agency", "service__agency", "pk". None: rows of no agency.
    agency_path: str | None = None
    # Rows of no agency are for the platform alone, but where agencies share them.
    agencies_share = False
    # The fields that officers of an agency may change; all others are read-only for them.
    agency_officer_changes: Sequence[str] = ()

    def may(self, request: HttpRequest, verb: str, obj: Any = None) -> bool:
        """Whether whoever asks may do this here, to this row where one is given."""
        return rights.may(request.user, verb, self.model) and (obj is None or self.is_own(request, obj))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if not self.may(request, "view"):
            return rows.none()
        if is_central(request.user) or self._is_shared:
            return rows
        return rows.filter(**{self.agency_path: agency_of(request.user)}) if self.agency_path else rows.none()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "view", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "delete", obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "add")  # inlines are given the parent

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "view")

    @property
    def _is_shared(self) -> bool:
        return self.agencies_share and self.agency_path is None

    def is_own(self, request: HttpRequest, obj: Model) -> bool:
        """Whether a row is within reach of whoever asks: any for the platform, those of the agency for its officers."""
        if is_central(request.user) or self._is_shared:
            return True
        found: Any = obj
        for step in (self.agency_path or "").split("__"):
            found = getattr(found, step, None)
        # The path ends at the agency, or, for Agency itself, at its key.
        return found is not None and getattr(found, "pk", found) == agency_of(request.user)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        given = list(super().get_readonly_fields(request, obj))
        if is_central(request.user):
            return given
        names: Any = self.fields or self._all_fields()
        shown = flatten_fieldsets(self.fieldsets or [(None, {"fields": names})])
        return [*given, *(one for one in shown if one not in given and one not in self.agency_officer_changes)]

    def _all_fields(self) -> list[str]:
        return [one.name for one in self.opts.get_fields() if getattr(one, "editable", False)]

    def get_field_queryset(self, db: Any, db_field: Any, request: Any) -> QuerySet[Any] | None:
        """What foreign-key and many-to-many fields offer."""
        return visible_rows(self.admin_site, db_field.remote_field.model, request)


def visible_rows(site: AdminSite, model: type[Model], request: HttpRequest) -> QuerySet[Any]:
    """The rows of a model that the user may see; none where no scoped admin says which."""
    admin: Any = site.get_model_admin(model) if site.is_registered(model) else None
    if isinstance(admin, AgencyScope):
        return admin.get_queryset(request)
    return model._default_manager.none()


def refuse_foreign(admin: AgencyScope, request: HttpRequest, obj: Model) -> None:
    """Raises PermissionDenied before a row is written that is not, or would no longer be, the officer's own."""
    if not admin.is_own(request, obj):
        raise PermissionDenied
