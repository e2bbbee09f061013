"""Whether a form can be used, and whether it takes its example."""

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from services_catalog.form_check.compiling import answer_problems, compiled
from services_catalog.form_check.hints import hint_problems
from services_catalog.form_check.meta import DIALECT, meta_problems
from services_catalog.form_check.problems import FormProblem
from services_catalog.form_check.reading import Unreadable, refuse_unstorable
from services_catalog.form_check.references import reference_problems
from services_catalog.form_check.walking import Schema, all_schemas
from services_catalog.languages import Text
from services_catalog.problems import pointer

MOST_PROBLEMS = 50
_MOST_PATTERNS = 100

_NO_OBJECT = Text(
    'ชั้นบนสุดของแบบฟอร์มต้องเป็นวัตถุที่มี "type": "object"',
    'The top of a form must be an object with "type": "object".',
)
_DIALECT = Text(f"$schema ต้องเป็น “{DIALECT}”", f"$schema must be “{DIALECT}”.")
_UNUSABLE = Text("แบบฟอร์มนี้ใช้ตรวจคำตอบไม่ได้", "Answers cannot be checked by this form.")
_LOOKS_AROUND = Text(
    "รูปแบบนี้ใช้การมองไปข้างหน้าหรือย้อนกลับ ((?=…) (?!…) (?<=…)) หรือการอ้างกลับ (\\1) ซึ่งใช้ไม่ได้ เพราะอาจทำให้ระบบค้าง",
    "This pattern looks around ((?=…), (?!…), (?<=…)) or back (\\1). It cannot be used: it could keep the platform "
    "busy for ever.",
)
_NO_PATTERN = Text(
    "รูปแบบ (regular expression) นี้ไม่ถูกต้อง หรือใหญ่เกินไป", "This regular expression is not valid, or too large."
)
_MANY_PATTERNS = Text(f"มีรูปแบบเกิน {_MOST_PATTERNS} รูปแบบ", f"There are more than {_MOST_PATTERNS} patterns.")
_LOOK = re.compile(r"\(\?(=|!|<=|<!)|\\[1-9]|\\k<|\(\?P=")


def problems_of_form(form: Any) -> list[FormProblem]:
    """Errors when the form cannot be used; when it can, warnings about what people would miss. Fifty at the most."""
    for step in _STEPS:
        if found := list(islice(step(form), MOST_PROBLEMS)):
            return found
    return list(islice(hint_problems(form), MOST_PROBLEMS))


def problems_of_example(form: Schema, example: Any) -> list[FormProblem]:
    """For a form without errors. Fifty at the most."""
    found = islice(answer_problems(compiled(form), example), MOST_PROBLEMS)
    return [FormProblem("example", one.pointer, one.code, one.message) for one in found]


def _shape(form: Any) -> Iterator[FormProblem]:
    try:
        refuse_unstorable(form)
    except Unreadable as error:
        yield FormProblem("form", "", error.code, error.message)
        return
    if not isinstance(form, dict) or form.get("type") != "object":
        yield FormProblem("form", "", "no_object", _NO_OBJECT)
    elif form.get("$schema", DIALECT) != DIALECT:
        yield FormProblem("form", "/$schema", "dialect", _DIALECT)


def _patterns(form: Schema) -> Iterator[FormProblem]:
    found = [one for where, schema in all_schemas(form).items() for one in _patterns_of(where, schema)]
    if len({pattern for _, pattern in found}) > _MOST_PATTERNS:
        yield FormProblem("form", "", "pattern", _MANY_PATTERNS)
        return
    for where, pattern in found:
        if not _compiles({"pattern": pattern}):
            yield FormProblem("form", where, "pattern", _LOOKS_AROUND if _LOOK.search(pattern) else _NO_PATTERN)


def _patterns_of(where: str, schema: Schema) -> Iterator[tuple[str, str]]:
    if "pattern" in schema:
        yield f"{where}/pattern", schema["pattern"]
    for pattern in schema.get("patternProperties", {}):
        yield where + pointer("patternProperties", pattern), pattern


def _whole(form: Schema) -> Iterator[FormProblem]:
    if not _compiles(form):
        yield FormProblem("form", "", "unusable", _UNUSABLE)


def _compiles(schema: Schema) -> bool:
    try:
        compiled(schema)
    except ValueError:
        return False
    return True


# Each may rely on those before it.
_STEPS: list[Callable[[Any], Iterator[FormProblem]]] = [_shape, meta_problems, reference_problems, _patterns, _whole]
