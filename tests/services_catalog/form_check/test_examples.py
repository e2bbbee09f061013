"""Examples made from forms, and the order of fields."""

import json
from typing import Any

import pytest

from services_catalog.form_check import example_for, problems_of_example, readable, with_order


def example_of(field: dict[str, Any], **more: Any) -> Any:
    form = {"type": "object", "properties": {"f": field}, **more}
    made = example_for(form)
    assert problems_of_example(form, made) == []
    return made.get("f")


@pytest.mark.parametrize(
    "pattern",
    [
        "^[0-9]{13}$",
        "^0[0-9]{8,9}$",
        "^([01][0-9]|2[0-3]):[0-5][0-9]$",
        "^[0-9]?[ก-ฮ]{1,3}$",
        "^[A-Z]{2}-[^a-z]{3}\\.(x|y)+z?$",
        "^(?:ab){3,}\\d\\w$",
        "^[\\]a]{2}[-x]$",
        "^.{3}$",
        "a|b",
        "",
    ],
)
def test_a_text_is_made_for_everyday_patterns(pattern: str) -> None:
    assert isinstance(example_of({"type": "string", "pattern": pattern}), str)


@pytest.mark.parametrize("pattern", ["^(?i)A$", "^\\p{Thai}$", "^a{600}$", "^(a{40}){40}$", "^\\x41$"])
def test_what_is_too_hard_is_left_to_people_and_told(pattern: str) -> None:
    form = {"type": "object", "properties": {"f": {"type": "string", "pattern": pattern}}}

    (problem,) = problems_of_example(form, example_for(form))

    assert (problem.pointer, problem.code) == ("/f", "pattern")


@pytest.mark.parametrize(
    "field",
    [
        *({"type": "string", "format": one} for one in ("date", "email", "uri", "uuid", "thai-national-id", "time")),
        {"type": "string", "minLength": 30, "maxLength": 31},
        {"type": "string", "maxLength": 2},
        {"type": "integer", "minimum": 7},
        {"type": "integer", "exclusiveMinimum": 7, "multipleOf": 5},
        {"type": "integer", "maximum": -3},
        {"type": "number", "exclusiveMinimum": 0, "maximum": 0.5},
        {"type": "number", "minimum": 0.5, "maximum": 0.75},
        {"type": "boolean"},
        {"type": "null"},
        {"type": ["integer", "null"]},
        {"const": {"a": 1}},
        {"enum": ["x", "y"]},
        {"type": "array", "minItems": 2, "uniqueItems": True, "items": {"enum": ["a", "b", "c"]}},
        {"type": "array", "minItems": 3, "items": {"type": "object", "properties": {"n": {"type": "integer"}}}},
        {"oneOf": [{"type": "string", "format": "date"}, {"type": "integer"}]},
        {"type": "object", "properties": {"a": False, "b": {"type": "string"}}, "additionalProperties": False},
    ],
    ids=str,
)
def test_each_kind_of_field_has_an_example(field: dict[str, Any]) -> None:
    example_of(field, required=["f"])


def test_what_an_answer_rules_out_is_left_out() -> None:
    form = {
        "type": "object",
        "properties": {"kind": {"enum": ["person", "firm"]}, "firm": {"type": "string"}},
        "if": {"properties": {"kind": {"const": "person"}}},
        "then": {"properties": {"firm": False}},
    }

    assert example_for(form) == {"kind": "person"}


@pytest.mark.parametrize(
    "field",
    [
        {"type": "number", "multipleOf": 1e-300, "minimum": 1e300},
        {"type": "integer", "minimum": 10**400, "multipleOf": 0.1},
        {"type": "string", "minLength": 10**30},
        {"type": "array", "minItems": 10**30, "items": {"type": "array", "minItems": 10**30, "items": {}}},
    ],
    ids=lambda field: str(field)[:40],
)
def test_limits_that_nobody_can_fill_take_no_time(field: dict[str, Any]) -> None:
    assert len(json.dumps(example_for({"type": "object", "properties": {"f": field}}))) < 20_000


def test_fields_keep_their_order_where_the_database_keeps_none() -> None:
    inner = {"type": "object", "properties": {"z": {}, "y": {}}}
    form = {"type": "object", "properties": {"b": {}, "a": {"type": "array", "items": inner}, "c": {}}}

    ordered = with_order({**form, "x-order": ["c", "gone"]})
    stored = json.loads(json.dumps(ordered, sort_keys=True))

    assert ordered["x-order"] == ["c", "b", "a"]
    assert list(readable(stored)["properties"]) == ["c", "b", "a"]
    assert list(readable(stored)["properties"]["a"]["items"]["properties"]) == ["z", "y"]
    assert with_order(ordered) == ordered
    assert readable(stored) == stored
