"""What the list and the page of lanes offer; the decisions are those of services.lanes and services.outages."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from services_catalog.admin.operating import OperatedAdmin
from services_catalog.admin.operating_forms import ForcedOutageForm, PlannedOutageForm, ReasonForm
from services_catalog.models import Lane
from services_catalog.services.lanes import lane_breaker_hold, lane_pause, lane_probe_now, lane_resume
from services_catalog.services.operator_actions import Doer
from services_catalog.services.outages import outage_announce, outage_force, outages_end

Answer = HttpResponse | None
# Takes lane_id, by and reason; returns whether anything changed.
Change = Callable[..., Any]


class LaneActions(OperatedAdmin):
    """What the admin of lanes inherits."""

    def has_pause_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "pause")

    def has_force_outage_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "force_outage")

    def has_plan_outage_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "plan_outage")

    @admin.action(description=_("Pause"), permissions=["pause"])
    def pause(self, request: HttpRequest, lanes: QuerySet[Lane]) -> Answer:
        return self._each(request, lanes, "pause", lambda form: lane_pause)

    @admin.action(description=_("Resume"), permissions=["pause"])
    def resume(self, request: HttpRequest, lanes: QuerySet[Lane]) -> Answer:
        return self._each(request, lanes, "resume", lambda form: lane_resume)

    @admin.action(description=_("Probe now"), permissions=["operate"])
    def probe(self, request: HttpRequest, lanes: QuerySet[Lane]) -> Answer:
        return self._each(request, lanes, "probe", lambda form: lane_probe_now)

    @admin.action(description=_("Hold breaker open (stop)"), permissions=["operate"])
    def hold_breaker_open(self, request: HttpRequest, lanes: QuerySet[Lane]) -> Answer:
        hold = partial(lane_breaker_hold, state="open")
        return self._each(request, lanes, "hold_breaker_open", lambda form: hold)

    @admin.action(description=_("Hold breaker closed (ignore failures)"), permissions=["operate"])
    def hold_breaker_closed(self, request: HttpRequest, lanes: QuerySet[Lane]) -> Answer:
        hold = partial(lane_breaker_hold, state="closed")
        return self._each(request, lanes, "hold_breaker_closed", lambda form: hold)

    @admin.action(description=_("Breaker automatic"), permissions=["operate"])
    def release_breaker(self, request: HttpRequest, lanes: QuerySet[Lane]) -> Answer:
        return self._each(request, lanes, "release_breaker", lambda form: partial(lane_breaker_hold, state=""))

    @admin.action(description=_("Force an outage"), permissions=["force_outage"])
    def force_outage(self, request: HttpRequest, lanes: QuerySet[Lane]) -> Answer:
        def change(form: ForcedOutageForm) -> Change:
            return partial(outage_force, message=form.message, meanwhile=form.cleaned_data["meanwhile"])

        return self._each(request, lanes, "force_outage", change, ForcedOutageForm)

    @admin.action(description=_("End the outage"), permissions=["operate"])
    def end_outages(self, request: HttpRequest, lanes: QuerySet[Lane]) -> Answer:
        return self._each(request, lanes, "end_outages", lambda form: outages_end)

    @admin.action(description=_("Plan an outage"), permissions=["plan_outage"])
    def plan_outage(self, request: HttpRequest, lanes: QuerySet[Lane]) -> Answer:
        def change(form: PlannedOutageForm) -> Change:
            given = {name: form.cleaned_data[name] for name in ("starts_at", "ends_at", "meanwhile")}
            return partial(outage_announce, message=form.message, **given)

        return self._each(request, lanes, "plan_outage", change, PlannedOutageForm)

    def _each(
        self,
        request: HttpRequest,
        lanes: QuerySet[Lane],
        action: str,
        change: Callable[[Any], Change],
        form_class: type[ReasonForm] = ReasonForm,
    ) -> Answer:
        """`change` makes of the valid form what is done to each lane."""

        def run(ids: Sequence[UUID], form: ReasonForm, by: Doer) -> None:
            one = partial(change(form), by=by, reason=form.cleaned_data["reason"])
            done = sum(bool(one(lane_id=lane_id)) for lane_id in ids)
            self.tell(request, done, len(ids) - done)

        return self.operate(request, lanes, action, form_class, run)
