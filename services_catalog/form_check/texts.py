"""A form and its example as texts that somebody is typing: everything that is wrong, and on which line."""

import json
from dataclasses import dataclass
from typing import Any

from services_catalog.form_check.checking import problems_of_example, problems_of_form
from services_catalog.form_check.examples import example_for
from services_catalog.form_check.problems import FormProblem, Part
from services_catalog.form_check.reading import START, Place, Unreadable, places, read_json
from services_catalog.languages import Text

_EMPTY = Text("ยังไม่มีแบบฟอร์ม", "There is no form yet.")


@dataclass(frozen=True, slots=True)
class PlacedProblem:
    """A problem, and where it stands in its text."""

    problem: FormProblem
    place: Place


@dataclass(frozen=True, slots=True)
class CheckedTexts:
    """`example` is one made from the form, as text; None while the form has errors."""

    problems: list[PlacedProblem]
    example: str | None


def read_text(part: Part, text: str) -> tuple[Any, list[PlacedProblem]]:
    """The value of a JSON text; or None, and why it has none. A text of spaces counts as {}."""
    try:
        return read_json(text if text.strip() else "{}"), []
    except Unreadable as error:
        problem = FormProblem(part, "", error.code, error.message)
        return None, [PlacedProblem(problem, error.place)]


def place_problems(problems: list[FormProblem], text: str) -> list[PlacedProblem]:
    """Each at its own place, or at the nearest one above that the text has."""
    known = places(text) if problems else {}
    return [PlacedProblem(one, _nearest(one.pointer, known)) for one in problems]


def _nearest(where: str, known: dict[str, Place]) -> Place:
    while where and where not in known:
        where = where.rpartition("/")[0]
    return known.get(where, START)


def check_texts(form_text: str, example_text: str) -> CheckedTexts:
    """Problems of both; those of the example's content once the form is right and an example is there."""
    form, found = read_text("form", form_text)
    example, unreadable = read_text("example", example_text)
    if form == {}:
        found = [PlacedProblem(FormProblem("form", "", "empty", _EMPTY, is_warning=True), START)]
        return CheckedTexts([*found, *unreadable], None)
    if not found:
        found = place_problems(problems_of_form(form), form_text)
    if any(not one.problem.is_warning for one in found):
        return CheckedTexts([*found, *unreadable], None)
    if example_text.strip() and not unreadable:
        unreadable = place_problems(problems_of_example(form, example), example_text)
    made = json.dumps(example_for(form), ensure_ascii=False, indent=2)
    return CheckedTexts([*found, *unreadable], made)
