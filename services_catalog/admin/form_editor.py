"""The editor of a service's form: fields for any ModelForm of a model with `form` and `example`.

Without JavaScript it is two plain text areas, checked when they are sent. With it, the text area of the form gets a
builder, a preview as the phone draws it, and its problems as people type (static/services_catalog/form_editor).
"""

import json
from typing import Any

from django import forms
from django.forms.fields import InvalidJSONInput
from django.forms.widgets import Script
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from services_catalog.admin.base import TextAreaWidget
from services_catalog.form_check import (
    PlacedProblem,
    example_for,
    place_problems,
    problems_of_example,
    problems_of_form,
    read_text,
    readable,
    with_order,
)
from services_catalog.form_check.problems import Part
from services_catalog.languages import for_reader

_STATIC = "services_catalog/form_editor"

# What the script says to the officer, in the officer's language.
_WORDS = {
    "line": _("Line"),
    "example": _("Example"),
    "fine": _("No problems: the form can be used."),
    "unchecked": _("The form could not be checked. It will be tried again with your next change."),
    "signed_out": _("You are signed out. Sign in again in another tab, then go on here."),
    "unreadable": _("The JSON has a mistake. Mend it in the tab JSON; the builder comes back then."),
    "no_builder": _("The builder cannot show this form. Edit it in the tab JSON."),
}
# What the phone says around the fields, in the phone's language.
_ON_THE_PHONE = {
    "th": {
        "optional": "ไม่บังคับ",
        "sometimes": "บางกรณี",
        "choose": "เลือก",
        "date": "วัน เดือน ปี พ.ศ.",
        "file": "แนบไฟล์",
        "add": "เพิ่มรายการ",
        "send": "ส่งคำขอ",
        "yes": "ใช่",
        "empty": "ยังไม่มีช่องให้กรอก",
        "other": "ช่องแบบพิเศษ",
    },
    "en": {
        "optional": "optional",
        "sometimes": "in some cases",
        "choose": "Choose",
        "date": "Day, month, year (B.E.)",
        "file": "Attach a file",
        "add": "Add another",
        "send": "Send the request",
        "yes": "Yes",
        "empty": "There is nothing to fill in yet",
        "other": "special field",
    },
}


class FormEditorWidget(TextAreaWidget):  # type: ignore[misc]
    template_name = "services_catalog/admin/form_editor.html"

    class Media:
        css = {"all": [f"{_STATIC}/form_editor.css"]}
        js = [Script(f"{_STATIC}/editor.js", type="module")]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, {"rows": 24, "spellcheck": "false", **(attrs or {})})
        context["told"] = {
            "check": reverse("form-check"),
            "words": {name: str(word) for name, word in _WORDS.items()},
            "phone": _ON_THE_PHONE,
        }
        return context


class ExampleWidget(TextAreaWidget):  # type: ignore[misc]
    template_name = "services_catalog/admin/form_example.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, {"rows": 10, "spellcheck": "false", **(attrs or {})})
        return context


class JSONTextField(forms.JSONField):
    """JSON as it was typed, with its mistakes told by place. Empty is {}."""

    part: Part

    def to_python(self, value: Any) -> Any:
        if self.disabled:
            return value
        parsed, problems = read_text(self.part, value or "")
        raise_for(problems)
        return parsed

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial if self.disabled else InvalidJSONInput(data or "")

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, InvalidJSONInput):
            return value
        return json.dumps(value, ensure_ascii=False, indent=2) if value else ""


class FormEditorField(JSONTextField):
    """A form (JSON Schema 2020-12) that can be used, or {}. The cleaned form carries the order of its fields."""

    part = "form"
    widget = FormEditorWidget

    def to_python(self, value: Any) -> Any:
        form = super().to_python(value)
        if form == {} or self.disabled:
            return form
        raise_for(place_problems(problems_of_form(form), value))
        return with_order(form)

    def prepare_value(self, value: Any) -> Any:
        return super().prepare_value(readable(value) if isinstance(value, dict) else value)


class ExampleField(JSONTextField):
    """An example of answers, or {}. Whether it fits the form, the two together tell (FormEditorMixin)."""

    part = "example"
    widget = ExampleWidget

    def to_python(self, value: Any) -> Any:
        example = super().to_python(value)
        raise_for(place_problems(problems_of_example({"type": "object"}, example), value or ""))
        return example


class FormEditorMixin(forms.Form):
    """For a ModelForm, before it in the bases. The example has to fit the form; an empty one is made from it."""

    form = FormEditorField(label=_("Form"), required=False)
    example = ExampleField(label=_("Example"), required=False)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        form = cleaned.get("form")
        if form and "example" in cleaned:
            example = cleaned["example"] = cleaned["example"] or example_for(form)
            try:
                text = self.data.get(self.add_prefix("example"), "")
                raise_for(place_problems(problems_of_example(form, example), text))
            except forms.ValidationError as error:
                self.add_error("example", error)
        return cleaned


def raise_for(problems: list[PlacedProblem]) -> None:
    """Raises a ValidationError with a sentence for each problem that is more than a warning."""
    errors = [problem for problem in problems if not problem.problem.is_warning]
    if errors:
        raise forms.ValidationError(
            [forms.ValidationError(_sentence(error), code=error.problem.code) for error in errors]
        )


def _sentence(placed: PlacedProblem) -> str:
    where, message = placed.problem.pointer, placed.problem.message
    told = for_reader(message.th, message.en)
    line = _("Line %(line)d, column %(column)d") % {"line": placed.place.line, "column": placed.place.column}
    return f"{line} ({where}): {told}" if where else f"{line}: {told}"
