"""What citizens read when their answers do not fit the form."""

import re
from typing import Any
from uuid import uuid4

import pytest

from services_catalog.national_id import is_national_id
from services_catalog.problems import FieldProblem
from services_catalog.schemas import (
    MAX_PROBLEMS_TOLD,
    InvalidForm,
    check_short_form,
    form_problems,
    short_form_problems,
)

THAI = re.compile("[\u0e01-\u0e4e]")
SECRET = "1101700234568-is-private"


def problems(form: dict[str, Any], data: Any) -> list[FieldProblem]:
    return form_problems(uuid4(), lambda: form, data)


def of(schema: dict[str, Any] | bool) -> dict[str, Any]:
    return {"type": "object", "properties": {"f": schema}}


@pytest.mark.parametrize(
    ("keyword", "form", "data", "where", "english"),
    [
        ("required", {"required": ["f"]}, {}, "/f", "Please fill this in."),
        ("required", {"dependentRequired": {"a": ["f"]}}, {"a": 1}, "/f", "Please fill this in."),
        ("falseSchema", of(False), {"f": SECRET}, "/f", "The form has no such field."),
        (
            "additionalProperties",
            {**of({}), "additionalProperties": False},
            {"g": SECRET},
            "/g",
            "The form has no such field.",
        ),
        ("unevaluatedProperties", {"unevaluatedProperties": False}, {"f": SECRET}, "/f", "The form has no such field."),
        ("type", of({"type": "integer"}), {"f": SECRET}, "/f", "This is not the kind of answer the form expects."),
        ("enum", of({"enum": ["a", "b"]}), {"f": SECRET}, "/f", "Please choose one of the options."),
        ("const", of({"const": True}), {"f": SECRET}, "/f", "Please choose one of the options."),
        ("pattern", of({"pattern": "^[0-9]$"}), {"f": SECRET}, "/f", "This does not have the expected form."),
        ("minLength", of({"minLength": 99}), {"f": SECRET}, "/f", "Too short: at least 99 characters."),
        ("maxLength", of({"maxLength": 3}), {"f": SECRET}, "/f", "Too long: at most 3 characters."),
        ("minimum", of({"minimum": 5}), {"f": 1}, "/f", "Must be at least 5."),
        ("maximum", of({"maximum": 5}), {"f": 9}, "/f", "Must be at most 5."),
        ("exclusiveMinimum", of({"exclusiveMinimum": 5}), {"f": 5}, "/f", "Must be more than 5."),
        ("exclusiveMaximum", of({"exclusiveMaximum": 5}), {"f": 5}, "/f", "Must be less than 5."),
        ("multipleOf", of({"multipleOf": 5}), {"f": 3}, "/f", "This number is not one the form accepts."),
        ("minItems", of({"minItems": 2}), {"f": [SECRET]}, "/f", "At least 2 entries are needed."),
        ("maxItems", of({"maxItems": 0}), {"f": [SECRET]}, "/f", "At most 0 entries are allowed."),
        ("uniqueItems", of({"uniqueItems": True}), {"f": [SECRET, SECRET]}, "/f", "The same entry is there twice."),
        ("not", of({"not": {"type": "string"}}), {"f": SECRET}, "/f", "This answer is not valid."),
        ("oneOf", of({"oneOf": [{"const": 1}]}), {"f": SECRET}, "/f", "This answer is not valid."),
        ("format", of({"format": "date"}), {"f": SECRET}, "/f", "This is not a valid date."),
        ("format", of({"format": "date"}), {"f": "2026-02-30"}, "/f", "This is not a valid date."),
        ("format", of({"format": "date-time"}), {"f": SECRET}, "/f", "This is not a valid date and time."),
        ("format", of({"format": "email"}), {"f": SECRET}, "/f", "This is not a valid e-mail address."),
        ("format", of({"format": "uri"}), {"f": "a b"}, "/f", "This is not a valid web address."),
        ("format", of({"format": "uuid"}), {"f": SECRET}, "/f", "This answer is not valid."),
        ("format", of({"format": "thai-national-id"}), {"f": SECRET}, "/f", "This is not a valid national ID number."),
    ],
)
def test_each_keyword_has_a_sentence_that_never_tells_the_value(
    keyword: str, form: dict[str, Any], data: Any, where: str, english: str
) -> None:
    (problem,) = problems(form, data)

    assert (problem.code, problem.pointer, problem.message.en) == (keyword, where, english)
    assert THAI.search(problem.message.th)
    assert not THAI.search(problem.message.en)
    assert SECRET not in repr(problem)


def test_a_fitting_answer_has_no_problems() -> None:
    assert problems(of({"type": "string", "format": "thai-national-id"}), {"f": "1234567890121"}) == []


def test_pointers_are_escaped_and_reach_into_lists() -> None:
    member = {"type": "object", "properties": {"a/b~c": {"type": "integer"}}, "required": ["ชื่อ"]}
    form = of({"type": "array", "items": {"type": "array", "items": member}})

    found = {problem.pointer for problem in problems(form, {"f": [[], [{"ชื่อ": 1}, {"a/b~c": "x"}]]})}

    assert found == {"/f/1/1/a~1b~0c", "/f/1/1/ชื่อ"}


def test_every_surplus_member_is_told() -> None:
    found = problems({**of({}), "additionalProperties": False}, {"a": 1, "b/": 2})

    assert [problem.pointer for problem in found] == ["/a", "/b~1"]


@pytest.mark.parametrize("data", [None, [], "text", 5, True])
def test_data_that_is_no_object_is_told_at_the_top(data: Any) -> None:
    (problem,) = problems({"type": "object"}, data)

    assert (problem.pointer, problem.code) == ("", "type")


def test_at_most_fifty_problems_are_told() -> None:
    form = of({"type": "array", "items": {"type": "integer"}})

    assert len(problems(form, {"f": ["x"] * 1000})) == MAX_PROBLEMS_TOLD == 50
    assert len(problems({**of({}), "additionalProperties": False}, dict.fromkeys(map(str, range(1000))))) == 50


def test_a_form_is_compiled_once_for_a_version() -> None:
    version = uuid4()
    assert form_problems(version, lambda: of({"type": "integer"}), {"f": 1}) == []

    def never() -> dict[str, Any]:
        raise AssertionError("loaded again")

    assert [problem.code for problem in form_problems(version, never, {"f": "x"})] == ["type"]


@pytest.mark.parametrize(
    "number",
    ["1234567890121", "1101700234568", "2000000000007", "3100600445635", "8111111111116", "0000000000001"],
)
def test_citizens_foreigners_and_stateless_people_have_national_ids(number: str) -> None:
    assert is_national_id(number)


def test_a_company_cannot_be_told_from_a_stateless_person_but_a_public_body_can() -> None:
    # 0, province 10, then kind 5 of a company or district 5x of a person.
    assert is_national_id("0105536112014")
    assert not is_national_id("0994000617721")


@pytest.mark.parametrize(
    "number",
    [
        "1234567890123",
        "",
        "123456789012",
        "12345678901211",
        "1-2345-67890-12-1",
        " 1234567890121",
        "1234567890121\n",
        "๑๒๓๔๕๖๗๘๙๐๑๒๑",
        "9000000000009",
        "abcdefghijklm",
    ],
)
def test_other_texts_are_no_national_ids(number: str) -> None:
    assert not is_national_id(number)


def test_every_wrong_check_digit_is_refused() -> None:
    valid = [digit for digit in range(10) if is_national_id(f"123456789012{digit}")]

    assert valid == [1]


@pytest.mark.parametrize(
    "form",
    [
        None,
        [],
        {},
        {"type": "string"},
        {"type": "object", "properties": []},
        {"type": "object", "properties": {"f": {"pattern": "("}}},
        {"type": "object", "$ref": "#"},
        {"type": "object", "properties": {"f": {"anyOf": [{"$dynamicRef": "#x"}]}}},
        {"type": "object", "description": "x" * 16_400},
    ],
    ids=lambda form: str(form)[:40],
)
def test_forms_that_may_not_come_with_a_message(form: Any) -> None:
    with pytest.raises(InvalidForm):
        check_short_form(form)


def test_a_form_that_came_with_a_message_is_told_as_any_other() -> None:
    form = {"type": "object", "properties": {"f": {"enum": ["a"]}}, "required": ["g"]}
    check_short_form(form)
    assert short_form_problems(form, {"f": "a", "g": 1}) == []
    assert short_form_problems(form, {"f": SECRET}) == problems(form, {"f": SECRET})
    assert SECRET not in str(short_form_problems(form, {"f": SECRET}))
