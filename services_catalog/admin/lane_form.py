"""The form of a lane's limits: weekdays as boxes to tick, and why they change."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from services_catalog.admin.base import CheckboxesWidget
from services_catalog.admin.operating_forms import ReasonForm
from services_catalog.models import Lane
from services_catalog.services.lanes import LIMITS

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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The page keeps what it was rendered with, so that saving writes what its officer has changed and no more.
        for name in LIMITS:
            if name in self.fields:
                self.fields[name].show_hidden_initial = True

    @property
    def changed_limits(self) -> dict[str, Any]:
        """Of a valid form."""
        return {name: self.cleaned_data[name] for name in LIMITS if name in self.changed_data}

    def _was_changed_meanwhile(self, name: str) -> bool:
        """Whether the row has another value than the page was rendered with."""
        field = self.fields[name]
        prefixed = self.add_initial_prefix(name)
        rendered = field.hidden_widget().value_from_datadict(self.data, self.files, prefixed)
        try:
            return field.has_changed(field.to_python(rendered), self.initial[name])
        except forms.ValidationError:
            return True

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        for name in LIMITS:
            if name in self.changed_data and self._was_changed_meanwhile(name):
                self.add_error(name, _("Somebody has changed this since you opened the page: open it anew."))
        if bool(given.get("opens_at")) != bool(given.get("closes_at")) and not self.errors:
            raise forms.ValidationError(_("Opening hours need both ends, or neither."))
        return given
