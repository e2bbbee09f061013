"""What operators are asked before they do something to requests."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from citizens.service_requests.models import ServiceRequest
from services_catalog.admin.base import CheckboxWidget, DateTimeWidget, TextWidget
from services_catalog.admin.operating_forms import MessageForm, ReasonForm


def _agency_has_nothing(otherwise: Any) -> forms.BooleanField:
    """`otherwise`: what is needed without it, and what happens should it be wrong."""
    return forms.BooleanField(
        label=_("I have asked the agency: it has none of these requests"),
        required=False,
        widget=CheckboxWidget,
        help_text=otherwise,
    )


class RequeueForm(ReasonForm):
    agency_has_nothing = _agency_has_nothing(
        _(
            "Needed only for requests that may have arrived and that we cannot find out about; without it those stay as"
            " they are. Should the agency have one after all, sending it again makes two of it there."
        )
    )
    field_order = ["agency_has_nothing"]


class CancelForm(MessageForm):
    agency_has_nothing = _agency_has_nothing(
        _(
            "Needed only for requests that may have arrived; without it those stay as they are. Should the agency have"
            " one after all, it goes on working on what the citizen believes is cancelled."
        )
    )
    field_order = ["message_th", "message_en", "agency_has_nothing"]


class MarkDeliveredForm(ReasonForm):
    agency_reference = forms.CharField(
        label=_("The agency's own number of the request"),
        max_length=ServiceRequest._meta.get_field("agency_reference").max_length,
        widget=TextWidget,
    )
    taken_at = forms.SplitDateTimeField(
        label=_("When the agency took it"),
        required=False,
        widget=DateTimeWidget,
        help_text=_("As the agency says; leave it empty for now. The citizen reads it."),
    )
    field_order = ["agency_reference", "taken_at"]

    def clean_taken_at(self) -> datetime | None:
        taken_at: datetime | None = self.cleaned_data["taken_at"]
        if taken_at and taken_at > timezone.now():
            raise forms.ValidationError(_("This is in the future."))
        return taken_at
