"""Lanes: how hard each agency's system may be called, and the switch that pauses it."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from services_catalog.admin.base import AgencyScopedAdmin, badge
from services_catalog.models import Lane


@admin.register(Lane)
class LaneAdmin(AgencyScopedAdmin):
    agency_path = "service__agency"
    agency_officer_may = frozenset({"view", "change"})
    agency_officer_changes = ["paused", "slots", "call_deadline_seconds"]
    # A lane comes with the first publication of its service and goes with the service.
    nobody_may = frozenset({"add", "delete"})

    list_display = ["service_name", "state", "slots", "call_deadline_seconds", "recent_call_ms"]
    list_filter = ["paused", "service__agency"]
    search_fields = ["service__code", "service__name_th", "service__name_en"]
    ordering = ["service__code"]
    actions = ["pause", "resume"]
    readonly_fields = ["service", "recent_call_ms"]
    fieldsets = [
        (None, {"fields": ["service", "paused"]}),
        (_("Limits"), {"fields": [("slots", "call_deadline_seconds"), "recent_call_ms"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Lane]:
        return super().get_queryset(request).select_related("service")

    @admin.display(description=_("service"), ordering="service__name_th")
    def service_name(self, lane: Lane) -> str:
        return f"{lane.service} · {lane.service.code}"

    @admin.display(description=_("state"))
    def state(self, lane: Lane) -> str:
        if lane.paused:
            return badge(_("Paused"), "danger")
        return badge(_("Slow"), "warning") if lane.is_slow else badge(_("Normal"), "success")

    @admin.action(description=_("Pause: deliver nothing for now"), permissions=["change"])
    def pause(self, request: HttpRequest, lanes: QuerySet[Lane]) -> None:
        self._switch(request, lanes, paused=True)

    @admin.action(description=_("Resume delivery"), permissions=["change"])
    def resume(self, request: HttpRequest, lanes: QuerySet[Lane]) -> None:
        self._switch(request, lanes, paused=False)

    def _switch(self, request: HttpRequest, lanes: QuerySet[Lane], *, paused: bool) -> None:
        """Through the log entry of each lane, so that its history says who switched it."""
        switched = list(lanes.exclude(paused=paused))
        lanes.filter(pk__in=[lane.pk for lane in switched]).update(paused=paused)
        for lane in switched:
            self.log_change(request, lane, [{"changed": {"fields": [str(_("paused"))]}}])
        message = _("%(count)d lanes paused.") if paused else _("%(count)d lanes resumed.")
        self.message_user(request, message % {"count": len(switched)})
