"""The lists of the citizen's manual: what passes, and where it says that something is wrong."""

from typing import Any

import pytest

from services_catalog.manual import MOST_ROWS, manual_problems
from services_catalog.models import Service

NAME = {"th": "ชื่อ", "en": "Name"}
GOOD = {
    "legal_references": [{"name": NAME, "section": "7", "url": "https://law.go.th/7"}],
    "steps": [{"name": NAME, "duration": 3, "unit": "working_days"}, {"name": NAME, "duration": 20, "unit": "minutes"}],
    "documents": [
        {"name": NAME, "required": True, "source": "agency"},
        {"name": {"th": "ชื่อ"}, "required": False, "condition": NAME, "source": "upload"},
    ],
    "fees": [{"name": NAME, "baht": "250.00", "note": NAME}],
    "contacts": [{"name": NAME, "phone": "1584", "email": "a@dlt.go.th", "url": "https://dlt.go.th"}],
    "complaint_channels": [{"name": NAME, "phone": "02-123 4567"}],
    "claim_purposes": {"name_th": NAME},
}


def told(name: str, value: Any) -> list[tuple[str, str]]:
    found = manual_problems({name: value})
    assert all(one.message.th and one.message.en for one in found)
    return [(one.pointer, one.code) for one in found]


def test_good_lists_pass() -> None:
    assert manual_problems(GOOD) == []


def test_the_demo_catalogue_passes(demo_catalogue: list[Service]) -> None:
    wrong = {one.code: manual_problems({"documents": one.documents}) for one in demo_catalogue}
    assert [code for code, found in wrong.items() if found] == []


@pytest.mark.parametrize(
    ("name", "value", "where", "code"),
    [
        ("steps", {}, "/steps", "type"),
        ("steps", ["text"], "/steps/0", "type"),
        ("steps", [{"name": NAME}] * (MOST_ROWS + 1), "/steps", "maxItems"),
        ("steps", [{"name": {"th": "", "en": "Name"}}], "/steps/0/name/th", "required"),
        ("steps", [{}], "/steps/0/name/th", "required"),
        ("steps", [{"name": "ชื่อ"}], "/steps/0/name", "invalid"),
        ("steps", [{"name": NAME, "duration": 3}], "/steps/0/unit", "required"),
        ("steps", [{"name": NAME, "duration": 0.5, "unit": "hours"}], "/steps/0/duration", "invalid"),
        ("steps", [{"name": NAME, "duration": True, "unit": "hours"}], "/steps/0/duration", "invalid"),
        ("steps", [{"name": NAME, "duration": 3, "unit": "weeks"}], "/steps/0/unit", "invalid"),
        ("steps", [{"name": NAME, "colour": "red"}], "/steps/0/colour", "additionalProperties"),
        ("documents", [{"name": NAME, "required": True}], "/documents/0/source", "required"),
        ("documents", [{"name": NAME, "source": "pigeon"}], "/documents/0/source", "invalid"),
        ("documents", [{"name": NAME, "source": "upload", "required": "yes"}], "/documents/0/required", "invalid"),
        ("fees", [{"name": NAME}], "/fees/0/baht", "required"),
        ("fees", [{"name": NAME, "baht": "1e3"}], "/fees/0/baht", "invalid"),
        ("fees", [{"name": NAME, "baht": "๒๕๐"}], "/fees/0/baht", "invalid"),
        ("contacts", [{"name": NAME, "email": "nobody"}], "/contacts/0/email", "invalid"),
        ("contacts", [{"name": NAME, "url": "javascript:alert(1)"}], "/contacts/0/url", "invalid"),
        ("contacts", [{"name": NAME, "phone": "call me"}], "/contacts/0/phone", "invalid"),
        ("claim_purposes", [], "/claim_purposes", "type"),
        ("claim_purposes", {"blood_type": NAME}, "/claim_purposes/blood_type", "enum"),
        ("claim_purposes", {"name_th": "to know"}, "/claim_purposes/name_th", "type"),
    ],
)
def test_what_is_wrong_and_where(name: str, value: Any, where: str, code: str) -> None:
    assert told(name, value) == [(where, code)]
