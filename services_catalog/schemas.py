"""Forms: JSON Schema 2020-12, checked when they are written and used to check what citizens send."""

import json
from collections import OrderedDict
from collections.abc import Callable, Sequence
from itertools import islice
from threading import Lock
from typing import Any
from uuid import UUID

import jsonschema_rs

from services_catalog.form_check import FormProblem, problems_of_example, problems_of_form
from services_catalog.form_check.compiling import answer_problems, compiled
from services_catalog.problems import FieldProblem

MAX_PROBLEMS_TOLD = 50
_COMPILED_FORMS_KEPT = 1000
_LONGEST_SHORT_FORM = 16_384
_REFERENCES = frozenset({"$ref", "$dynamicRef", "$recursiveRef"})


class InvalidForm(Exception):
    """A form is not a usable JSON Schema, or refuses its example; the message and the problems say where and why."""

    def __init__(self, message: str, problems: Sequence[FormProblem] = ()) -> None:
        super().__init__(message)
        self.problems = problems


def check_form(form: Any, example: Any) -> None:
    """Raises InvalidForm when the form is not 2020-12, refers elsewhere, or refuses its own example."""
    refuse_unusable(form)
    if problems := problems_of_example(form, example):
        where = ", ".join(f"{problem.pointer or '/'} ({problem.code})" for problem in problems)
        raise InvalidForm(f"The example does not fit the form: {where}", problems)


def refuse_unusable(form: Any) -> None:
    """Raises InvalidForm; warnings are no reason."""
    if errors := [problem for problem in problems_of_form(form) if not problem.is_warning]:
        told = ", ".join(f"{problem.pointer or '/'}: {problem.message.en}" for problem in errors)
        raise InvalidForm(f"Not a usable JSON Schema 2020-12: {told}", errors)


def check_short_form(form: Any) -> None:
    """For forms that come by themselves, with nobody to look at them and no example. Raises InvalidForm.

    They hold no references: a few that double each other would keep a process busy for years.
    """
    refuse_unusable(form)
    if _refers(form):
        raise InvalidForm("A form that comes with a message may not use $ref or $dynamicRef.")
    if len(json.dumps(form)) > _LONGEST_SHORT_FORM:
        raise InvalidForm(f"A form that comes with a message has at most {_LONGEST_SHORT_FORM} characters.")


def _refers(form: Any) -> bool:
    if isinstance(form, dict):
        return not _REFERENCES.isdisjoint(form) or any(map(_refers, form.values()))
    return isinstance(form, list) and any(map(_refers, form))


class _CompiledForms:
    """Compiled forms of immutable service versions, the least recently used dropped first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, jsonschema_rs.Draft202012Validator] = OrderedDict()
        self._lock = Lock()

    def get(self, version_id: UUID, load_form: Callable[[], dict[str, Any]]) -> jsonschema_rs.Draft202012Validator:
        with self._lock:
            if version_id in self._kept:
                self._kept.move_to_end(version_id)
                return self._kept[version_id]
        validator = compiled(load_form())
        with self._lock:
            self._kept[version_id] = validator
            if len(self._kept) > _COMPILED_FORMS_KEPT:
                self._kept.popitem(last=False)
        return validator


_compiled_forms = _CompiledForms()


def form_problems(version_id: UUID, load_form: Callable[[], dict[str, Any]], data: Any) -> list[FieldProblem]:
    """What is wrong with `data` under that version's form; pointers are relative to the data. Empty when it fits.

    One problem for each field: a wrong type is not told again as a wrong choice.
    """
    return _told(_compiled_forms.get(version_id, load_form), data)


def short_form_problems(form: dict[str, Any], data: Any) -> list[FieldProblem]:
    """The same for a form that `check_short_form` let through; it is compiled each time."""
    return _told(compiled(form), data)


def _told(validator: jsonschema_rs.Draft202012Validator, data: Any) -> list[FieldProblem]:
    if validator.is_valid(data):
        return []
    first_of_each_field: dict[str, FieldProblem] = {}
    for problem in islice(answer_problems(validator, data), MAX_PROBLEMS_TOLD):
        first_of_each_field.setdefault(problem.pointer, problem)
    return list(first_of_each_field.values())
