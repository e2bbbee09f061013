"""Held identities, for platform staff to decide: both sides, what differs, and a reason."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from citizens.admin.provider_names import NamesProviders
from citizens.identity.deciding import CannotDecide, held_identity_compare, held_identity_decide
from citizens.identity.provider_names import name_of, provider_names
from citizens.models import HeldIdentity
from services_catalog.admin.base import ChoiceFilter
from services_catalog.admin.operating import OperatedAdmin
from services_catalog.admin.operating_forms import CitizenReasonForm
from services_catalog.claims import CLAIMS
from services_catalog.languages import for_reader
from services_catalog.services.operator_actions import Doer


def side_by_side(held: HeldIdentity) -> SafeString:
    comparison = held_identity_compare(held)
    codes = [held.provider, *comparison.providers]
    names = provider_names(codes)
    here, *linked = (for_reader(name.th, name.en) for name in (name_of(code, names) for code in codes))
    rows = [(row, for_reader(CLAIMS[row.claim].th, CLAIMS[row.claim].en)) for row in comparison.rows]
    is_waiting = held.decision == HeldIdentity.Decision.WAITING
    context = {
        "held": here,
        "standing": _("held") if is_waiting else held.get_decision_display(),
        "linked": linked,
        "rows": rows,
    }
    return render_to_string("citizens/admin/comparison.html", context)


def decision_form(held: HeldIdentity) -> type[forms.Form]:
    """Asks for a reason below what it is about, and remembers what was shown."""
    seen = held_identity_compare(held).marks()[0].hex()

    class DecisionForm(CitizenReasonForm):
        seen_values = forms.CharField(
            label="", initial=seen, widget=forms.HiddenInput, help_text=side_by_side(held), max_length=64
        )
        field_order = ["seen_values", "reason"]

    return DecisionForm


@admin.register(HeldIdentity)
class HeldIdentityAdmin(NamesProviders, OperatedAdmin):
    list_display = ["held_at", "provider_name", "citizen", "differs", "decision", "decided_by", "decided_at"]
    list_filter = [("decision", ChoiceFilter)]
    search_fields = ["=citizen__id"]
    search_help_text = _("Our own id of the citizen, as logs and tokens have it.")
    ordering = ["-id"]
    actions = ["accept", "refuse"]
    fields = (
        *("citizen", "provider_name", "ial", "held_at", "both_sides"),
        *("decision", "decided_by", "decided_at", "reason"),
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[HeldIdentity]:
        return super().get_queryset(request).select_related("citizen", "decided_by")

    def offered(self, row: HeldIdentity) -> Sequence[Any]:
        """What is decided is decided once."""
        return super().offered(row) if row.decision == HeldIdentity.Decision.WAITING else []

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "decide")

    @admin.display(description=_("fields that differ"))
    def differs(self, held: HeldIdentity) -> str:
        return ", ".join(for_reader(CLAIMS[name].th, CLAIMS[name].en) for name in held.differing if name in CLAIMS)

    @admin.display(description=_("side by side"))
    def both_sides(self, held: HeldIdentity) -> SafeString:
        return side_by_side(held)

    @admin.action(description=_("Accept: it is the same person"), permissions=["decide"])
    def accept(self, request: HttpRequest, rows: QuerySet[HeldIdentity]) -> HttpResponse | None:
        return self._decide(request, rows, "accept", HeldIdentity.Decision.ACCEPTED)

    @admin.action(description=_("Refuse: the data differ"), permissions=["decide"])
    def refuse(self, request: HttpRequest, rows: QuerySet[HeldIdentity]) -> HttpResponse | None:
        return self._decide(request, rows, "refuse", HeldIdentity.Decision.REFUSED)

    def _decide(
        self, request: HttpRequest, rows: QuerySet[HeldIdentity], action: str, decision: HeldIdentity.Decision
    ) -> HttpResponse | None:
        if (held := rows.first()) is None or rows.count() != 1:
            self.message_user(request, _("Decide about one at a time."), messages.ERROR)
            return None

        def run(ids: Sequence[UUID], form: forms.Form, by: Doer) -> None:
            given = form.cleaned_data
            try:
                held_identity_decide(
                    held_id=ids[0], decision=decision, seen=given["seen_values"], by=by, reason=given["reason"]
                )
            except CannotDecide as refusal:
                self.message_user(request, str(refusal.sentence), messages.ERROR)
            else:
                self.message_user(request, _("Decided."), messages.SUCCESS)

        return self.operate(request, rows, action, decision_form(held), run)
