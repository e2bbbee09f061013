"""Citizens, for central staff: that somebody exists and how they sign in. The number is masked."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from citizens.admin.provider_names import NamesProviders, called, with_provider_names
from citizens.identity.claims import open_national_id
from citizens.identity.deciding import number_reveal
from citizens.models import Citizen, IdentityEvent, LinkedIdentity
from services_catalog.admin.base import AgencyScopedInline
from services_catalog.admin.operating import OperatedAdmin
from services_catalog.admin.operating_forms import CitizenReasonForm
from services_catalog.encryption import CannotDecrypt
from services_catalog.national_id import masked


class IdentityInline(NamesProviders, AgencyScopedInline):
    model = LinkedIdentity
    fields = ("provider_name", "ial", "linked_at", "last_used_at")
    readonly_fields = fields
    ordering = ["linked_at"]


class EventInline(NamesProviders, AgencyScopedInline):
    """As the citizen reads it, the latest first."""

    model = IdentityEvent
    fields = ("created_at", "what", "provider_name", "levels", "device_name", "network", "service_name")
    readonly_fields = fields
    ordering = ["-id"]
    per_page = 20

    def get_queryset(self, request: HttpRequest) -> QuerySet[IdentityEvent]:
        return super().get_queryset(request).select_related("service")

    @admin.display(description=_("event"))
    def what(self, event: IdentityEvent) -> str:
        return event.get_kind_display()

    @admin.display(description=_("IAL / AAL"))
    def levels(self, event: IdentityEvent) -> str:
        return f"{event.ial} / {event.aal}" if event.ial is not None else ""

    @admin.display(description=_("service"))
    def service_name(self, event: IdentityEvent) -> str:
        return str(event.service or "")


@admin.register(Citizen)
class CitizenAdmin(OperatedAdmin):
    # No agency_path: agencies know people by their requests, and only what those carry.
    inlines = [IdentityInline, EventInline]
    list_display = ["id", "number", "providers", "created_at", "updated_at"]
    search_fields = ["=id"]
    search_help_text = _("Our own id of the citizen, as logs and tokens have it.")
    ordering = ["-id"]
    actions = ["reveal"]
    fields = ("id", "number", "created_at", "updated_at")
    readonly_fields = ("id", "number", "created_at", "updated_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Citizen]:
        linked = Prefetch("identities", with_provider_names(LinkedIdentity.objects.all()))
        sealed = ["national_id_fingerprint", "claims_encrypted"]
        return super().get_queryset(request).defer(*sealed).prefetch_related(linked)

    def has_reveal_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "reveal")

    @admin.display(description=_("number, masked"))
    def number(self, citizen: Citizen) -> str:
        try:
            return masked(open_national_id(citizen))
        except CannotDecrypt:
            return "–"

    @admin.display(description=_("signs in with"))
    def providers(self, citizen: Citizen) -> str:
        return ", ".join(sorted(called(identity) for identity in citizen.identities.all()))

    @admin.action(description=_("Reveal the number"), permissions=["reveal"])
    def reveal(self, request: HttpRequest, rows: QuerySet[Citizen]) -> HttpResponse | None:
        if rows.count() != 1:
            self.message_user(request, _("Reveal one number at a time."), messages.ERROR)
            return None
        shown: list[HttpResponse] = []

        def run(ids: Any, form: CitizenReasonForm, by: Any) -> None:
            number = number_reveal(citizen_id=ids[0], by=by, reason=form.cleaned_data["reason"])
            context = {
                **self.admin_site.each_context(request),
                "title": _("The number"),
                "number": number,
                "back": reverse("admin:citizens_citizen_change", args=[ids[0]]),
            }
            shown.append(TemplateResponse(request, "citizens/admin/number.html", context))

        answer = self.operate(request, rows, "reveal", CitizenReasonForm, run)
        return shown[0] if shown else answer
