"""The form of a lane's limits: weekdays as boxes to tick, and why they change."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from services_catalog.admin.base import CheckboxesWidget
from services_catalog.admin.operating_forms import ReasonForm
from services_catalog.models import Lane

_WEEKDAYS = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]


class LaneForm(forms.ModelForm):  # type: ignore[type-arg]
    open_weekdays = forms.TypedMultipleChoiceField(
        label=_("Open on"), choices=_WEEKDAYS, coerce=int, widget=CheckboxesWidget
    )
    reason = ReasonForm.base_fields["reason"]

    class Meta:
        model = Lane
        fields = "__all__"  # noqa: DJ007  (the admin names the fields, and who may change which)

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if bool(given.get("opens_at")) != bool(given.get("closes_at")) and not self.errors:
            raise forms.ValidationError(_("Opening hours need both ends, or neither."))
        return given
