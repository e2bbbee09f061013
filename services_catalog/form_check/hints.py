"""What a form needs besides being valid, so that people can read it on the phone. See docs/forms.md."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from services_catalog.form_check.problems import FormProblem
from services_catalog.form_check.walking import (
    LISTS_OF_SCHEMAS,
    NAMED_SCHEMAS,
    ONE_SCHEMA,
    Schema,
    all_schemas,
    resolved,
    target_of,
)
from services_catalog.languages import Text
from services_catalog.problems import pointer

WIDGETS = [
    "long-text",
    "national-id",
    "phone",
    "buddhist-date",
    "file",
    "address",
    "vehicle-plate",
    "land-deed",
    "bank-account",
]
FORMATS = [
    *("date", "date-time", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6", "uri"),
    *(
        "uri-reference",
        "iri",
        "iri-reference",
        "uri-template",
        "uuid",
        "json-pointer",
        "relative-json-pointer",
        "regex",
    ),
    "thai-national-id",
]
_HINTS = ["x-label", "x-hint", "x-enum-labels", "x-widget", "x-order"]
_KEYWORDS = [
    *ONE_SCHEMA,
    *LISTS_OF_SCHEMAS,
    *NAMED_SCHEMAS,
    *("$schema", "$id", "$ref", "$comment", "$vocabulary", "type", "enum", "const", "title", "description", "default"),
    *("examples", "deprecated", "readOnly", "writeOnly", "format", "pattern", "minLength", "maxLength", "minimum"),
    *("maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems"),
    *("minContains", "maxContains", "required", "minProperties", "maxProperties", "dependentRequired"),
    *("contentEncoding", "contentMediaType"),
]
_LANGUAGES = [("th", Text("ภาษาไทย", "Thai")), ("en", Text("ภาษาอังกฤษ", "English"))]


def hint_problems(form: Schema) -> Iterator[FormProblem]:
    """Warnings, for a form that can be used."""
    schemas = all_schemas(form)
    for where, schema in schemas.items():
        yield from _unknown_words(where, schema)
    yield from _of_fields(schemas)


def _unknown_words(where: str, schema: Schema) -> Iterator[FormProblem]:
    for word in schema:
        if word not in _KEYWORDS and word not in _HINTS:
            yield _unknown(where + pointer(word), "keyword", word, [*_KEYWORDS, *_HINTS])
    for word, known in [("format", FORMATS), ("x-widget", WIDGETS)]:
        if word in schema and schema[word] not in known:
            yield _unknown(where + pointer(word), word, str(schema[word]), known)


def _unknown(where: str, code: str, word: str, known: list[str]) -> FormProblem:
    meant = get_close_matches(word[:60], known, n=1)
    message = Text(
        f"ระบบไม่รู้จัก “{word[:60]}” จึงไม่มีผล" + (f" หมายถึง “{meant[0]}” หรือไม่" if meant else ""),
        f"“{word[:60]}” is not known and does nothing." + (f" Did you mean “{meant[0]}”?" if meant else ""),
    )
    return _warning(where, code, message)


def _of_fields(schemas: dict[str, Schema]) -> Iterator[FormProblem]:
    """Looks at what people see: from the top through properties and items, wherever references lead."""
    seen: set[str] = set()
    waiting = [("", schemas[""])]
    while waiting:
        where, schema = waiting.pop(0)
        if where in seen:
            continue
        seen.add(where)
        yield from _of_choices(where, schema)
        yield from _of_required(where, schema)
        for name, field in _named(schema):
            yield from _of_label(where + pointer("properties", name), name, resolved(field, schemas))
        waiting += [(where + steps, child) for steps, child in _below(schema)]
        if (target := target_of(schema.get("$ref"))) is not None:
            waiting.append((target, schemas[target]))


def _named(schema: Schema) -> list[tuple[str, Any]]:
    return list(schema.get("properties", {}).items())


def _below(schema: Schema) -> Iterator[tuple[str, Schema]]:
    for name, field in _named(schema):
        if isinstance(field, dict):
            yield pointer("properties", name), field
    if isinstance(schema.get("items"), dict):
        yield "/items", schema["items"]


def _of_label(where: str, name: str, field: Schema) -> Iterator[FormProblem]:
    yield from _of_text(
        where, field.get("x-label"), "label", Text(f"ช่อง “{name}” ไม่มีชื่อ", f"The field “{name}” has no name")
    )
    if "x-hint" in field:
        yield from _of_text(
            where, field["x-hint"], "hint", Text(f"คำแนะนำของช่อง “{name}” ไม่มี", f"The hint of “{name}” is missing")
        )


def _of_choices(where: str, field: Schema) -> Iterator[FormProblem]:
    if not isinstance(field.get("enum"), list):
        return
    labels = field.get("x-enum-labels")
    for choice in field["enum"]:
        label = labels.get(str(choice)) if isinstance(labels, dict) else None
        shown = str(choice)[:60]
        missing = Text(f"ตัวเลือก “{shown}” ไม่มีชื่อ", f"The choice “{shown}” has no name")
        yield from _of_text(f"{where}/enum", label, "choice", missing)


def _of_text(where: str, given: Any, code: str, missing: Text) -> Iterator[FormProblem]:
    """`given` is {"th": …, "en": …}."""
    for language, name in _LANGUAGES:
        text = given.get(language) if isinstance(given, dict) else None
        if not isinstance(text, str) or not text.strip():
            yield _warning(where, f"{code}_{language}", Text(f"{missing.th}{name.th}", f"{missing.en} in {name.en}."))


def _of_required(where: str, schema: Schema) -> Iterator[FormProblem]:
    if "properties" not in schema or "patternProperties" in schema:
        return
    for name in schema.get("required", []):
        if name not in schema["properties"]:
            message = Text(f"ต้องกรอก “{name}” แต่ไม่มีช่องนี้", f"“{name}” is required, and there is no such field.")
            yield _warning(f"{where}/required", "required", message)


def _warning(where: str, code: str, message: Text) -> FormProblem:
    return FormProblem("form", where, code, message, is_warning=True)
