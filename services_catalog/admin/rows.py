"""The lists of the manual as rows to fill in, drawn from their shapes (services_catalog.manual)."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from services_catalog.claims import CLAIMS
from services_catalog.languages import for_reader
from services_catalog.manual import LISTS, MOST_ROWS, Column, Kind, is_empty, manual_problems

_INPUT_TYPES = {Kind.URL: "url", Kind.EMAIL: "email", Kind.PHONE: "tel", Kind.NUMBER: "number"}
_LANGUAGES = ("th", "en")


class RowsWidget(forms.Widget):
    """One row per entry and an empty one; a button adds more (draft.js). Rows without a text are left out."""

    template_name = "services_catalog/admin/rows.html"

    class Media:
        js = ("services_catalog/admin/draft.js",)

    def __init__(self, columns: tuple[Column, ...]) -> None:
        super().__init__()
        self.columns = columns

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = json.loads(value) if isinstance(value, str) else value or []
        context["headings"] = [(column.label, column.kind.value) for column in self.columns]
        context["rows"] = [self._cells(f"{name}-{number}", row) for number, row in enumerate([*rows, {}])]
        context["most_rows"] = MOST_ROWS
        return context

    def _cells(self, prefix: str, row: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [
            {
                "column": column,
                "kind": column.kind.value,
                "name": f"{prefix}-{column.name}",
                "value": row.get(column.name),
                "input_type": _INPUT_TYPES.get(column.kind, "text"),
            }
            for column in self.columns
        ]

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[dict[str, Any]]:
        count = str(data.get(f"{name}-rows"))
        numbers = range(min(int(count), MOST_ROWS) if count.isdecimal() else 0)
        rows = (self._row(data, f"{name}-{number}") for number in numbers)
        return [row for row in rows if row]

    def _row(self, data: Mapping[str, Any], prefix: str) -> dict[str, Any]:
        """Empty where nobody typed anything: a tick, or a choice that is always made, is no entry."""
        row = {column.name: _given(column, data, f"{prefix}-{column.name}") for column in self.columns}
        typed = [
            row[one.name]
            for one in self.columns
            if one.kind is not Kind.FLAG and ("" in one.choices or not one.choices)
        ]
        return {name: value for name, value in row.items() if not is_empty(value)} if any(typed) else {}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return f"{name}-rows" not in data


def _given(column: Column, data: Mapping[str, Any], name: str) -> Any:
    match column.kind:
        case Kind.TEXT:
            texts = {language: str(data.get(f"{name}_{language}", "")).strip() for language in _LANGUAGES}
            return texts if any(texts.values()) else None
        case Kind.FLAG:
            return name in data
        case Kind.NUMBER:
            typed = str(data.get(name, "")).strip()
            return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 9 else typed
        case _:
            return str(data.get(name, "")).strip()


class RowsField(forms.Field):
    """The list field `name` of the content."""

    def __init__(self, name: str, *, label: Any) -> None:
        super().__init__(label=label, required=False, widget=RowsWidget(LISTS[name]))
        self._name = name

    def clean(self, value: Any) -> Any:
        _refuse_problems({self._name: value})
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != data)


class PurposesField(forms.Field):
    """`claim_purposes`: a row for each identity field that the agency gets, with what it is needed for."""

    def __init__(self, *, label: Any) -> None:
        claims = {"": "", **{claim: for_reader(name.th, name.en) for claim, name in CLAIMS.items()}}
        columns = (
            Column("claim", _("identity field"), Kind.CHOICE, choices=claims),
            Column("purpose", _("needed for")),
        )
        super().__init__(label=label, required=False, widget=RowsWidget(columns))

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return [{"claim": claim, "purpose": purpose} for claim, purpose in value.items()]
        return value

    def clean(self, value: Any) -> dict[str, Any]:
        purposes = {row["claim"]: row.get("purpose", {}) for row in value if row.get("claim")}
        if len(purposes) < len(value):
            raise forms.ValidationError(_("Choose each identity field once."))
        _refuse_problems({"claim_purposes": purposes})
        return purposes

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial or {}) != data)


def _refuse_problems(content: Mapping[str, Any]) -> None:
    """Says in which row something is wrong."""
    problems = manual_problems(content)
    if problems:
        raise forms.ValidationError(
            [_sentence(one.pointer, for_reader(one.message.th, one.message.en)) for one in problems]
        )


def _sentence(pointer: str, message: str) -> str:
    number = pointer.split("/")[2:3]
    if number and number[0].isdecimal():
        return str(_("Row %(number)d: %(problem)s") % {"number": int(number[0]) + 1, "problem": message})
    return message
