"""The form of a service: documents as rows instead of JSON, channels as boxes to tick."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from services_catalog.admin.base import CheckboxesWidget
from services_catalog.models import Service

DOCUMENT_SOURCES = [("upload", _("the citizen uploads it")), ("agency", _("fetched from another agency"))]
_EMPTY_ROWS = 2
# Names reach 449 characters, but seldom.
_TEXT_ROWS = {
    2: ["name_th", "name_en", "fee_note_th", "fee_note_en"],
    5: ["description_th", "description_en"],
    3: ["aliases"],
}


class DocumentsWidget(forms.Widget):
    """One row per document, and two empty ones; a row without a name is left out."""

    template_name = "services_catalog/admin/documents.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        documents = json.loads(value) if isinstance(value, str) else value or []
        context["rows"] = [*documents, *({} for _row in range(_EMPTY_ROWS))]
        context["sources"] = DOCUMENT_SOURCES
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[dict[str, Any]]:
        documents = []
        for row in range(_row_count(data.get(f"{name}-rows"))):
            th, en = (str(data.get(f"{name}-{row}-{one}", "")).strip() for one in ("th", "en"))
            if th or en:
                required = f"{name}-{row}-required" in data
                source = data.get(f"{name}-{row}-source", "upload")
                documents.append({"name": {"th": th, "en": en}, "required": required, "source": source})
        return documents

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return f"{name}-rows" not in data


class DocumentsField(forms.Field):
    """[{"name": {"th", "en"}, "required": bool, "source": "upload" | "agency"}]"""

    widget = DocumentsWidget

    def clean(self, value: Any) -> list[dict[str, Any]]:
        for document in value:
            if not document["name"]["th"]:
                raise forms.ValidationError(_("Every document needs a name in Thai."))
            if document["source"] not in dict(DOCUMENT_SOURCES):
                raise forms.ValidationError(_("A document is uploaded or fetched from another agency."))
        return list(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != data)


class ServiceForm(forms.ModelForm):  # type: ignore[type-arg]
    documents = DocumentsField(label=_("Documents"), required=False)
    channels = forms.MultipleChoiceField(
        label=_("Channels"), required=False, choices=Service.Channel.choices, widget=CheckboxesWidget
    )

    privacy_url = forms.URLField(label=_("privacy notice"), required=False, assume_scheme="https")

    class Meta:
        model = Service
        fields = "__all__"  # noqa: DJ007  (the admin names the fields, and who may change which)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for rows, names in _TEXT_ROWS.items():
            for name in self.fields.keys() & set(names):
                self.fields[name].widget.attrs["rows"] = rows


def as_json(value: Any) -> SafeString:
    """A value as people read JSON, Thai letters included."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return format_html('<pre class="json">{}</pre>', text)


def _row_count(given: Any) -> int:
    """As many rows as the page had, and never more than anybody would type."""
    return min(int(given), 50) if str(given).isdecimal() else 0
