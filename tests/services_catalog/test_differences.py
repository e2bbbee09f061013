"""What a reviewer reads: before and after, in words."""

from typing import Any

from django.utils.translation import override

from services_catalog.differences import Difference, differences
from services_catalog.models import Service
from services_catalog.readable import form_fields
from services_catalog.snapshots import content_of

BEFORE: dict[str, Any] = {
    "name_th": "ชื่อเดิม",
    "fee_baht": "50.00",
    "channels": ["app", "office"],
    "documents": [{"name": {"th": "บัตร", "en": "Card"}, "required": True, "source": "upload"}],
    "claim_purposes": {},
    "form": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "x-label": {"th": "ชื่อ", "en": "Name"}},
            "old": {"type": "boolean"},
            "address": {"$ref": "#/$defs/address"},
        },
        "required": ["name"],
        "$defs": {"address": {"type": "object", "properties": {"province": {"type": "string"}}}},
    },
}


def found(**after: Any) -> list[Difference]:
    with override("en"):
        return differences(BEFORE, {**BEFORE, **after})


def told(**after: Any) -> list[tuple[str, str, str]]:
    return [(one.kind, one.before, one.after) for one in found(**after)]


def test_equal_contents_have_none() -> None:
    assert found() == []


def test_a_changed_field_is_told_by_its_name() -> None:
    (one,) = found(name_th="ชื่อใหม่")
    assert (one.label, one.before, one.after, one.kind) == ("name in Thai", "ชื่อเดิม", "ชื่อใหม่", "changed")


def test_what_was_empty_is_added_and_what_is_emptied_removed() -> None:
    assert told(fee_baht=None) == [("removed", "50.00", "")]
    assert told(name_en="New") == [("added", "", "New")]


def test_choices_and_rows_are_told_in_words() -> None:
    assert told(channels=["app", "mail"]) == [("changed", "Office", "Mail")]
    card = BEFORE["documents"][0]
    letter = {"name": {"th": "จดหมาย", "en": "Letter"}, "required": False, "source": "agency"}
    assert told(documents=[card, letter]) == [
        ("added", "", "จดหมาย / Letter · not always required · fetched from another agency")
    ]
    assert told(documents=[]) == [("removed", "บัตร / Card · required · the citizen uploads it", "")]
    assert told(claim_purposes={"national_id": {"th": "เพื่อ", "en": "For"}}) == [
        ("added", "", "National ID number: เพื่อ / For")
    ]


def test_fields_of_a_form_are_added_removed_and_changed() -> None:
    form = {
        **BEFORE["form"],
        "properties": {
            "name": {"type": "string", "x-label": {"th": "ชื่อ", "en": "Name"}, "maxLength": 40},
            "address": {"$ref": "#/$defs/address"},
            "new": {"type": "integer", "x-label": {"th": "ใหม่", "en": "New"}},
        },
        "$defs": {"address": {"type": "object", "properties": {"province": {"type": "string", "minLength": 2}}}},
    }
    assert told(form=form) == [
        ("changed", "name: ชื่อ / Name, text, required", "name: ชื่อ / Name, text, required, maxLength 40"),
        ("changed", "address.province: text", "address.province: text, minLength 2"),
        ("added", "", "new: ใหม่ / New, whole number"),
        ("removed", "old: yes or no", ""),
    ]


def test_a_rule_of_the_form_itself_is_told() -> None:
    form = {**BEFORE["form"], "additionalProperties": False}
    assert told(form=form) == [("added", "", "additionalProperties false")]


def test_a_form_that_refers_to_itself_ends() -> None:
    branches = {f"branch_{number}": {"$ref": "#/$defs/node"} for number in range(20)}
    node = {"title": "Branch", "properties": branches}
    told = form_fields({"type": "object", "properties": branches, "$defs": {"node": node}})
    assert told["branch_0.branch_0"] == "Branch"
    assert len(told) == 500


def test_every_service_of_the_demo_catalogue_can_be_told(demo_catalogue: list[Service]) -> None:
    for service in demo_catalogue:
        version = service.versions.get()
        whole = {**content_of(service), "form": version.form, "example": version.example}
        assert len({one.field for one in differences({}, whole)}) > 10
