"""What operators are asked before they do something to requests."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from citizens.service_requests.models import ServiceRequest
from services_catalog.admin.base import CheckboxWidget, TextWidget
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
    field_order = ["agency_reference"]
