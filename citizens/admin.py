"""Citizens, for central staff: that somebody exists and how they sign in. Never the number, never what they entered."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from citizens.models import Citizen, LinkedIdentity
from services_catalog.admin.base import AgencyScopedAdmin, AgencyScopedInline


class IdentityInline(AgencyScopedInline):
    model = LinkedIdentity
    fields = ("provider", "ial", "linked_at", "last_used_at")
    readonly_fields = ("provider", "ial", "linked_at", "last_used_at")
    ordering = ["linked_at"]


@admin.register(Citizen)
class CitizenAdmin(AgencyScopedAdmin):
    # No agency_path: agencies know people by their requests, and only what those carry.
    inlines = [IdentityInline]
    list_display = ["id", "providers", "created_at", "updated_at"]
    search_fields = ["=id"]
    search_help_text = _("Our own id of the citizen, as logs and tokens have it.")
    ordering = ["-id"]
    fields = ("id", "created_at", "updated_at")
    readonly_fields = ("id", "created_at", "updated_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Citizen]:
        sealed = ["national_id_fingerprint", "national_id_encrypted", "claims_encrypted"]
        return super().get_queryset(request).defer(*sealed).prefetch_related("identities")

    @admin.display(description=_("signs in with"))
    def providers(self, citizen: Citizen) -> str:
        return ", ".join(sorted(identity.provider for identity in citizen.identities.all()))
