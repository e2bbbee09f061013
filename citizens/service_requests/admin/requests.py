"""The list and the page of service requests: read-only but for what operating.py allows."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from citizens.service_requests.admin.actions import RequestActions
from citizens.service_requests.admin.badges import status_badge
from citizens.service_requests.admin.inlines import AttemptInline, TimelineInline
from citizens.service_requests.admin.parked import NeedsHumanFilter, why_parked
from citizens.service_requests.models import DeliveryAttempt, ServiceRequest
from services_catalog.admin.base import ChoiceFilter, DateRangeFilter, yes_no
from services_catalog.admin.operating import AT_MOST

_COUNTED_AT_MOST = 10_000


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than anybody turns pages, so that a list opens as fast with a long history."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[:_COUNTED_AT_MOST].count())


@admin.register(ServiceRequest)
class ServiceRequestAdmin(RequestActions):
    agency_path = "service__agency"

    inlines = [TimelineInline, AttemptInline]
    paginator = BoundedPaginator
    show_full_result_count = False
    list_display = [
        *("receipt_number", "service", "status_badge", "next_actor", "age", "attempt_count", "last_failure"),
        "needs_human",
    ]
    # Its actions take AT_MOST at once: by days, more than so many stuck requests of one service come apart.
    list_filter = [("status", ChoiceFilter), NeedsHumanFilter, ("created_at", DateRangeFilter), "service"]
    list_per_page = 100
    list_max_show_all = AT_MOST
    actions = ["retry_now", "requeue", "mark_delivered", "cancel"]
    search_fields = ["=receipt_number", "=agency_reference"]
    search_help_text = _("A whole receipt number, or the agency's whole reference.")
    ordering = ["-id"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("receipt_number", "service", "version"),
                    ("status_badge", "next_actor"),
                    "needs_human",
                    ("agency_reference", "agency_heard_at"),
                ]
            },
        ),
        (
            _("Delivery"),
            {
                "fields": [
                    ("attempt_count", "next_attempt_at", "give_up_at"),
                    ("errand", "last_failure"),
                    ("is_outcome_unknown", "created_at", "updated_at"),
                    "request_id",
                ],
                "classes": ["collapse"],
            },
        ),
    ]
    readonly_fields = [
        *("receipt_number", "service", "version", "status_badge", "next_actor", "needs_human", "agency_reference"),
        *("agency_heard_at", "attempt_count", "next_attempt_at", "give_up_at", "is_outcome_unknown", "created_at"),
        *("updated_at", "request_id", "errand", "last_failure"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceRequest]:
        rows: QuerySet[ServiceRequest] = super().get_queryset(request).select_related("service", "version")
        attempts = DeliveryAttempt.objects.filter(service_request=OuterRef("pk")).order_by("-number")
        rows = rows.annotate(last_failure_code=Subquery(attempts.values("failure_code")[:1]))
        return rows.defer("data_encrypted", "version__form", "version__example", "service__search_vector")

    @admin.display(description=_("status"), ordering="status")
    def status_badge(self, service_request: ServiceRequest) -> str:
        return status_badge(service_request)

    @admin.display(description=_("needs a human"), ordering="parked_reason")
    def needs_human(self, service_request: ServiceRequest) -> str:
        return why_parked(service_request)

    @admin.display(description=_("last failure"))
    def last_failure(self, service_request: Any) -> str:
        return service_request.last_failure_code or ""

    @admin.display(description=_("outcome unknown"))
    def is_outcome_unknown(self, service_request: ServiceRequest) -> str:
        return yes_no(service_request.outcome_unknown)

    @admin.display(description=_("age"), ordering="created_at")
    def age(self, service_request: ServiceRequest) -> str:
        return timesince(service_request.created_at, timezone.now(), depth=1)
