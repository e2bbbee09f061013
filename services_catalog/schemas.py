"""Forms: JSON Schema 2020-12, checked when they are written and used to check what citizens send."""

import json
from collections import OrderedDict
from collections.abc import Callable, Iterator
from itertools import islice
from threading import Lock
from typing import Any
from uuid import UUID

import jsonschema_rs
from stdnum.th import moa, pin

from services_catalog.form_sentences import sentence_for
from services_catalog.problems import FieldProblem, pointer

MAX_PROBLEMS_TOLD = 50
_COMPILED_FORMS_KEPT = 1000
_LONGEST_SHORT_FORM = 16_384
_REFERENCES = frozenset({"$ref", "$dynamicRef", "$recursiveRef"})


class InvalidForm(Exception):
    """A form is not a usable JSON Schema; the message says where and why."""


def is_national_id(value: str) -> bool:
    """13 digits with a right check digit: a citizen's number, stateless people's (first digit 0) included.

    Companies' numbers begin with 0, a province and a kind, stateless people's with 0, a province and a district: the
    two cannot be told apart, so both pass. 099 is no province; such numbers are public bodies' only.
    """
    if not (len(value) == 13 and value.isascii() and value.isdigit()):
        return False
    return pin.is_valid(value) or (moa.is_valid(value) and not value.startswith("099"))


def _compile(form: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        form,
        validate_formats=True,
        formats={"thai-national-id": is_national_id},
        pattern_options=jsonschema_rs.RegexOptions(),  # linear time: no catastrophic patterns
        mask="***",
        offline=True,  # no remote $ref
    )


def _usable(form: Any) -> jsonschema_rs.Draft202012Validator:
    """The compiled form. Raises InvalidForm."""
    if not isinstance(form, dict) or form.get("type") != "object":
        raise InvalidForm("The top level of a form must be an object.")
    try:
        jsonschema_rs.meta.validate(form)
        return _compile(form)
    except ValueError as error:
        raise InvalidForm(f"Not a JSON Schema 2020-12: {str(error).splitlines()[0]}") from None


def check_form(form: Any, example: Any) -> None:
    """Raises InvalidForm when the form is not 2020-12, refers elsewhere, or refuses its own example."""
    problems = list(_problems(_usable(form), example))
    if problems:
        where = ", ".join(f"{problem.pointer or '/'} ({problem.code})" for problem in problems)
        raise InvalidForm(f"The example does not fit the form: {where}")


def check_short_form(form: Any) -> None:
    """For forms that come by themselves, with nobody to look at them and no example. Raises InvalidForm.

    They hold no references: a few that double each other would keep a process busy for years.
    """
    _usable(form)
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
        validator = _compile(load_form())
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
    return _told(_compile(form), data)


def _told(validator: jsonschema_rs.Draft202012Validator, data: Any) -> list[FieldProblem]:
    if validator.is_valid(data):
        return []
    first_of_each_field: dict[str, FieldProblem] = {}
    for problem in islice(_problems(validator, data), MAX_PROBLEMS_TOLD):
        first_of_each_field.setdefault(problem.pointer, problem)
    return list(first_of_each_field.values())


def _problems(validator: jsonschema_rs.Draft202012Validator, data: Any) -> Iterator[FieldProblem]:
    for error in validator.iter_errors(data):
        keyword, details = error.kind.name, error.kind.as_dict()
        # What is missing or surplus is a member of the object the error points at.
        members = [details["property"]] if keyword == "required" else details.get("unexpected", [None])
        for member in members:
            path = [*error.instance_path, *([] if member is None else [member])]
            yield FieldProblem(pointer(*path), keyword, sentence_for(keyword, details))
