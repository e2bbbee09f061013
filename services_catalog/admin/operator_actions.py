"""What operators did, and why: read-only for everybody; an agency's officers see what concerns their agency."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from services_catalog.admin.action_names import ACTION_NAMES, name_of_action
from services_catalog.admin.base import AgencyScopedAdmin, ChoiceFilter, DropdownFilter
from services_catalog.admin.content import as_json
from services_catalog.models import OperatorAction

# The names are Django's own of the pages; requests and citizens are registered by the app above this one.
_PAGES: dict[str, str] = {
    OperatorAction.Subject.LANE: "admin:services_catalog_lane_change",
    OperatorAction.Subject.SERVICE_REQUEST: "admin:service_requests_servicerequest_change",
    OperatorAction.Subject.CITIZEN: "admin:citizens_citizen_change",
    OperatorAction.Subject.HELD_IDENTITY: "admin:citizens_heldidentity_change",
}


class ActionFilter(DropdownFilter):  # type: ignore[misc]
    title = _("action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(ACTION_NAMES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[OperatorAction]) -> QuerySet[OperatorAction]:
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(OperatorAction)
class OperatorActionAdmin(AgencyScopedAdmin):
    agency_path = "agency"

    list_display = ["created_at", "by", "name", "about", "reason"]
    list_filter = [ActionFilter, ("subject", ChoiceFilter), "agency"]
    search_fields = ["=subject_name", "by"]
    search_help_text = _("A whole service code or receipt number, or part of a name.")
    ordering = ["-id"]
    fields = ("created_at", "by", "name", "about", "agency", "reason", "changes_text")
    readonly_fields = ["created_at", "by", "name", "about", "agency", "reason", "changes_text"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OperatorAction]:
        return super().get_queryset(request).select_related("agency")

    @admin.display(description=_("action"), ordering="action")
    def name(self, action: OperatorAction) -> str:
        return name_of_action(action)

    @admin.display(description=_("about"), ordering="subject_name")
    def about(self, action: OperatorAction) -> str:
        url = reverse(_PAGES[action.subject], args=[action.subject_id])
        return format_html(
            '<a href="{}">{}</a> <span class="subtle">{}</span>',
            url,
            action.subject_name,
            action.get_subject_display(),
        )

    @admin.display(description=_("changes: before, after"))
    def changes_text(self, action: OperatorAction) -> str:
        return as_json(action.changes)
