"""The classes that all our admin pages are made of, and the only code that knows the theme (django-unfold).

To remove the theme: derive these classes from django.contrib.admin and the widgets from its `widgets`, let the filters
be plain ones, delete superapp/settings/admin.py, and take "unfold" and
"unfold.contrib.filters" out of INSTALLED_APPS. Nothing else names it.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    DropdownFilter,
    RangeDateFilter,
)
from unfold.contrib.import_export.forms import ExportForm, ImportForm
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.utils import parse_date_str
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from services_catalog.admin.history import AuditedHistory
from services_catalog.admin.scoping import AgencyScope, agency_of, refuse_foreign, visible_rows

__all__ = [
    "AgencyScopedAdmin",
    "AgencyScopedFilter",
    "AgencyScopedInline",
    "CheckboxWidget",
    "CheckboxesWidget",
    "ChoiceFilter",
    "DateRangeFilter",
    "DateTimeWidget",
    "DropdownFilter",
    "ExportForm",
    "FileWidget",
    "ImportForm",
    "PasswordChangeForm",
    "PasswordWidget",
    "SelectWidget",
    "TextAreaWidget",
    "TextWidget",
    "UserChangeForm",
    "UserCreationForm",
    "badge",
    "yes_no",
]

CheckboxWidget = UnfoldBooleanWidget
CheckboxesWidget = UnfoldAdminCheckboxSelectMultipleWidget
ChoiceFilter = ChoicesDropdownFilter
DateTimeWidget = UnfoldAdminSplitDateTimeWidget
FileWidget = UnfoldAdminFileFieldWidget
PasswordWidget = UnfoldAdminPasswordWidget
PasswordChangeForm = AdminPasswordChangeForm
SelectWidget = UnfoldAdminSelectWidget
TextAreaWidget = UnfoldAdminTextareaWidget
TextWidget = UnfoldAdminTextInputWidget


def badge(label: Any, colour: str = "") -> SafeString:
    """A coloured label for lists and details: "info", "success", "warning", "danger", or grey."""
    return format_html('<span class="badge {}">{}</span>', colour, label)


def yes_no(value: bool) -> str:
    """In words: the theme's red cross reads as something that went wrong."""
    return str(_("Yes")) if value else str(_("No"))


class DateRangeFilter(RangeDateFilter):  # type: ignore[misc]
    """Whole days in the officers' time zone, both ends included; the theme's own takes the last day to end at 0:00."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        for name, lookup in (("from", "gte"), ("to", "lte")):
            day = parse_date_str(self.used_parameters.get(f"{self.parameter_name}_{name}", ""))
            if day:
                queryset = queryset.filter(**{f"{self.field_path}__date__{lookup}": day})
        return queryset


class AgencyScopedFilter(AutocompleteSelectFilter):  # type: ignore[misc]
    """A filter by a related row that offers, finds and names only rows the user may see."""

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        for choice in super().choices(changelist):
            field = choice["form"].fields[self.lookup_kwarg]
            field.queryset = visible_rows(self.model_admin.admin_site, self.field.remote_field.model, self.request)
            yield choice


class AgencyScopedAdmin(AuditedHistory, AgencyScope, ModelAdmin):  # type: ignore[misc]
    """Base of every registered admin."""

    list_per_page = 25
    list_filter_sheet = False
    list_fullwidth = True
    compressed_fields = True

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Relations are filtered by rows the user may see; an agency's officer has one agency to choose from."""
        wanted = [self._scoped(one) for one in super().get_list_filter(request)]
        if agency_of(request.user):
            return [one for one in wanted if _name_of(one) != self.agency_path]
        return wanted

    def _scoped(self, wanted: Any) -> Any:
        name = _name_of(wanted)
        return (name, AgencyScopedFilter) if name and _is_relation(self.model, name) else wanted

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Only what a filter of this page asks: a guessed query string is an oracle on any column."""
        filters = self.get_list_filter(request) if request else []
        if lookup in [name for one in filters for name in _own_parameters(one)]:
            return True
        names = [_name_of(one) for one in filters]
        is_filter = any(name and (lookup == name or lookup.startswith(f"{name}__")) for name in names)
        return is_filter and bool(super().lookup_allowed(lookup, value, request))

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Without what cannot be a key of this model: Django looks the ticked keys up as they come."""
        posted = request.POST.copy()
        ticked = [key for key in posted.getlist(ACTION_CHECKBOX_NAME) if self._may_be_key(key)]
        posted.setlist(ACTION_CHECKBOX_NAME, ticked)
        request.POST = posted  # type: ignore[assignment]
        return super().response_action(request, queryset)

    def _may_be_key(self, text: str) -> bool:
        try:
            self.opts.pk.to_python(text)
        except ValidationError:
            return False
        return True

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        refuse_foreign(self, request, obj)
        super().save_model(request, obj, form, change)


class AgencyScopedInline(AgencyScope, TabularInline):  # type: ignore[misc]
    """Rows below a row that was scoped already; they are scoped again by their own path."""

    extra = 0
    can_delete = False
    show_change_link = False
    hide_title = True

    def is_own(self, request: HttpRequest, obj: Model) -> bool:
        """Django asks inlines about the parent, which its own admin has let through."""
        return True


def _own_parameters(wanted: Any) -> list[str]:
    """The parameters of an entry of list_filter that are no lookups: it makes its query of them itself."""
    match wanted:
        case (str(name), kind) if isinstance(kind, type) and issubclass(kind, DateRangeFilter):
            return [f"{name}_from", f"{name}_to"]
        case _:
            return [wanted.parameter_name] if getattr(wanted, "parameter_name", None) else []


def _name_of(wanted: Any) -> str | None:
    """The field path of an entry of list_filter; None for a filter that knows its own query."""
    if isinstance(wanted, str):
        return wanted
    return wanted[0] if isinstance(wanted, tuple | list) else None


def _is_relation(model: type[Model], path: str) -> bool:
    *steps, last = path.split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]
    return bool(model._meta.get_field(last).is_relation)


admin.site.index_title = _("Overview")
