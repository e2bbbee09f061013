"""What an editor fills in: first a code and a name, then the draft."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from services_catalog.admin.adapter_options import AdapterOptionsField, adapter_choices, option_problems
from services_catalog.admin.base import CheckboxesWidget, SelectWidget, TextWidget
from services_catalog.admin.form_editor import FormEditorMixin
from services_catalog.admin.rows import PurposesField, RowsField
from services_catalog.admin.serializer_options import said
from services_catalog.languages import for_reader
from services_catalog.models import Agency, Service, ServiceDraft
from services_catalog.models.agencies import code_validator
from services_catalog.models.content import AAL_LEVELS, IAL_LEVELS
from services_catalog.services.drafts import CHANGED_MEANWHILE, CODE_TAKEN
from services_catalog.snapshots import CONTENT_FIELDS

_SATANG = Decimal("0.01")
# Names reach 449 characters, but seldom.
_TEXT_ROWS = {
    2: {f"{name}_{language}" for name in ("name", "fee_note", "not_electronic_reason") for language in ("th", "en")},
    4: {f"{name}_{language}" for name in ("description", "purpose", "conditions") for language in ("th", "en")},
    3: {"aliases"},
}


def _size(form: forms.BaseForm) -> None:
    for rows, names in _TEXT_ROWS.items():
        for name in form.fields.keys() & names:
            form.fields[name].widget.attrs["rows"] = rows


class RegisterForm(forms.ModelForm):  # type: ignore[type-arg]
    """A service that is not there yet. Editors of an agency are not asked whose it is."""

    code = forms.CharField(
        label=capfirst(_("code")),
        max_length=64,
        validators=[code_validator],
        widget=TextWidget,
        help_text=_("For programs, and for good: the agency's code and what it is, such as dlt-licence-renewal."),
    )
    agency = forms.ModelChoiceField(
        label=capfirst(_("agency")), queryset=Agency.objects.order_by("name_th"), widget=SelectWidget
    )

    class Meta:
        model = ServiceDraft
        fields = ["name_th", "name_en"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _size(self)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if Service.objects.filter(code=code).exists():
            raise forms.ValidationError(for_reader(CODE_TAKEN.th, CODE_TAKEN.en))
        return code


def _levels(levels: list[Decimal], label: Any) -> forms.TypedChoiceField:
    choices = [(str(level), str(level)) for level in levels]
    return forms.TypedChoiceField(label=label, choices=choices, coerce=Decimal, widget=SelectWidget)


def _ticks(name: str, label: Any, **kwargs: Any) -> forms.MultipleChoiceField:
    field: Any = ServiceDraft._meta.get_field(name)
    return forms.MultipleChoiceField(label=label, choices=field.base_field.choices, widget=CheckboxesWidget, **kwargs)


class DraftForm(FormEditorMixin, forms.ModelForm):  # type: ignore[type-arg]
    legal_references = RowsField("legal_references", label=_("Legal references"))
    steps = RowsField("steps", label=_("Steps"))
    documents = RowsField("documents", label=_("Documents"))
    fees = RowsField("fees", label=_("Fees in detail"))
    contacts = RowsField("contacts", label=_("Contacts"))
    complaint_channels = RowsField("complaint_channels", label=_("Complaint channels"))
    channels = _ticks("channels", _("Channels"), required=False)
    audiences = _ticks("audiences", _("Audience"))
    min_ial = _levels(IAL_LEVELS, capfirst(_("lowest identity assurance (IAL)")))
    min_aal = _levels(AAL_LEVELS, capfirst(_("lowest sign-in assurance (AAL)")))
    privacy_url = forms.URLField(
        label=capfirst(_("privacy notice")), required=False, max_length=500, assume_scheme="https", widget=TextWidget
    )
    adapter = forms.ChoiceField(label=_("How requests reach you"), required=False, widget=SelectWidget)
    adapter_options = AdapterOptionsField(label=capfirst(_("adapter options")), required=False)

    class Meta:
        model = ServiceDraft
        fields = [*(name.removesuffix("_id") for name in CONTENT_FIELDS), "form", "example"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Built for each form: its choices are in the reader's language.
        self.fields["claim_purposes"] = PurposesField(label=_("Identity fields the agency gets"))
        self.fields["adapter"].choices = adapter_choices()  # type: ignore[attr-defined]
        _size(self)

    def clean_fee_baht(self) -> Decimal | None:
        fee: Decimal | None = self.cleaned_data["fee_baht"]
        return fee if fee is None else fee.quantize(_SATANG)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if self.data.get("seen") != self.instance.edited_at.isoformat():
            raise forms.ValidationError(for_reader(CHANGED_MEANWHILE.th, CHANGED_MEANWHILE.en))
        for name, value in given.items():
            if isinstance(value, str):
                given[name] = value.replace("\r\n", "\n")
        for problem in option_problems(given.get("adapter", ""), given.get("adapter_options", {})):
            self.add_error("adapter_options", problem)
        return given

    def clean_adapter_options(self) -> dict[str, Any]:
        """What says the same as before stays as it was written."""
        given: dict[str, Any] = self.cleaned_data["adapter_options"]
        before: dict[str, Any] = self.instance.adapter_options
        return before if said(before) == given else given
