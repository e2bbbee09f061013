"""The fields of the form editor in a page without JavaScript."""

import json
from collections.abc import Iterator

import pytest
from django.test import Client

from services_catalog.models import Service, ServiceDraft
from services_catalog.services.demo_catalogue import demo_forms
from tests.trial_drafts import trial_page

FORM = {
    "type": "object",
    "properties": {
        "zone": {"type": "string", "x-label": {"th": "เขต", "en": "Zone"}},
        "area": {"type": "integer", "minimum": 5, "x-label": {"th": "เนื้อที่", "en": "Area"}},
    },
    "required": ["zone"],
}


@pytest.fixture(autouse=True)
def page_of_drafts() -> Iterator[None]:
    with trial_page():
        yield


@pytest.fixture
def draft(service: Service) -> ServiceDraft:
    return ServiceDraft.objects.create(service=service)


def address_of(draft: ServiceDraft) -> str:
    return f"/admin/services_catalog/servicedraft/{draft.pk}/change/"


def shown(client: Client, draft: ServiceDraft) -> dict[str, str]:
    """The two texts as the page has them."""
    form = client.get(address_of(draft)).context["adminform"].form
    return {name: form[name].value() for name in ("form", "example")}


def errors_after(client: Client, draft: ServiceDraft, form: str, example: str) -> dict[str, list[str]]:
    answer = client.post(address_of(draft), {"form": form, "example": example}, headers={"accept-language": "en"})
    assert answer.status_code == 200
    given = answer.context["adminform"].form
    assert {name: given[name].value() for name in ("form", "example")} == {"form": form, "example": example}
    draft.refresh_from_db()
    assert (draft.form, draft.example) == ({}, {})
    return {name: list(told) for name, told in given.errors.items()}


def test_a_form_is_saved_with_its_order_and_comes_back_in_it(superuser: Client, draft: ServiceDraft) -> None:
    answer = superuser.post(address_of(draft), {"form": json.dumps(FORM), "example": '{"zone": "1"}'})

    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.form == {**FORM, "x-order": ["zone", "area"]}
    assert draft.example == {"zone": "1"}
    assert list(json.loads(shown(superuser, draft)["form"])["properties"]) == ["zone", "area"]


@pytest.mark.parametrize("code", ["welfare-card", "land-registration", "park-booking"])
def test_what_is_shown_and_sent_back_changes_nothing(superuser: Client, draft: ServiceDraft, code: str) -> None:
    given = demo_forms()[code]
    ServiceDraft.objects.filter(pk=draft.pk).update(form=given.schema, example=given.example)

    assert superuser.post(address_of(draft), shown(superuser, draft)).status_code == 302

    draft.refresh_from_db()
    assert (draft.form, draft.example) == (given.schema, given.example)


def test_an_empty_example_is_made_from_the_form(superuser: Client, draft: ServiceDraft) -> None:
    assert superuser.post(address_of(draft), {"form": json.dumps(FORM), "example": ""}).status_code == 302

    draft.refresh_from_db()
    assert draft.example == {"zone": "ตัวอย่าง", "area": 5}


def test_a_draft_without_a_form_is_saved(superuser: Client, draft: ServiceDraft) -> None:
    assert shown(superuser, draft) == {"form": "", "example": ""}
    assert superuser.post(address_of(draft), {"form": " ", "example": ""}).status_code == 302

    draft.refresh_from_db()
    assert (draft.form, draft.example) == ({}, {})


@pytest.mark.parametrize(
    ("form", "example", "field", "words"),
    [
        ('{"type":\n "object",}', "", "form", "Line 2, column 11: A name in"),
        ('{"type": "array"}', "", "form", "The top of a form must be an object"),
        (
            '{"type": "object",\n "properties": {"a": {"type": "strng"}}}',
            "",
            "form",
            "Line 2, column 23 (/properties/a",
        ),
        ('{"type": "object", "$ref": "https://example.com/"}', "", "form", "nothing is fetched from elsewhere"),
        ('{"type": "object", "properties": {"a": {"pattern": "(?!a)"}}}', "", "form", "looks around"),
        ("[" * 100_000, "", "form", "nested more than"),
        (json.dumps(FORM), '{"zone": 1}', "example", "Line 1, column 2 (/zone): This is not the kind of answer"),
        (json.dumps(FORM), '{"zone"}', "example", "A : is missing"),
        (json.dumps(FORM), "null", "example", "This is not the kind of answer"),
        (
            json.dumps({**FORM, "properties": {"zone": {"type": "string", "pattern": "^\\p{Thai}$"}}}),
            "",
            "example",
            "(/zone): This does not have the expected form.",
        ),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_saved(
    superuser: Client, draft: ServiceDraft, form: str, example: str, field: str, words: str
) -> None:
    errors = errors_after(superuser, draft, form, example)

    assert list(errors) == [field]
    assert words in errors[field][0]


def test_mistakes_are_told_in_thai_to_officers_who_read_it(superuser: Client, draft: ServiceDraft) -> None:
    answer = superuser.post(address_of(draft), {"form": "[", "example": ""}, headers={"accept-language": "th"})

    (told,) = answer.context["adminform"].form.errors["form"]
    assert told.startswith("บรรทัด 1, คอลัมน์ 2: ต้องเป็นค่า")


def test_a_text_cannot_leave_its_text_area(superuser: Client, draft: ServiceDraft) -> None:
    evil = "</textarea><script>alert(1)</script>"
    answer = superuser.post(address_of(draft), {"form": evil, "example": evil})

    assert "<script>alert" not in answer.content.decode()
