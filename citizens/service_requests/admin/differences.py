"""What agencies say differently of our requests, found by reconciliation: to be read, and settled with the agency."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from citizens.service_requests.models import Difference, Status
from services_catalog.admin.base import AgencyScopedAdmin, ChoiceFilter, DropdownFilter, badge


class SettledFilter(DropdownFilter):  # type: ignore[misc]
    title = _("settled")
    parameter_name = "settled"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("Not settled")), ("yes", _("Settled"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Difference]) -> QuerySet[Difference]:
        if self.value() is None:
            return queryset
        return queryset.filter(settled_at__isnull=self.value() == "no")


@admin.register(Difference)
class DifferenceAdmin(AgencyScopedAdmin):
    agency_path = "service_request__service__agency"

    list_display = ["receipt", "service", "found", "our_status", "theirs", "found_at", "settled_at"]
    list_filter = [SettledFilter, ("kind", ChoiceFilter)]
    search_fields = ["=service_request__receipt_number", "=service_request__agency_reference"]
    search_help_text = _("A whole receipt number, or the agency's whole reference.")
    ordering = ["-found_at"]
    fields = [("service_request", "service"), ("found", "our_status", "theirs"), ("found_at", "settled_at")]
    readonly_fields = ["service_request", "service", "found", "our_status", "theirs", "found_at", "settled_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Difference]:
        rows = super().get_queryset(request).select_related("service_request__service")
        return rows.defer("service_request__data_encrypted", "service_request__service__search_vector")

    @admin.display(description=_("service request"))
    def receipt(self, difference: Difference) -> str:
        return difference.service_request.receipt_number

    @admin.display(description=_("service"))
    def service(self, difference: Difference) -> str:
        return str(difference.service_request.service)

    @admin.display(description=_("difference"))
    def found(self, difference: Difference) -> str:
        return badge(difference.get_kind_display(), "" if difference.settled_at else "warning")

    @admin.display(description=_("our status"))
    def our_status(self, difference: Difference) -> str:
        return str(Status(difference.ours).label)
