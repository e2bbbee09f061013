"""References inside a form: only to its own parts, never in a circle, never to too much."""

from collections.abc import Iterator

from services_catalog.form_check.problems import FormProblem
from services_catalog.form_check.walking import Schema, all_schemas, children, target_of
from services_catalog.languages import Text

# Counted with every reference followed; a few that double each other would keep a process busy for years.
MOST_SCHEMAS = 20_000
DEEPEST_SCHEMA = 100

_ELSEWHERE = Text(
    "อ้างถึงได้เฉพาะส่วนของแบบฟอร์มนี้ เช่น “#/$defs/address”: ระบบไม่ดึงแบบฟอร์มจากที่อื่น",
    "A reference may only name a part of this form, such as “#/$defs/address”: nothing is fetched from elsewhere.",
)
_DYNAMIC = Text(
    "ใช้ {name} ไม่ได้ ให้ใช้ $ref ถึงส่วนของแบบฟอร์มนี้", "{name} cannot be used: write a $ref to a part of this form."
)
_NESTED = Text("ใช้ {name} ได้เฉพาะชั้นบนสุดของแบบฟอร์ม", "{name} may stand at the top of a form only.")
_CIRCLE = Text("การอ้างถึงวนกลับมาที่เดิม", "This reference comes back to itself.")
_TOO_MUCH = Text("แบบฟอร์มใหญ่เกินไปเมื่อรวมส่วนที่อ้างถึง", "The form is too large once its references are followed.")

_UNUSABLE = ("$dynamicRef", "$recursiveRef", "$anchor", "$dynamicAnchor")
_ONLY_ON_TOP = ("$id", "$schema", "$vocabulary")


def reference_problems(form: Schema) -> Iterator[FormProblem]:
    """For a form that is valid by JSON Schema."""
    schemas = all_schemas(form)
    wrong = [problem for where, schema in schemas.items() for problem in _of_one(where, schema, schemas)]
    yield from wrong or _of_all(form, schemas)


def _of_one(where: str, schema: Schema, schemas: dict[str, Schema]) -> Iterator[FormProblem]:
    for name in _UNUSABLE:
        if name in schema:
            yield _problem(f"{where}/{name}", Text(_DYNAMIC.th.format(name=name), _DYNAMIC.en.format(name=name)))
    for name in _ONLY_ON_TOP:
        if where and name in schema:
            yield _problem(f"{where}/{name}", Text(_NESTED.th.format(name=name), _NESTED.en.format(name=name)))
    if "$ref" not in schema:
        return
    target = target_of(schema["$ref"])
    if target is None:
        yield _problem(f"{where}/$ref", _ELSEWHERE)
    elif target not in schemas:
        name = str(schema["$ref"])[:80]
        message = Text(f"ไม่มีส่วน “{name}” ในแบบฟอร์มนี้", f"There is no part “{name}” in this form.")
        yield _problem(f"{where}/$ref", message)


def _of_all(form: Schema, schemas: dict[str, Schema]) -> Iterator[FormProblem]:
    """Follows every reference, as a validator would; the first circle is told."""
    waiting: list[tuple[Schema, tuple[str, ...], int]] = [(form, (), 0)]
    followed = 0
    while waiting:
        schema, trail, depth = waiting.pop()
        followed += 1
        if followed > MOST_SCHEMAS or depth > DEEPEST_SCHEMA:
            yield _problem("", _TOO_MUCH)
            return
        target = target_of(schema.get("$ref"))
        if target is not None:
            if target in trail:
                yield _problem(next(where for where, one in schemas.items() if one is schema) + "/$ref", _CIRCLE)
                return
            waiting.append((schemas[target], (*trail, target), depth + 1))
        # Definitions count where they are used.
        below = [child for steps, child in children(schema) if steps[0] != "$defs" and isinstance(child, dict)]
        waiting += [(child, trail, depth + 1) for child in below]


def _problem(where: str, message: Text) -> FormProblem:
    return FormProblem("form", where, "reference", message)
