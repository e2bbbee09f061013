"""What operators are asked before an action."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from services_catalog.admin.base import DateTimeWidget, SelectWidget, TextAreaWidget
from services_catalog.languages import Text
from services_catalog.models import Outage
from services_catalog.services.outages import check_message, check_planned


class ReasonForm(forms.Form):
    """What every action asks for."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=TextAreaWidget(attrs={"rows": 2}),
        help_text=_("Kept for good with your name. Operators and the agency's officers read it, citizens do not."),
    )


class CitizenReasonForm(ReasonForm):
    """Of an action about a citizen, of which no agency knows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _(
            "Kept for good with your name. The platform's staff read it; the citizen reads that it was done, not why."
        )


class MessageForm(ReasonForm):
    """A reason, and a message to citizens in both languages."""

    message_th = forms.CharField(
        label=_("Message to citizens, in Thai"), max_length=500, widget=TextAreaWidget(attrs={"rows": 2})
    )
    message_en = forms.CharField(
        label=_("Message to citizens, in English"), max_length=500, widget=TextAreaWidget(attrs={"rows": 2})
    )
    field_order = ["message_th", "message_en"]

    @property
    def message(self) -> Text:
        return Text(self.cleaned_data.get("message_th", ""), self.cleaned_data.get("message_en", ""))


class OutageForm(MessageForm):
    """A message, and what happens to requests meanwhile."""

    meanwhile = forms.TypedChoiceField(
        label=_("Meanwhile"),
        choices=Outage.Meanwhile.choices,
        coerce=Outage.Meanwhile,
        required=False,
        empty_value=Outage.Meanwhile.QUEUE,
        widget=SelectWidget,
    )
    field_order = ["meanwhile", *MessageForm.field_order]


class ForcedOutageForm(OutageForm):
    """The message may be left out when it is urgent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["message_th"].required = self.fields["message_en"].required = False

    def clean(self) -> None:
        check_message(self.message)


class PlannedOutageForm(OutageForm):
    starts_at = forms.SplitDateTimeField(label=_("Starts at"), widget=DateTimeWidget)
    ends_at = forms.SplitDateTimeField(label=_("Ends at"), widget=DateTimeWidget)
    field_order = ["starts_at", "ends_at", *OutageForm.field_order]

    def clean(self) -> None:
        given = self.cleaned_data
        if not self.errors:
            check_planned(starts_at=given["starts_at"], ends_at=given["ends_at"], message=self.message)
