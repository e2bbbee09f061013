"""What happened to a request, and what was tried."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from citizens.service_requests.admin.badges import outcome_badge, status_badge
from citizens.service_requests.models import DeliveryAttempt, StatusEvent
from services_catalog.admin.base import AgencyScopedInline, yes_no
from services_catalog.languages import for_reader


class TimelineInline(AgencyScopedInline):
    model = StatusEvent
    agency_path = "service_request__service__agency"
    ordering = ["sequence"]
    fields = ("sequence", "occurred_at", "status_badge", "source", "next_actor", "label", "milestone")
    readonly_fields = ("sequence", "occurred_at", "status_badge", "source", "next_actor", "label", "milestone")

    @admin.display(description=_("status"))
    def status_badge(self, event: StatusEvent) -> str:
        return status_badge(event)

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
    ordering = ["number"]
    fields = _ATTEMPT_COLUMNS
    readonly_fields = _ATTEMPT_COLUMNS

    @admin.display(description=_("outcome"))
    def outcome_badge(self, attempt: DeliveryAttempt) -> str:
        return outcome_badge(attempt)

    @admin.display(description=_("looked up first"))
    def looked_up(self, attempt: DeliveryAttempt) -> str:
        return yes_no(attempt.look_up_first)

    @admin.display(description=_("call took"))
    def duration(self, attempt: DeliveryAttempt) -> str:
        if not attempt.sending_at or not attempt.finished_at:
            return ""
        return f"{(attempt.finished_at - attempt.sending_at).total_seconds():.2f} s"
