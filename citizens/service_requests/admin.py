"""Service requests as operators and officers see them: read-only, without form data, without the citizen."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from citizens.service_requests.models import DeliveryAttempt, Outcome, ServiceRequest, Status, StatusEvent
from services_catalog.admin.base import (
    AgencyScopedAdmin,
    AgencyScopedInline,
    ChoiceFilter,
    DropdownFilter,
    badge,
    yes_no,
)
from services_catalog.languages import for_reader

# Nothing here is edited or deleted by hand: lifecycle.py is the only writer of a status.
_NOTHING_CHANGES = frozenset({"add", "change", "delete"})
_COUNTED_AT_MOST = 10_000

_STATUS_COLOURS: dict[str, str] = {
    Status.RECEIVED: "info",
    Status.DELIVERED: "info",
    Status.IN_PROGRESS: "info",
    Status.ACTION_REQUIRED: "warning",
    Status.COMPLETED: "success",
    Status.REJECTED: "danger",
    Status.UNDELIVERABLE: "danger",
}
_OUTCOME_COLOURS: dict[str, str] = {
    Outcome.CLAIMED: "info",
    Outcome.SENDING: "info",
    Outcome.DELIVERED: "success",
    Outcome.RETRYABLE: "warning",
    Outcome.UNKNOWN: "warning",
    Outcome.PERMANENT: "danger",
}


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than anybody turns pages, so that a list opens as fast with a long history."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[:_COUNTED_AT_MOST].count())


class ParkedFilter(DropdownFilter):  # type: ignore[misc]
    title = _("parked")
    parameter_name = "parked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Parked: a human must look")), ("no", _("Not parked"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ServiceRequest]) -> QuerySet[ServiceRequest]:
        if self.value() == "yes":
            return queryset.exclude(parked_reason="")
        return queryset.filter(parked_reason="") if self.value() == "no" else queryset


class TimelineInline(AgencyScopedInline):
    model = StatusEvent
    agency_path = "service_request__service__agency"
    agency_officer_may = frozenset({"view"})
    nobody_may = _NOTHING_CHANGES
    ordering = ["sequence"]
    fields = ("sequence", "occurred_at", "status_badge", "source", "next_actor", "label", "milestone")
    readonly_fields = ("sequence", "occurred_at", "status_badge", "source", "next_actor", "label", "milestone")

    @admin.display(description=_("status"))
    def status_badge(self, event: StatusEvent) -> str:
        return badge(event.get_status_display(), _STATUS_COLOURS.get(event.status, ""))

    @admin.display(description=_("agency's label"))
    def label(self, event: StatusEvent) -> str:
        return for_reader(event.label_th, event.label_en)

    @admin.display(description=_("milestone"))
    def milestone(self, event: StatusEvent) -> str:
        return for_reader(event.milestone_th, event.milestone_en)


_ATTEMPT_COLUMNS = ("number", "created_at", "outcome_badge", "duration", "failure_code", "http_status", "looked_up")


class AttemptInline(AgencyScopedInline):
    model = DeliveryAttempt
    agency_path = "service_request__service__agency"
    agency_officer_may = frozenset({"view"})
    nobody_may = _NOTHING_CHANGES
    ordering = ["number"]
    fields = _ATTEMPT_COLUMNS
    readonly_fields = _ATTEMPT_COLUMNS

    @admin.display(description=_("outcome"))
    def outcome_badge(self, attempt: DeliveryAttempt) -> str:
        return badge(attempt.get_outcome_display(), _OUTCOME_COLOURS.get(attempt.outcome, ""))

    @admin.display(description=_("looked up first"))
    def looked_up(self, attempt: DeliveryAttempt) -> str:
        return yes_no(attempt.look_up_first)

    @admin.display(description=_("call took"))
    def duration(self, attempt: DeliveryAttempt) -> str:
        if not attempt.sending_at or not attempt.finished_at:
            return ""
        return f"{(attempt.finished_at - attempt.sending_at).total_seconds():.2f} s"


@admin.register(ServiceRequest)
class ServiceRequestAdmin(AgencyScopedAdmin):
    agency_path = "service__agency"
    agency_officer_may = frozenset({"view"})
    nobody_may = _NOTHING_CHANGES

    inlines = [TimelineInline, AttemptInline]
    paginator = BoundedPaginator
    show_full_result_count = False
    list_display = ["receipt_number", "service", "status_badge", "next_actor", "age", "attempt_count", "parked_reason"]
    list_filter = [("status", ChoiceFilter), ParkedFilter, "service"]
    search_fields = ["=receipt_number", "=agency_reference"]
    search_help_text = _("A whole receipt number, or the agency's whole reference.")
    ordering = ["-id"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("receipt_number", "service", "version"),
                    ("status_badge", "next_actor", "parked_reason"),
                    ("agency_reference", "agency_heard_at"),
                ]
            },
        ),
        (
            _("Delivery"),
            {
                "fields": [
                    ("attempt_count", "next_attempt_at", "give_up_at"),
                    ("is_outcome_unknown", "created_at", "updated_at"),
                    "request_id",
                ],
                "classes": ["collapse"],
            },
        ),
    ]
    readonly_fields = [
        *("receipt_number", "service", "version", "status_badge", "next_actor", "parked_reason", "agency_reference"),
        *("agency_heard_at", "attempt_count", "next_attempt_at", "give_up_at", "is_outcome_unknown", "created_at"),
        *("updated_at", "request_id"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceRequest]:
        rows = super().get_queryset(request).select_related("service", "version")
        return rows.defer("data_encrypted", "version__form", "version__example", "service__search_vector")

    @admin.display(description=_("status"), ordering="status")
    def status_badge(self, service_request: ServiceRequest) -> str:
        return badge(service_request.get_status_display(), _STATUS_COLOURS.get(service_request.status, ""))

    @admin.display(description=_("outcome unknown"))
    def is_outcome_unknown(self, service_request: ServiceRequest) -> str:
        return yes_no(service_request.outcome_unknown)

    @admin.display(description=_("age"), ordering="created_at")
    def age(self, service_request: ServiceRequest) -> str:
        return timesince(service_request.created_at, timezone.now(), depth=1)
