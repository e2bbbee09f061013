"""The demo catalogue as data: all of it is read."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from typing import Any

import jsonschema_rs
import pytest

from services_catalog.claims import CLAIMS
from services_catalog.models import Service, ServiceVersion
from services_catalog.models.content import AAL_LEVELS, IAL_LEVELS
from services_catalog.schemas import check_form
from services_catalog.services.demo_catalogue import Form, demo_agencies, demo_catalogue_load, demo_forms

AGENCIES = list(demo_agencies())
SERVICES = [service for agency in AGENCIES for service in agency["services"]]
FORMS = demo_forms()
THAI = re.compile("[\u0e01-\u0e4e]")
PLACEHOLDER = re.compile(r"todo|fixme|lorem|ipsum|xxx|tbd|placeholder|example\.com|\?\?|ทดสอบระบบ", re.IGNORECASE)
# Signs that a form has a field of this kind.
FIELD_KINDS = {
    "national id": '"format": "thai-national-id"',
    "phone": '"x-widget": "phone"',
    "address": '"x-widget": "address"',
    "vehicle plate": '"x-widget": "vehicle-plate"',
    "land deed": '"x-widget": "land-deed"',
    "bank account": '"x-widget": "bank-account"',
    "Buddhist date": '"x-widget": "buddhist-date"',
    "conditional field": '"then"',
    "repeated group": '"items": {"type": "object"',
    "file reference": '"x-widget": "file',
}

Text = dict[str, str]


def texts(node: Any) -> Iterator[Text]:
    """Every {th, en} below a node."""
    if isinstance(node, dict):
        if set(node) == {"th", "en"} and all(isinstance(text, str) for text in node.values()):
            yield node
        else:
            for child in node.values():
                yield from texts(child)
    elif isinstance(node, list):
        for child in node:
            yield from texts(child)


def shape(schema: Any) -> Any:
    """What remains of a form without its texts."""
    if isinstance(schema, dict):
        return {key: shape(value) for key, value in schema.items() if key not in {"x-label", "x-hint", "x-enum-labels"}}
    return [shape(item) for item in schema] if isinstance(schema, list) else schema


def is_proper(text: Text) -> bool:
    """Thai text has Thai letters, or is a name, number or code; English has none of them; neither is a placeholder."""
    is_code = text["th"] == text["en"] and not THAI.search(text["th"])
    has_letters = is_code or (THAI.search(text["th"]) and not THAI.search(text["en"]))
    return bool(has_letters and text["en"].strip() and not any(map(PLACEHOLDER.search, text.values())))


def test_there_are_300_services_of_enough_agencies_and_ministries() -> None:
    assert len(SERVICES) == 300
    assert len(AGENCIES) >= 60
    assert len({agency["ministry"]["th"] for agency in AGENCIES}) >= 15


def test_codes_are_unique() -> None:
    assert len({agency["code"] for agency in AGENCIES}) == len(AGENCIES)
    assert len({service["code"] for service in SERVICES}) == len(SERVICES)


def test_there_are_really_different_forms_and_every_form_is_used() -> None:
    assert len({json.dumps(shape(form.schema), sort_keys=True) for form in FORMS.values()}) >= 15
    assert {service["form"] for service in SERVICES} == set(FORMS)


@pytest.mark.parametrize("kind", FIELD_KINDS)
def test_some_form_asks_for(kind: str) -> None:
    assert any(FIELD_KINDS[kind] in json.dumps(form.schema) for form in FORMS.values())


@pytest.mark.parametrize(("code", "form"), FORMS.items(), ids=list(FORMS))
def test_form_is_valid_alone_and_takes_its_example(code: str, form: Form) -> None:
    jsonschema_rs.meta.validate(form.schema)
    assert form.schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    references = re.findall(r'"\$ref": "([^"]*)"', json.dumps(form.schema))
    assert all(reference.removeprefix("#/$defs/") in form.schema["$defs"] for reference in references)
    check_form(form.schema, form.example)
    assert form.example


@pytest.mark.parametrize(("code", "form"), FORMS.items(), ids=list(FORMS))
def test_files_are_never_required(code: str, form: Form) -> None:
    properties = form.schema["properties"]
    required = form.schema.get("required", [])
    assert not [name for name in required if "file" in str(properties[name].get("x-widget", ""))]


@pytest.mark.parametrize(("code", "form"), FORMS.items(), ids=list(FORMS))
def test_every_field_and_option_of_a_form_is_labelled(code: str, form: Form) -> None:
    assert [text for text in texts(form.schema) if not is_proper(text)] == []
    assert list(unlabelled(form.schema)) == []


def unlabelled(schema: Any) -> Iterator[str]:
    """Properties and options that a citizen would see without a text."""
    if not isinstance(schema, dict):
        return
    if "type" in schema and "enum" in schema and set(schema["enum"]) - set(schema.get("x-enum-labels", {})):
        yield f"options {schema['enum']}"
    for name, field in schema.get("properties", {}).items():
        if isinstance(field, dict) and "type" in field and "x-label" not in field:
            yield name
    for child in chain(schema.values(), *(schema.get(several, []) for several in ("allOf", "anyOf", "oneOf"))):
        yield from unlabelled(child)


@pytest.mark.parametrize("agency", AGENCIES, ids=lambda agency: agency["code"])
def test_agency_and_its_services_are_told_in_both_languages(agency: dict[str, Any]) -> None:
    assert is_proper(agency["name"])
    assert is_proper(agency["ministry"])
    assert agency["contact"]["phone"]
    assert [text for text in texts(agency["services"]) if not is_proper(text)] == []
    for service in agency["services"]:
        assert {"th", "en"} == set(service["name"]) == set(service["description"])
        assert service["description"]["th"] != service["name"]["th"]
        assert len(service["description"]["en"]) > 40


@pytest.mark.parametrize("agency", AGENCIES, ids=lambda agency: agency["code"])
def test_services_refer_to_what_exists(agency: dict[str, Any]) -> None:
    for service in agency["services"]:
        assert service["aliases"]
        assert all(alias.strip() for alias in service["aliases"])
        assert set(service["claims"]) <= set(CLAIMS)
        assert Decimal(service["min_ial"]) in IAL_LEVELS
        assert Decimal(service["min_aal"]) in AAL_LEVELS
        assert set(service["channels"]) <= set(Service.Channel.values)
        assert service["channels"]
        assert service["decision"]["unit"] in Service.DecisionUnit.values
        assert service["decision"]["days"] >= 0
        assert float(service["fee"]["baht"]) >= 0
        assert all(document["source"] in {"upload", "agency"} for document in service["documents"])


@pytest.mark.django_db
def test_loading_again_changes_nothing() -> None:
    demo_catalogue_load()
    before = list(ServiceVersion.objects.order_by("pk").values_list("pk", "number", "created_at"))
    services = list(Service.objects.order_by("pk").values("pk", "code", "search_text", "search_words", "category_id"))

    again = demo_catalogue_load()

    assert len(again) == len(before) == 300
    assert list(ServiceVersion.objects.order_by("pk").values_list("pk", "number", "created_at")) == before
    now = list(Service.objects.order_by("pk").values("pk", "code", "search_text", "search_words", "category_id"))
    assert now == services
    assert {number for _, number, _ in before} == {1}
    assert not Service.objects.filter(category=None).exists()
    assert not Service.objects.filter(life_event=None).exists()
