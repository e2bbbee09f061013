"""An example made from a form. What cannot be made up is left for people: checking the example tells where."""

import math
from typing import Any

from services_catalog.form_check.compiling import answer_problems, compiled
from services_catalog.form_check.order import readable
from services_catalog.form_check.patterns import text_for
from services_catalog.form_check.walking import Schema, all_schemas, resolved

_FORMATS = {
    "thai-national-id": "1101700234568",
    "date": "2026-01-15",
    "date-time": "2026-01-15T09:00:00+07:00",
    "time": "09:00:00+07:00",
    "duration": "P1D",
    "email": "somchai@example.com",
    "idn-email": "somchai@example.com",
    "hostname": "example.com",
    "uri": "https://example.com/",
    "iri": "https://example.com/",
    "uuid": "0190b4a2-0000-7000-8000-000000000000",
    "ipv4": "192.0.2.1",
}
_WORDS = "ตัวอย่าง "
_LONGEST_TEXT = 500
# In all the lists around a value together.
_MOST_ITEMS = 50
_MOST_REPAIRS = 20


def example_for(form: Schema) -> Any:
    """Data with every field filled in where the form allows it; for a form without errors. It may still not fit."""
    made = _value(readable(form), all_schemas(form), _MOST_ITEMS)
    validator = compiled(form)
    for _round in range(_MOST_REPAIRS):
        problems = list(answer_problems(validator, made))
        surplus = [one.pointer for one in problems if one.code in ("falseSchema", "additionalProperties", "not")]
        if not any(_dropped(made, where) for where in surplus):
            break
    return made


def _dropped(data: Any, where: str) -> bool:
    """Whether a member of an object was there, and is no more."""
    *steps, last = [step.replace("~1", "/").replace("~0", "~") for step in where.split("/")[1:]] or [""]
    for step in steps:
        data = data[int(step)] if isinstance(data, list) else data[step]
    return isinstance(data, dict) and data.pop(last, None) is not None


def _value(given: Any, schemas: dict[str, Schema], room: int) -> Any:
    schema = _with_first_branch(resolved(given, schemas), schemas)
    for keyword in ("const", "default"):
        if keyword in schema:
            return schema[keyword]
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind == "object" or (kind is None and "properties" in schema):
        return {name: _value(field, schemas, room) for name, field in schema.get("properties", {}).items() if field}
    if kind == "array":
        return _items(schema, schemas, room)
    if kind in ("integer", "number"):
        try:
            return _number(schema, whole=kind == "integer")
        except ArithmeticError:  # limits beyond what floats hold
            return 1
    return {"boolean": True, "null": None}.get(str(kind), _text(schema))


def _with_first_branch(schema: Schema, schemas: dict[str, Schema]) -> Schema:
    for keyword in ("anyOf", "oneOf"):
        if schema.get(keyword):
            schema = {**schema, **resolved(schema[keyword][0], schemas)}
    return schema


def _items(schema: Schema, schemas: dict[str, Schema], room: int) -> list[Any]:
    items = schema.get("items", {})
    count = max(1, min(schema.get("minItems", 0), room))
    choices = resolved(items, schemas).get("enum")
    if choices and schema.get("uniqueItems"):
        return list(choices[:count])
    return [_value(items, schemas, room // count) for _position in range(count)]


def _number(schema: Schema, *, whole: bool) -> float | int:
    step = schema.get("multipleOf", 1)
    low = max(schema.get("minimum", -math.inf), schema.get("exclusiveMinimum", -math.inf))
    high = min(schema.get("maximum", math.inf), schema.get("exclusiveMaximum", math.inf))
    if low == -math.inf:
        low = 1 if high >= 1 else high - step
    wanted = math.ceil(low / step) * step
    if wanted == schema.get("exclusiveMinimum"):
        wanted += step
    if not whole and not low <= wanted <= high:
        wanted = (low + high) / 2
    return int(wanted) if wanted == int(wanted) else wanted


def _text(schema: Schema) -> str:
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    made = text_for(schema["pattern"]) if "pattern" in schema else None
    if made is not None:
        return made
    least = int(min(schema.get("minLength", 0), _LONGEST_TEXT))
    most = int(min(schema.get("maxLength", _LONGEST_TEXT), _LONGEST_TEXT))
    return (_WORDS * (1 + least // len(_WORDS))).strip().ljust(least, "ก")[:most]
