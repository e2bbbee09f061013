"""What people read about a form they write, and where."""

import json
import re
import time
from typing import Any

import pytest

from services_catalog.form_check import CheckedTexts, check_texts, problems_of_form
from services_catalog.schemas import InvalidForm, check_form
from services_catalog.services.demo_catalogue import Form, demo_forms

THAI = re.compile("[\u0e01-\u0e4e]")
LABEL = {"x-label": {"th": "ชื่อ", "en": "Name"}}


def form_with(field: Any, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"name": field}, **more}


def checked(form: Any, example: str = "") -> CheckedTexts:
    return check_texts(form if isinstance(form, str) else json.dumps(form), example)


def told(checked: CheckedTexts) -> list[tuple[str, str]]:
    return [(one.problem.code, one.problem.pointer) for one in checked.problems]


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ('{"type": "object",\n "properties": {},}', 2, 19, "comma too many"),
        ('{"type" "object"}', 1, 9, ": is missing"),
        ('{"type": "object"\n "properties": {}}', 2, 2, "comma or a closing bracket"),
        ('{"type": \n}', 2, 1, "A value belongs here"),
        ('{"type": "object}', 1, 10, 'no closing "'),
        ('{"type": "ob\nject"}', 1, 13, "new line"),
        ('{"type": "\\q"}', 1, 11, "write \\\\"),
        ('{"type": "object"}\n}', 2, 1, "ends before"),
        ('{"type": "object",\n  "type": "object"}', 2, 3, "“type” is there twice"),
    ],
)
def test_a_slip_in_the_json_is_told_with_its_line_and_column(text: str, line: int, column: int, words: str) -> None:
    (found,) = checked(text).problems

    assert (found.place.line, found.place.column) == (line, column)
    assert words in found.problem.message.en
    assert THAI.search(found.problem.message.th)
    assert not found.problem.is_warning


@pytest.mark.parametrize(
    "text",
    [
        *("NaN", "1e999", "9" * 5000, "[" * 100_000, "[" * 900 + "]" * 900, '{"a":' * 60 + "1" + "}" * 60),
        *('"\\u0000"', '{"\\ud800": 1}', "x" * 200_001, "\0", "null", "[]", '"text"'),
    ],
    ids=lambda text: text[:20],
)
@pytest.mark.parametrize("part", ["form", "example"])
def test_what_nobody_can_store_or_use_is_refused(text: str, part: str) -> None:
    found = check_texts(text, "") if part == "form" else check_texts(json.dumps(form_with(LABEL)), text)

    assert [one.problem.part for one in found.problems] == [part]
    assert not found.problems[0].problem.is_warning


@pytest.mark.parametrize(
    ("field", "where", "words"),
    [
        ({"type": "strng"}, "/type", "There is no type “strng”: use one of string, number"),
        ({"type": "strng"}, "/type", "Did you mean “string”?"),
        ({"type": ["string", "nul"]}, "/type", "There is no type “nul”"),
        ({"minLength": -1}, "/minLength", "“minLength” must be a whole number, 0 or more."),
        ({"minimum": "5"}, "/minimum", "“minimum” must be a number."),
        ({"multipleOf": 0}, "/multipleOf", "“multipleOf” must be a number above 0."),
        ({"pattern": 5}, "/pattern", '“pattern” must be a text in "quotes".'),
        ({"enum": "a"}, "/enum", "“enum” must be a list [ ] of choices."),
        ({"required": "a"}, "/required", "“required” must be a list [ ] of names, each once."),
        ({"required": ["a", "a"]}, "/required", "“required” must be a list [ ] of names, each once."),
        ({"dependentRequired": {"a": 1}}, "/dependentRequired/a", "“a” must be an object"),
        ({"properties": []}, "/properties", "“properties” must be an object { }."),
        ({"properties": {"type": 5}}, "/properties/type", "“type” must be an object { } that describes it."),
        ({"anyOf": []}, "/anyOf", "“anyOf” must be a list [ ] that is not empty."),
        ({"anyOf": [True, 3]}, "/anyOf/1", "“anyOf/1” must be an object"),
        ({"items": [LABEL]}, "/items", "“items” must be an object"),
        ({"uniqueItems": "yes"}, "/uniqueItems", "“uniqueItems” must be true or false."),
        ({"deprecated": 5}, "/deprecated", "“deprecated” must be true or false."),
        (5, "", "“name” must be an object { } that describes it."),
        ({"$ref": "https://example.com/a.json"}, "/$ref", "nothing is fetched from elsewhere"),
        ({"$ref": "file:///etc/passwd"}, "/$ref", "nothing is fetched from elsewhere"),
        ({"$ref": "//example.com"}, "/$ref", "nothing is fetched from elsewhere"),
        ({"$ref": "other.json#/a"}, "/$ref", "nothing is fetched from elsewhere"),
        ({"$ref": "#name"}, "/$ref", "nothing is fetched from elsewhere"),
        ({"$ref": "#/$defs/nobody"}, "/$ref", "There is no part “#/$defs/nobody” in this form."),
        ({"$ref": "#"}, "/$ref", "comes back to itself"),
        ({"$ref": "#/properties/name"}, "/$ref", "comes back to itself"),
        ({"$dynamicRef": "#name"}, "/$dynamicRef", "$dynamicRef cannot be used"),
        ({"$id": "https://example.com/"}, "/$id", "$id may stand at the top of a form only."),
        ({"$schema": "https://example.com/"}, "/$schema", "$schema may stand at the top of a form only."),
        ({"pattern": "(?=.*a)b"}, "/pattern", "looks around"),
        ({"pattern": "(?<!a)b"}, "/pattern", "looks around"),
        ({"pattern": "(a)\\1"}, "/pattern", "or back"),
        ({"pattern": "("}, "/pattern", "not valid, or too large"),
        ({"pattern": "a{1000}{1000}"}, "/pattern", "not valid, or too large"),
        ({"patternProperties": {"[": LABEL}}, "/patternProperties/[", "not valid, or too large"),
    ],
)
def test_a_mistake_in_the_schema_is_told_in_plain_words(field: Any, where: str, words: str) -> None:
    text = json.dumps(form_with(field), indent=2)
    found = checked(text)

    (problem,) = found.problems
    assert problem.problem.pointer == f"/properties/name{where}"
    assert words in problem.problem.message.en
    assert THAI.search(problem.problem.message.th)
    assert not problem.problem.is_warning
    assert found.example is None
    named = re.split(r"[/\"]", where)[-1] or "name"
    assert named in text.splitlines()[problem.place.line - 1] or named.isdigit()
    with pytest.raises(InvalidForm) as refused:
        check_form(form_with(field), {})
    assert [one.pointer for one in refused.value.problems] == [problem.problem.pointer]


def test_only_the_dialect_that_forms_are_checked_by_is_taken() -> None:
    draft_7 = {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}
    elsewhere = {"$schema": "https://schema.example.com/", "type": "object"}

    assert told(checked(draft_7)) == told(checked(elsewhere)) == [("dialect", "/$schema")]


def test_references_that_double_each_other_are_counted_and_not_followed() -> None:
    doubling = {f"a{step}": {"allOf": [{"$ref": f"#/$defs/a{step + 1}"}] * 2} for step in range(60)}
    in_a_row = {f"a{step}": {"items": {"$ref": f"#/$defs/a{step + 1}"}} for step in range(2000)}
    started = time.monotonic()

    for parts in (doubling, in_a_row):
        form = {"type": "object", "$ref": "#/$defs/a0", "$defs": {**parts, f"a{len(parts)}": {}}}
        assert told(checked(form)) == [("reference", "")]
    assert time.monotonic() - started < 5


def test_nested_repetition_is_no_trouble() -> None:
    form = form_with({"type": "string", "pattern": "^(a+)+$", **LABEL})
    started = time.monotonic()

    found = checked(form, json.dumps({"name": "a" * 50_000 + "!"}))

    assert told(found) == [("pattern", "/name")]
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("field", "code", "where", "words"),
    [
        ({}, "label_th", "", "The field “name” has no name in Thai."),
        ({"x-label": {"th": "ชื่อ", "en": " "}}, "label_en", "", "The field “name” has no name in English."),
        ({"x-label": "Name"}, "label_th", "", "has no name in Thai"),
        ({**LABEL, "x-hint": {"th": "ก"}}, "hint_en", "", "The hint of “name” is missing in English."),
        ({**LABEL, "enum": ["a"]}, "choice_th", "/enum", "The choice “a” has no name in Thai."),
        ({**LABEL, "format": "dat"}, "format", "/format", "Did you mean “date”?"),
        ({**LABEL, "maxlength": 5}, "keyword", "/maxlength", "Did you mean “maxLength”?"),
        ({**LABEL, "x-widget": "fone"}, "x-widget", "/x-widget", "Did you mean “phone”?"),
        ({**LABEL, "properties": {}, "required": ["b"]}, "required", "/required", "there is no such field"),
    ],
)
def test_what_people_would_miss_is_a_warning(field: dict[str, Any], code: str, where: str, words: str) -> None:
    found = checked(form_with(field))

    first = next(one.problem for one in found.problems if one.problem.code == code)
    assert first.pointer == f"/properties/name{where}"
    assert words in first.message.en
    assert THAI.search(first.message.th)
    assert all(one.problem.is_warning for one in found.problems)
    assert found.example is not None


def test_a_label_beside_a_reference_or_behind_it_is_enough() -> None:
    parts = {"named": {"type": "string", **LABEL}, "nameless": {"type": "string"}}
    form = {"type": "object", "$defs": parts, "properties": {"a": {"$ref": "#/$defs/named"}}}
    form["properties"]["b"] = {"$ref": "#/$defs/nameless", **LABEL}  # type: ignore[index]

    assert problems_of_form(form) == []


def test_an_example_that_does_not_fit_is_told_by_its_line() -> None:
    found = checked(form_with({"type": "string", **LABEL}), '{\n  "name":\n    5\n}')

    (problem,) = found.problems
    assert (problem.problem.part, problem.problem.code, problem.problem.pointer) == ("example", "type", "/name")
    assert problem.place.line == 2
    assert not problem.problem.is_warning


def test_no_form_at_all_is_no_mistake_yet() -> None:
    for empty in ("", "  \n", "{}"):
        (problem,) = checked(empty).problems
        assert problem.problem.code == "empty"
        assert problem.problem.is_warning


def test_fifty_problems_are_enough() -> None:
    form = {"type": "object", "properties": {f"f{number}": {"type": "x"} for number in range(4000)}}

    assert len(checked(form).problems) == 50


@pytest.mark.parametrize(("code", "form"), demo_forms().items(), ids=list(demo_forms()))
def test_the_demo_forms_have_no_problems_and_no_warnings(code: str, form: Form) -> None:
    found = checked(form.schema, json.dumps(form.example))

    assert found.problems == []
    assert found.example is not None
    assert checked(form.schema, found.example).problems == []
