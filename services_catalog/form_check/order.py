"""The order of fields. The database keeps JSON objects without one, so a form carries it as `x-order`."""

from typing import Any

_BEFORE = [
    "$schema",
    "$id",
    "$ref",
    "type",
    "format",
    "pattern",
    "x-widget",
    "x-label",
    "x-hint",
    "enum",
    "x-enum-labels",
    "const",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
]
_AFTER = [
    "additionalProperties",
    "required",
    "x-order",
    "properties",
    "items",
    "dependentRequired",
    "allOf",
    "if",
    "then",
    "else",
    "$defs",
]
_RANKS = {
    **{word: position - len(_BEFORE) for position, word in enumerate(_BEFORE)},
    **{word: position + 1 for position, word in enumerate(_AFTER)},
}


def with_order(form: dict[str, Any]) -> dict[str, Any]:
    """The form with an `x-order` for each group of fields: what it names already, then the rest as written."""
    names = list(_fields(form))
    ordered = {**form, "x-order": _ordered(form, names)} if len(names) > 1 else form
    return _mapped(ordered, with_order)


def readable(form: dict[str, Any]) -> dict[str, Any]:
    """A stored form with its fields in their order, and the words that describe a field as people write them."""
    properties = _fields(form)
    if properties:
        form = {**form, "properties": {name: properties[name] for name in _ordered(form, list(properties))}}
    return dict(sorted(_mapped(form, readable).items(), key=lambda item: _RANKS.get(item[0], 0)))


def _fields(form: dict[str, Any]) -> dict[str, Any]:
    found = form.get("properties")
    return found if isinstance(found, dict) else {}


def _ordered(form: dict[str, Any], names: list[str]) -> list[str]:
    given = form.get("x-order")
    wanted = [name for name in given if name in names] if isinstance(given, list) else []
    return list(dict.fromkeys([*wanted, *names]))


def _mapped(form: dict[str, Any], change: Any) -> dict[str, Any]:
    """With the schemas of fields, items and definitions changed."""
    changed = dict(form)
    for keyword in ("properties", "$defs"):
        if isinstance(form.get(keyword), dict):
            changed[keyword] = {
                name: change(one) if isinstance(one, dict) else one for name, one in form[keyword].items()
            }
    if isinstance(form.get("items"), dict):
        changed["items"] = change(form["items"])
    return changed
