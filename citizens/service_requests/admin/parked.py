"""Why requests are parked, in plain words, and which of them to list."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from citizens.service_requests.models import ServiceRequest, Status
from services_catalog.admin.base import DropdownFilter

# docs/delivery.md lists the same reasons; a test compares.
PARKED_BECAUSE = {
    "outcome_unknown": _("An attempt may have reached the agency, and nobody can tell by program. Ask the agency."),
    "adapter_error": _("Our adapter has a bug. The agency may have it: ask the agency, and tell the developers."),
    "cannot_prepare": _("Our program cannot tell what to send: a bug. Nothing was sent. Tell the developers."),
    "cannot_decrypt": _("No key opens what the citizen entered. Put the encryption key back, then requeue."),
}


def why_parked(service_request: ServiceRequest) -> str:
    """A sentence for the reason; a reason that has none is shown as it is stored."""
    reason = service_request.parked_reason
    return str(PARKED_BECAUSE.get(reason, reason))


class NeedsHumanFilter(DropdownFilter):  # type: ignore[misc]
    """What no worker moves any more."""

    title = _("needs a human")
    parameter_name = "parked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("yes", _("Parked: a human must look")),
            *((reason, _("Parked: %(reason)s") % {"reason": reason}) for reason in PARKED_BECAUSE),
            ("undeliverable", _("Undeliverable: given up")),
            ("no", _("Neither")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ServiceRequest]) -> QuerySet[ServiceRequest]:
        match self.value():
            case None:
                return queryset
            case "yes":
                return queryset.exclude(parked_reason="")
            case "undeliverable":
                return queryset.filter(status=Status.UNDELIVERABLE)
            case "no":
                return queryset.filter(parked_reason="").exclude(status=Status.UNDELIVERABLE)
            case reason:
                return queryset.filter(parked_reason=reason)
