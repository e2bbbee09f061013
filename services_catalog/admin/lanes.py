"""Lanes: how hard each agency's system may be called, and what operators do when it is in trouble."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services_catalog.admin.base import ChoiceFilter, badge
from services_catalog.admin.lane_actions import LaneActions
from services_catalog.admin.lane_form import LaneForm
from services_catalog.admin.scoping import refuse_foreign
from services_catalog.models import Breaker, Lane, Standing
from services_catalog.services.lanes import LIMITS, lane_limits_change
from services_catalog.services.operator_actions import doer_of

STANDING_COLOURS: dict[str, str] = {
    Standing.PAUSED: "danger",
    Standing.OUTAGE: "danger",
    Standing.BREAKER_OPEN: "danger",
    Standing.CLOSED: "warning",
    Standing.USED_UP: "warning",
    Standing.PROBING: "warning",
    Standing.RUNNING: "success",
}


@admin.register(Lane)
class LaneAdmin(LaneActions):
    agency_path = "service__agency"
    # A lane comes with the first publication of its service and goes with the service.
    agency_officer_changes = [*LIMITS, "reason"]

    form = LaneForm
    list_display = ["service_name", "state", "slots", "call_deadline_seconds", "rates", "recent_call_ms"]
    list_filter = ["paused", ("breaker", ChoiceFilter), "service__agency"]
    search_fields = ["service__code", "service__name_th", "service__name_en"]
    ordering = ["service__code"]
    actions = [
        *("pause", "resume", "probe", "hold_breaker_open", "hold_breaker_closed", "release_breaker"),
        *("force_outage", "end_outages", "plan_outage"),
    ]
    readonly_fields = ["service", "state", "breaker_state", "since", "next_probe", "recent_call_ms"]
    fieldsets = [
        (None, {"fields": ["service", "state", ("breaker_state", "since", "next_probe")]}),
        (_("Limits"), {"fields": [
            ("slots", "call_deadline_seconds", "recent_call_ms"),
            ("rate_per_second", "rate_per_day", "give_up_after_days"),
        ]}),
        (_("Opening hours of the agency's system"), {"fields": [("opens_at", "closes_at"), "open_weekdays"]}),
        (_("Why the limits change"), {"fields": ["reason"]}),
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Lane]:
        lanes: Any = super().get_queryset(request).select_related("service")
        with_outage: QuerySet[Lane] = lanes.with_outage(timezone.now())
        return with_outage

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may only look is not asked for a reason."""
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if self.has_change_permission(request, obj) else fieldsets[:-1]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        refuse_foreign(self, request, obj)
        reason = form.cleaned_data["reason"]
        lane_limits_change(lane_id=obj.pk, changes=form.changed_limits, by=doer_of(request.user), reason=reason)

    @admin.display(description=_("service"), ordering="service__name_th")
    def service_name(self, lane: Lane) -> str:
        return f"{lane.service} · {lane.service.code}"

    @admin.display(description=_("state"))
    def state(self, lane: Lane) -> str:
        standing = lane.standing(timezone.now())
        if standing == Standing.RUNNING and lane.is_slow:
            return badge(_("Slow"), "warning")
        return badge(standing.label, STANDING_COLOURS[standing])

    @admin.display(description=_("circuit breaker"))
    def breaker_state(self, lane: Lane) -> str:
        if lane.breaker_override:
            return str(_("held: %(state)s")) % {"state": lane.get_breaker_override_display()}
        return str(Breaker(lane.breaker).label)

    @admin.display(description=_("breaker since"))
    def since(self, lane: Lane) -> datetime | None:
        """Of a breaker that decides by itself."""
        return None if lane.breaker_override else lane.breaker_since

    @admin.display(description=_("next probe"))
    def next_probe(self, lane: Lane) -> datetime | None:
        """None where there will be none: a breaker that is held does not probe."""
        return lane.breaker_probe_at if lane.breaker == Breaker.OPEN and not lane.breaker_override else None

    @admin.display(description=_("per second · per day"))
    def rates(self, lane: Lane) -> str:
        limits = (lane.rate_per_second, lane.rate_per_day)
        return " · ".join("–" if one is None else str(one) for one in limits) if any(limits) else "–"
