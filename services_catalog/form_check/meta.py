"""What JSON Schema 2020-12 itself says about a form, in plain words."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

import jsonschema_rs

from services_catalog.form_check.problems import FormProblem
from services_catalog.form_check.walking import LISTS_OF_SCHEMAS, NAMED_SCHEMAS, ONE_SCHEMA
from services_catalog.languages import Text
from services_catalog.problems import pointer

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TYPES = ["string", "number", "integer", "boolean", "array", "object", "null"]

_A_SCHEMA = Text("ต้องเป็นวัตถุ { } ที่บอกลักษณะของช่องนี้", "must be an object { } that describes it")
_COUNT = Text("ต้องเป็นจำนวนเต็มตั้งแต่ 0", "must be a whole number, 0 or more")
_NUMBER = Text("ต้องเป็นตัวเลข", "must be a number")
_TEXT = Text('ต้องเป็นข้อความในเครื่องหมาย "', 'must be a text in "quotes"')
_NAMES = Text("ต้องเป็นรายการชื่อ [ ] ที่ไม่ซ้ำกัน", "must be a list [ ] of names, each once")
_YES_NO = Text("ต้องเป็น true หรือ false", "must be true or false")
_OBJECT = Text("ต้องเป็นวัตถุ { }", "must be an object { }")

_EXPECTED = {
    **dict.fromkeys(ONE_SCHEMA, _A_SCHEMA),
    **dict.fromkeys(LISTS_OF_SCHEMAS, Text("ต้องเป็นรายการ [ ] ที่ไม่ว่าง", "must be a list [ ] that is not empty")),
    **dict.fromkeys(NAMED_SCHEMAS, _OBJECT),
    **dict.fromkeys(
        [
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "minProperties",
            "maxProperties",
            "minContains",
            "maxContains",
        ],
        _COUNT,
    ),
    **dict.fromkeys(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"], _NUMBER),
    **dict.fromkeys(["pattern", "$ref", "$id", "$schema", "$comment", "title", "description", "format"], _TEXT),
    "multipleOf": Text("ต้องเป็นตัวเลขมากกว่า 0", "must be a number above 0"),
    "enum": Text("ต้องเป็นรายการตัวเลือก [ ]", "must be a list [ ] of choices"),
    "required": _NAMES,
    "dependentRequired": _OBJECT,
    **dict.fromkeys(["uniqueItems", "deprecated", "readOnly", "writeOnly"], _YES_NO),
}
_OTHERWISE = Text("ไม่ใช่ค่าที่ใช้ได้ตรงนี้", "has a value that is not allowed here")

# Without formats: patterns are told about in their own words.
_meta = jsonschema_rs.Draft202012Validator({"$ref": DIALECT}, offline=True)


def meta_problems(form: Any) -> Iterator[FormProblem]:
    """One problem for each place that JSON Schema refuses."""
    told = set()
    for error in _meta.iter_errors(form):
        where = pointer(*error.instance_path)
        if where not in told:
            told.add(where)
            yield FormProblem("form", where, "schema", _sentence(form, error.instance_path))


def _sentence(form: Any, path: list[str | int]) -> Text:
    keyword = _keyword_of(path)
    if keyword == "type":
        return _unknown_type(_at(form, path))
    expected = _A_SCHEMA if keyword is None else _EXPECTED.get(keyword, _OTHERWISE)
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    if path and isinstance(path[-1], int):
        name = f"{name}/{path[-1]}"
    return Text(f"“{name}” {expected.th}", f"“{name}” {expected.en}.")


def _keyword_of(path: list[str | int]) -> str | None:
    """The keyword that rules a place; None where a schema is expected."""
    steps = iter(path)
    for keyword in steps:
        if keyword in NAMED_SCHEMAS | LISTS_OF_SCHEMAS:
            if next(steps, None) is None:
                return str(keyword)
        elif keyword not in ONE_SCHEMA:
            return str(keyword)
    return None


def _at(form: Any, path: list[str | int]) -> Any:
    for step in path:
        form = form[step]
    return form


def _unknown_type(given: Any) -> Text:
    if isinstance(given, list):
        given = next((one for one in given if one not in TYPES), given)
    meant = get_close_matches(str(given)[:40], TYPES, n=1)
    shown = f"“{str(given)[:40]}”"
    return Text(
        f"ไม่มีชนิด {shown} ให้ใช้ {', '.join(TYPES)}" + (f" หมายถึง “{meant[0]}” หรือไม่" if meant else ""),
        f"There is no type {shown}: use one of {', '.join(TYPES)}." + (f" Did you mean “{meant[0]}”?" if meant else ""),
    )
