"""An officer without knowledge of code builds a form, sees it as the phone does, and reads what is wrong."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from services_catalog.form_check import problems_of_example, problems_of_form
from services_catalog.models import Officer, Service, ServiceDraft
from services_catalog.services.demo_catalogue import demo_forms
from tests.browser.conftest import SignIn
from tests.trial_drafts import trial_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Take = Callable[[Page, str], None]
WORDS = {
    "th": {"add": "เพิ่มช่อง", "fine": "ไม่พบปัญหา", "no_label": "ช่อง “field_1” ไม่มีชื่อภาษาไทย", "kind": "ไม่มีชนิด “strng”"},
    "en": {
        "add": "Add a field",
        "fine": "No problems",
        "no_label": "The field “field_1” has no name in Thai.",
        "kind": "There is no type “strng”",
    },
}


@pytest.fixture(autouse=True)
def page_of_drafts() -> Iterator[None]:
    with trial_page():
        yield


@pytest.fixture
def draft(service: Service) -> ServiceDraft:
    return ServiceDraft.objects.create(service=service)


def open_draft(sign_in: SignIn, draft: ServiceDraft, language: str) -> Page:
    page = sign_in(Officer.objects.create(username="root", is_staff=True, is_superuser=True), language)
    page.goto(f"/admin/services_catalog/servicedraft/{draft.pk}/change/")
    return page


def name_field(page: Page, position: int, thai: str, english: str, kind: str) -> None:
    row = page.locator(".fe-field").nth(position)
    row.locator("[data-text='x-label.th']").fill(thai)
    row.locator("[data-text='x-label.en']").fill(english)
    row.locator("[data-kind]").select_option(kind)


@pytest.mark.parametrize("language", ["th", "en"])
def test_an_officer_builds_a_form_by_clicking(
    language: str, draft: ServiceDraft, sign_in: SignIn, take: Take, complaints: list[str]
) -> None:
    words = WORDS[language]
    page = open_draft(sign_in, draft, language)
    problems = page.locator(".fe-problems")
    add = page.get_by_role("button", name=words["add"], exact=True)

    add.click()
    expect(problems).to_contain_text(words["no_label"])
    take(page, "first-field")
    name_field(page, 0, "ชื่อกิจการ", "Name of the business", "text")
    add.click()
    name_field(page, 1, "เลขประจำตัวประชาชน", "National ID number", "national-id")
    add.click()
    name_field(page, 2, "วันที่เริ่มประกอบการ", "Opening day", "date")
    add.click()
    name_field(page, 3, "ประเภทร้าน", "Kind of shop", "choice")
    for position, (thai, english) in enumerate([("ร้านอาหาร", "Restaurant"), ("ร้านค้า", "Shop")]):
        choice = page.locator(".fe-choices:visible li").nth(position)
        choice.locator("[data-choice=th]").fill(thai)
        choice.locator("[data-choice=en]").fill(english)
    page.locator(".fe-field").nth(3).locator("[data-move='-1']").click()
    page.locator(".fe-field").first.locator("summary").click()
    page.locator(".fe-field").first.locator("[data-text='x-hint.th']").fill("ตามใบทะเบียนพาณิชย์")
    page.locator(".fe-field").first.locator("[data-text='x-hint.en']").fill("As in the trade register")
    page.locator(".fe-field").first.locator("[data-limit=maxLength]").fill("120")
    expect(problems).to_contain_text(words["fine"])

    screen = page.locator(".fe-screen")
    page.locator("[data-language=th]").click()
    expect(screen).to_contain_text("เลขประจำตัวประชาชน")
    expect(screen).to_contain_text("ร้านอาหาร")
    take(page, "thai")
    page.locator("[data-language=en]").click()
    expect(screen).to_contain_text("Kind of shop")
    expect(screen).to_contain_text("As in the trade register")
    assert page.locator(".ph-label").all_inner_texts()[2] == "Kind of shop *"
    take(page, "english")

    page.click("[name=_save]")
    page.wait_for_url("**/servicedraft/")
    draft.refresh_from_db()
    assert draft.form["x-order"] == ["name_of_the_business", "national_id_number", "kind_of_shop", "opening_day"]
    assert draft.form["properties"]["name_of_the_business"] == {
        "type": "string",
        "minLength": 1,
        "maxLength": 120,
        "x-label": {"th": "ชื่อกิจการ", "en": "Name of the business"},
        "x-hint": {"th": "ตามใบทะเบียนพาณิชย์", "en": "As in the trade register"},
    }
    assert draft.form["properties"]["kind_of_shop"]["enum"] == ["restaurant", "shop"]
    assert set(draft.form["required"]) == set(draft.form["x-order"])
    assert problems_of_form(draft.form) == []
    assert problems_of_example(draft.form, draft.example) == []
    assert draft.example["kind_of_shop"] == "restaurant"
    assert complaints == []


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_mistake_in_the_text_is_told_with_its_place(
    language: str, draft: ServiceDraft, sign_in: SignIn, take: Take
) -> None:
    page = open_draft(sign_in, draft, language)
    page.locator("[data-tab=json]").click()
    text = page.locator("#id_form")
    text.fill('{"type": "object",\n "properties": {\n  "name": {"type": "strng"}}}')
    expect(page.locator(".fe-problems")).to_contain_text(WORDS[language]["kind"])
    take(page, "wrong-type")
    page.locator(".fe-problems button").first.click()
    assert (
        text.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)").strip().startswith('"name"')
    )

    example = page.locator("#id_example")
    text.fill('{"type": "object", "properties": {"a": {"type": "integer"}}}')
    expect(example).to_have_value('{\n  "a": 1\n}')
    example.fill('{"a": "one"}')
    expect(page.locator(".fe-problems .is-error code")).to_have_text("/a")
    page.locator("[data-make-example]").click()
    expect(page.locator(".fe-problems .is-error")).to_have_count(0)
    text.fill('{"type": "object", "properties": {"b": {"type": "integer"}}}')
    expect(example).to_have_value('{\n  "b": 1\n}')
    text.fill('{"type": "object",\n "properties": {,}}')
    expect(page.locator(".fe-problems button").first).to_contain_text("2")
    page.locator("[data-tab=builder]").click()
    expect(page.locator(".fe-note")).to_be_visible()
    take(page, "no-builder")
    page.click("[name=_save]")
    expect(page.locator("body")).to_contain_text("2, ")
    take(page, "refused")
    assert text.input_value() == '{"type": "object",\n "properties": {,}}'
    draft.refresh_from_db()
    assert draft.form == {}


@pytest.mark.parametrize(("width", "code"), [(1440, "welfare-card"), (1024, "park-booking")])
def test_a_form_that_the_builder_does_not_know_whole_stays_as_it_is(
    width: int, code: str, draft: ServiceDraft, sign_in: SignIn, take: Take, complaints: list[str]
) -> None:
    given = demo_forms()[code]
    ServiceDraft.objects.filter(pk=draft.pk).update(form=given.schema, example=given.example)
    page = open_draft(sign_in, draft, "en")
    page.set_viewport_size({"width": width, "height": 900})
    expect(page.locator(".fe-problems")).to_contain_text(WORDS["en"]["fine"])
    assert page.locator(".fe-field").count() == len(given.schema["properties"])
    assert [row.get_attribute("data-name") for row in page.locator(".fe-field").all()] == given.schema["x-order"]
    first = given.schema["x-order"][0]
    page.locator(".fe-field").first.locator("[data-text='x-label.en']").fill("A better name")
    take(page, "demo-form")
    page.locator(".fe-problems").scroll_into_view_if_needed()
    take(page, "demo-end")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.locator("[data-tab=json]").click()
    take(page, "demo-json")
    page.click("[name=_save]")
    page.wait_for_url("**/servicedraft/")
    draft.refresh_from_db()
    wanted = {
        **given.schema["properties"][first],
        "x-label": {**given.schema["properties"][first]["x-label"], "en": "A better name"},
    }
    assert draft.form == {**given.schema, "properties": {**given.schema["properties"], first: wanted}}
    assert draft.example == given.example
    assert complaints == []
