"""Outages, planned and forced. They are announced from the lanes, several at once where one system serves them all."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services_catalog.admin.base import ChoiceFilter, badge
from services_catalog.admin.operating import OperatedAdmin
from services_catalog.admin.operating_forms import ReasonForm
from services_catalog.languages import for_reader
from services_catalog.models import Outage
from services_catalog.services.operator_actions import Doer
from services_catalog.services.outages import outage_end


@admin.register(Outage)
class OutageAdmin(OperatedAdmin):
    agency_path = "lane__service__agency"

    list_display = ["service", "kind", "meanwhile", "state", "starts_at", "ends_at", "message"]
    list_filter = [("kind", ChoiceFilter), ("meanwhile", ChoiceFilter), "lane__service__agency"]
    search_fields = ["=lane__service__code"]
    ordering = ["-starts_at"]
    actions = ["end"]
    fields = (
        "service",
        ("kind", "state"),
        ("starts_at", "ends_at"),
        "meanwhile",
        "message_th",
        "message_en",
        "announced_by_name",
    )
    readonly_fields = ["service", "state", "announced_by_name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Outage]:
        return super().get_queryset(request).select_related("lane__service", "announced_by")

    def subject_of(self, row: Any) -> UUID:
        lane_id: UUID = row.lane_id
        return lane_id

    def has_end_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "end")

    @admin.display(description=_("service"), ordering="lane__service__name_th")
    def service(self, outage: Outage) -> str:
        return f"{outage.lane.service} · {outage.lane.service.code}"

    @admin.display(description=_("state"))
    def state(self, outage: Outage) -> str:
        now = timezone.now()
        if outage.ends_at is not None and outage.ends_at <= now:
            return badge(_("Over"))
        return badge(_("In force"), "danger") if outage.starts_at <= now else badge(_("Planned"), "info")

    @admin.display(description=_("message"))
    def message(self, outage: Outage) -> str:
        return for_reader(outage.message_th, outage.message_en)

    @admin.display(description=_("announced by"))
    def announced_by_name(self, outage: Outage) -> str:
        """A name: agencies have no page of the platform's officers to be linked to."""
        return str(outage.announced_by or "")

    @admin.action(description=_("End or call off"), permissions=["end"])
    def end(self, request: HttpRequest, outages: QuerySet[Outage]) -> HttpResponse | None:
        """What an operator forced, operators end; what its agency forced, the agency, too."""
        if not self.may(request, "end_forced"):
            by_its_agency = Q(announced_by__agency=F("lane__service__agency"))
            outages = outages.filter(Q(kind=Outage.Kind.PLANNED) | by_its_agency)

        def run(ids: Sequence[UUID], form: ReasonForm, by: Doer) -> None:
            reason = form.cleaned_data["reason"]
            done = sum(outage_end(outage_id=outage_id, by=by, reason=reason) for outage_id in ids)
            self.tell(request, done, len(ids) - done)

        return self.operate(request, outages, "end", ReasonForm, run)
