"""Who sees which rows in the admin: deny by default (architecture, rule 10). Plain Django, no theme.

Central staff (a superuser, or an officer without an agency) see what their Django permissions give. An officer of an
agency sees and touches rows of that agency only, and those only with the rights that the admin class names.
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
    """Mix into every admin class, first. What it does not grant is refused."""

    # From the model to its agency, as a lookup: "agency", "service__agency", "pk". None: central staff only.
    agency_path: str | None = None
    # Rights of an agency's officers on rows of their agency: some of "view", "change", "add", "delete".
    agency_officer_may: frozenset[str] = frozenset()
    # The fields they may change; all others are read-only for them.
    agency_officer_changes: Sequence[str] = ()
    # Rights that nobody has here, whatever their permissions say.
    nobody_may: frozenset[str] = frozenset()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if is_central(request.user):
            return rows
        agency_id = agency_of(request.user)
        if agency_id is None or self.agency_path is None:
            return rows.none()
        return rows.filter(**{self.agency_path: agency_id})

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may("view", request, obj, super().has_view_permission)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may("change", request, obj, super().has_change_permission)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may("delete", request, obj, super().has_delete_permission)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if is_central(request.user) and "add" not in self.nobody_may:
            # Inlines take the parent as well; both kinds ask the same model permission.
            return bool(request.user.has_perm(f"{self.opts.app_label}.add_{self.opts.model_name}"))
        return self._may("add", request, None, lambda *_: False)

    def has_module_permission(self, request: HttpRequest) -> bool:
        if agency_of(request.user):
            return self.agency_path is not None and bool(self.agency_officer_may)
        return is_central(request.user) and super().has_module_permission(request)

    def _may(self, right: str, request: HttpRequest, obj: Any, by_permission: Any) -> bool:
        if right in self.nobody_may:
            return False
        if is_central(request.user):
            return bool(by_permission(request, obj))
        if agency_of(request.user) is None or self.agency_path is None:
            return False
        return right in self.agency_officer_may and (obj is None or self.is_own(request, obj))

    def is_own(self, request: HttpRequest, obj: Model) -> bool:
        """Whether a row belongs to the agency of the officer who asks."""
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
        if is_central(request.user):
            return super().get_field_queryset(db, db_field, request)
        return visible_rows(self.admin_site, db_field.remote_field.model, request)


def visible_rows(site: AdminSite, model: type[Model], request: HttpRequest) -> QuerySet[Any]:
    """The rows of a model that the user may see; none where no scoped admin says which."""
    admin: Any = site.get_model_admin(model) if site.is_registered(model) else None
    if isinstance(admin, AgencyScope) and admin.has_view_permission(request):
        return admin.get_queryset(request)
    return model._default_manager.none()


def refuse_foreign(admin: AgencyScope, request: HttpRequest, obj: Model) -> None:
    """Raises PermissionDenied before a row is written that is not, or would no longer be, the officer's own."""
    if not is_central(request.user) and not admin.is_own(request, obj):
        raise PermissionDenied
