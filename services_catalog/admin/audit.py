"""The audit trail of agencies, services, outages, officers' rights and headings; agencies read their own."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from services_catalog.admin.base import AgencyScopedAdmin, ChoiceFilter, DateRangeFilter, badge
from services_catalog.admin.history import Line, export, in_words
from services_catalog.models import AuditEvent

_COLOURS = {"insert": "success", "update": "info", "delete": "danger"}


class AuditChangeList(ChangeList):
    """Puts the events of a page in words together: each alone would ask for the names of its rows."""

    lines: dict[int, Line]

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.lines = {line.event.pk: line for line in in_words(list(self.result_list))}
        for event in self.result_list:
            event.line = self.lines[event.pk]


@admin.register(AuditEvent)
class AuditEventAdmin(AgencyScopedAdmin):
    agency_path = "agency"

    list_display = ["at", "by", "what", "name", "changes"]
    list_display_links = ["at"]
    list_filter = [("at", DateRangeFilter), ("operation", ChoiceFilter), "agency"]
    search_fields = ["subject_name", "by", "=subject_id"]
    ordering = ["-id"]
    # What is found is counted once: the list grows for good.
    show_full_result_count = False
    actions = ["export_csv", "export_json"]
    fields = ("at", "by", "officer", "what", "name", "subject_id", "agency", "all_changes")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        return super().get_queryset(request).select_related("agency", "officer")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return AuditChangeList

    @admin.display(description=_("what"), ordering="operation")
    def what(self, event: AuditEvent) -> str:
        return badge(f"{_line(event).kind}: {event.get_operation_display()}", _COLOURS[event.operation])

    @admin.display(description=_("its name"), ordering="subject_name")
    def name(self, event: AuditEvent) -> str:
        return event.subject_name

    @admin.display(description=_("before → after"))
    def changes(self, event: AuditEvent) -> SafeString:
        return _line(event).as_html(at_most=4, longest=80)

    @admin.display(description=_("before → after"))
    def all_changes(self, event: AuditEvent) -> SafeString:
        return _line(event).as_html(longest=100_000)

    @admin.action(description=_("Export as CSV"))
    def export_csv(self, request: HttpRequest, events: QuerySet[AuditEvent]) -> HttpResponse | StreamingHttpResponse:
        return export(events, "csv")

    @admin.action(description=_("Export as JSON"))
    def export_json(self, request: HttpRequest, events: QuerySet[AuditEvent]) -> HttpResponse | StreamingHttpResponse:
        return export(events, "json")


def _line(event: AuditEvent) -> Line:
    line: Line = getattr(event, "line", None) or in_words([event])[0]
    return line
