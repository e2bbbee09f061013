"""What a service says, in lines that people read: field by field, both languages, never JSON."""

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from services_catalog.claims import CLAIMS
from services_catalog.languages import Text, for_reader
from services_catalog.manual import LISTS, Column, Kind, is_empty, rows_in
from services_catalog.models import ServiceDraft

_DEEPEST = 8
_MOST_FIELDS = 500
_TOLD_OTHERWISE = {"properties", "required", "$defs", "$schema", "$id", "$ref", "type", "x-label", "title"}


def label_of(name: str) -> str:
    """What a field of the content is called."""
    field: Any = ServiceDraft._meta.get_field(name)
    return str(field.verbose_name)


def lines_of(name: str, value: Any) -> list[str]:
    """A field's value; no lines where it says nothing."""
    if value in (None, "", [], {}):
        return []
    if name in LISTS:
        return [_row(LISTS[name], row) for row in rows_in(value)]
    return _WRITERS.get(name, _plain)(name, value)


def both(text: Any) -> str:
    """A text in both languages."""
    given = text if isinstance(text, dict) else {}
    return " / ".join(str(given[one]) for one in ("th", "en") if given.get(one))


def _row(columns: tuple[Column, ...], row: Mapping[str, Any]) -> str:
    parts = (_cell(column, row.get(column.name)) for column in columns)
    return " · ".join(part for part in parts if part)


def _cell(column: Column, value: Any) -> str:
    if is_empty(value):
        return ""
    match column.kind:
        case Kind.TEXT:
            return both(value)
        case Kind.FLAG:
            return str(column.label) if value else _("not always required")
        case Kind.CHOICE:
            return str(column.choices.get(value, value))
        case Kind.BAHT:
            return _("%(amount)s baht") % {"amount": value}
        case _:
            return str(value)


def _plain(name: str, value: Any) -> list[str]:
    field = ServiceDraft._meta.get_field(name)
    choices = dict(getattr(field, "flatchoices", ()))
    if isinstance(value, bool):
        return [_("Yes") if value else _("No")]
    return [str(choices.get(value, value))]


def _choices(name: str, value: Any) -> list[str]:
    field: Any = ServiceDraft._meta.get_field(name)
    choices = dict(getattr(field.base_field, "flatchoices", ()))
    return [str(choices.get(one, one)) for one in value]


def _moment(name: str, value: Any) -> list[str]:
    moment = parse_datetime(value)
    return [formats.date_format(timezone.localtime(moment), "DATETIME_FORMAT")] if moment else [str(value)]


def _claims(name: str, value: Any) -> list[str]:
    return [": ".join(filter(None, [claim_name(claim), both(purpose)])) for claim, purpose in value.items()]


def claim_name(claim: str) -> str:
    known = CLAIMS.get(claim, Text(claim, claim))
    return for_reader(known.th, known.en)


def _members(name: str, value: Any) -> list[str]:
    if not isinstance(value, dict):
        return [_brief(value)]
    return [f"{key}: {_brief(one)}" for key, one in value.items() if one not in ("", None)]


def _brief(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _form(name: str, value: Any) -> list[str]:
    return [f"{path}: {told}" if path else told for path, told in form_fields(value).items()]


_WRITERS: dict[str, Callable[[str, Any], list[str]]] = {
    "channels": _choices,
    "audiences": _choices,
    "aliases": _choices,
    "opens_at": _moment,
    "closes_at": _moment,
    "claim_purposes": _claims,
    "adapter_options": _members,
    "example": _members,
    "form": _form,
}


def form_fields(form: Any) -> dict[str, str]:
    """Every field of a form by its path, described with all that is asked of it; the form's own rules have path ""."""
    root = form if isinstance(form, dict) else {}
    # Forms that refer to themselves go on for ever.
    return dict(islice(_walk(root, root, "", is_required=False, depth=0), _MOST_FIELDS))


def _walk(root: Mapping[str, Any], node: Any, path: str, *, is_required: bool, depth: int) -> Iterator[tuple[str, str]]:
    node = _resolved(root, node)
    if told := _told(node, is_required):
        yield path, told
    inner = node.get("properties")
    if not isinstance(inner, dict) or depth == _DEEPEST:
        return
    needed = node.get("required") if isinstance(node.get("required"), list) else []
    for name, child in inner.items():
        where = f"{path}.{name}" if path else str(name)
        yield from _walk(root, child, where, is_required=name in needed, depth=depth + 1)


def _resolved(root: Mapping[str, Any], node: Any) -> Mapping[str, Any]:
    """A node with the definition it refers to; its own words win."""
    if not isinstance(node, dict):
        return {"schema": node}
    reference = node.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#/$defs/"):
        return node
    definitions = root.get("$defs")
    target = definitions.get(reference.removeprefix("#/$defs/")) if isinstance(definitions, dict) else None
    return {**target, **node} if isinstance(target, dict) else node


def _told(node: Mapping[str, Any], is_required: bool) -> str:
    parts = [both(node.get("x-label")) or str(node.get("title", ""))]
    kind = node.get("type")
    if kind not in (None, "object"):
        parts.append(_KINDS[kind]() if isinstance(kind, str) and kind in _KINDS else _brief(kind))
    if is_required:
        parts.append(_("required"))
    for keyword in sorted(node.keys() - _TOLD_OTHERWISE):
        value = node[keyword]
        is_text = isinstance(value, dict) and value.keys() <= {"th", "en"}
        parts.append(f"{keyword} {both(value) if is_text else _brief(value)}")
    return ", ".join(part for part in parts if part)


_KINDS: dict[str, Callable[[], str]] = {
    "string": lambda: _("text"),
    "integer": lambda: _("whole number"),
    "number": lambda: _("number"),
    "boolean": lambda: _("yes or no"),
    "array": lambda: _("list"),
}
