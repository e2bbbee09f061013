"""Editors write and submit, reviewers read and decide, each within their rights."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from rest_framework.test import APIClient

from services_catalog.models import Officer, Service, ServiceDraft
from tests.counterparts import RECEIPT, Counterpart, http_server
from tests.services_catalog.admin.conftest import AgencyRows, signed_in
from tests.services_catalog.admin.pages import page
from tests.services_catalog.drafting import FORM

pytestmark = pytest.mark.django_db
NEW = {"code": "own-new", "name_th": "บริการใหม่", "name_en": "New service"}


@pytest.fixture
def their_system() -> Iterator[Counterpart]:
    with http_server(RECEIPT) as counterpart:
        yield counterpart


def step(name: str, draft: ServiceDraft | Service) -> str:
    return reverse(f"admin:services_catalog_servicedraft_{name}", args=[draft.pk])


def added(editor: Client, **changes: str) -> ServiceDraft:
    assert editor.post(page(ServiceDraft, "add"), {**NEW, **changes}).status_code == 302
    return ServiceDraft.objects.get(service__code=changes.get("code", "own-new"))


def typed(draft: ServiceDraft, **changes: Any) -> dict[str, Any]:
    """What the page of a draft sends."""
    seen = ServiceDraft.objects.get(pk=draft.pk).edited_at.isoformat()
    lists = ["legal_references", "steps", "documents", "fees", "contacts", "complaint_channels", "claim_purposes"]
    return {
        "seen": seen,
        **{name: getattr(draft, name) for name in ("name_th", "name_en", "description_th", "description_en")},
        **{f"{name}-rows": "0" for name in lists},
        "audiences": ["citizen"],
        "decision_unit": "working_day",
        "min_ial": "1.3",
        "min_aal": "1.0",
        "data_class": "official",
        "electronic_allowed": "on",
        **changes,
    }


def complete(draft: ServiceDraft, url: str, **changes: Any) -> dict[str, Any]:
    return typed(
        draft,
        description_th="เพื่อทดสอบ",
        description_en="For tests",
        decision_days="3",
        privacy_url="https://own.go.th/privacy",
        **{
            "documents-rows": "2",
            "documents-0-name_th": "สำเนาบัตร",
            "documents-0-name_en": "Copy of the card",
            "documents-0-source": "upload",
            "documents-0-required": "on",
            "documents-1-source": "upload",
            "claim_purposes-rows": "1",
            "claim_purposes-0-claim": "name_th",
            "claim_purposes-0-purpose_th": "ออกใบอนุญาต",
            "claim_purposes-0-purpose_en": "To write the licence",
            "form": '{"type": "object", "properties": {"note": {"type": "string"}}}',
            "example": '{"note": "x"}',
            "adapter": "rest_json",
            "adapter_options-rest_json-submit_url": url,
            "adapter_options-rest_json-honours_idempotency_key": "on",
            **changes,
        },
    )


def save(editor: Client, draft: ServiceDraft, data: dict[str, Any]) -> str:
    response = editor.post(page(ServiceDraft, "change", draft), data, follow=True, headers={"accept-language": "en"})
    if not response.redirect_chain:
        raise AssertionError(response.context["errors"])
    return response.text


def decide(reviewer: Client, draft: ServiceDraft, decision: str, **data: str) -> str:
    at = ServiceDraft.objects.get(pk=draft.pk).submitted_at
    sent = {"submitted_at": at.isoformat() if at else "", "decision": decision, **data}
    return reviewer.post(step("review", draft), sent, follow=True, headers={"accept-language": "en"}).text


def submitted(editor: Client, url: str = "http://127.0.0.1:9/cases") -> ServiceDraft:
    draft = added(editor)
    assert "Submitted for review." in save(editor, draft, complete(draft, url, _submit=""))
    return draft


def test_from_nothing_to_live(
    editor: Client, reviewer: Client, their_system: Counterpart, anonymous: APIClient
) -> None:
    draft = submitted(editor, their_system.url)
    assert anonymous.get("/api/v1/services/own-new").status_code == 404
    read = reviewer.get(step("review", draft), headers={"accept-language": "en"}).text
    for words in ("A new service", "For tests", "สำเนาบัตร / Copy of the card", "note: text", "Approve"):
        assert words in read
    assert "Approved." in decide(reviewer, draft, "approve")
    assert "Published." in editor.post(step("publish", draft), follow=True, headers={"accept-language": "en"}).text
    shown = anonymous.get("/api/v1/services/own-new").json()
    assert (shown["name"]["en"], shown["claims"], shown["decision"]["days"]) == ("New service", ["name_th"], 3)
    service = Service.objects.get(code="own-new")
    assert service.documents == [
        {"name": {"th": "สำเนาบัตร", "en": "Copy of the card"}, "required": True, "source": "upload"}
    ]
    assert service.adapter_options == {"submit_url": their_system.url, "honours_idempotency_key": True}
    history = editor.get(page(ServiceDraft, "history", draft), headers={"accept-language": "en"}).text
    assert all(one in history for one in ("Submitted for review.", "Approved.", "Published."))


def test_a_page_that_is_saved_as_it_was_changes_nothing(editor: Client, own: AgencyRows) -> None:
    draft = own.service.draft
    one_step = {"steps-rows": "2", "steps-0-name_th": "ตรวจ", "steps-0-duration": "3", "steps-0-unit": "hours"}
    save(editor, draft, complete(draft, "http://127.0.0.1:9/cases", **one_step))
    before = ServiceDraft.objects.get(pk=draft.pk)
    assert before.steps == [{"name": {"th": "ตรวจ", "en": ""}, "duration": 3, "unit": "hours"}]
    save(editor, draft, complete(before, "http://127.0.0.1:9/cases", **one_step))
    assert ServiceDraft.objects.get(pk=draft.pk).edited_at == before.edited_at


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"documents-0-name_th": ""}, "documents"),
        ({"documents-0-source": "pigeon"}, "documents"),
        ({"claim_purposes-0-claim": "blood_type"}, "claim_purposes"),
        ({"form": "{"}, "form"),
        ({"form": '{"title": "\\u0000"}'}, "form"),
        ({"form": '{"title": "\\ud800"}'}, "form"),
        ({"example": '{"note": NaN}'}, "example"),
        ({"example": "[" * 100_000}, "example"),
        ({"example": "9" * 5_000}, "example"),
        ({"adapter": "pigeon"}, "adapter"),
        ({"adapter_options-rest_json-submit_url": "nowhere"}, "adapter_options"),
        ({"adapter_options-rest_json-lookup_url": "https://own.go.th/cases"}, "adapter_options"),
        ({"min_ial": "9"}, "min_ial"),
        ({"audiences": []}, "audiences"),
        ({"privacy_url": "javascript:alert(1)"}, "privacy_url"),
        ({"fee_baht": "1" * 40}, "fee_baht"),
        ({"seen": "yesterday"}, "__all__"),
        ({"seen": ""}, "__all__"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    changes: dict[str, Any], field: str, editor: Client, own: AgencyRows
) -> None:
    draft = own.service.draft
    before = draft.edited_at
    response = editor.post(
        page(ServiceDraft, "change", draft), {**complete(draft, "http://127.0.0.1:9/cases"), **changes}
    )
    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == [field]
    assert ServiceDraft.objects.get(pk=draft.pk).edited_at == before


def test_a_code_that_is_taken_is_told(editor: Client, foreign: AgencyRows) -> None:
    response = editor.post(page(ServiceDraft, "add"), {**NEW, "code": foreign.service.code})
    assert list(response.context["adminform"].form.errors) == ["code"]


def test_editors_register_for_their_own_agency_only(editor: Client, own: AgencyRows, foreign: AgencyRows) -> None:
    draft = added(editor, agency=str(foreign.agency.pk))
    assert draft.service.agency == own.agency
    assert foreign.agency.name_th not in editor.get(page(ServiceDraft, "add")).text


def test_a_rejection_is_read_and_answered(editor: Client, reviewer: Client) -> None:
    draft = submitted(editor)
    assert "A reason is needed." in decide(reviewer, draft, "reject")
    assert "Rejected." in decide(reviewer, draft, "reject", reason="Say what it costs.")
    assert "Say what it costs." in editor.get(page(ServiceDraft, "change", draft)).text
    draft.refresh_from_db()
    same = complete(draft, "http://127.0.0.1:9/cases", _submit="")
    assert "Nothing differs from what was rejected." in save(editor, draft, same)
    changed = complete(draft, "http://127.0.0.1:9/cases", _submit="", fee_baht="50")
    assert "Submitted for review." in save(editor, draft, changed)


def test_a_verdict_on_what_was_submitted_before_is_refused(editor: Client, reviewer: Client) -> None:
    draft = submitted(editor)
    answer = decide(reviewer, draft, "approve", submitted_at="2026-01-01T00:00:00+00:00")
    assert "does not wait for a review" in answer
    assert ServiceDraft.objects.get(pk=draft.pk).lifecycle == "submitted"


def test_nobody_reviews_their_own(superuser: Client, own: AgencyRows) -> None:
    draft = own.service.draft
    save(superuser, draft, complete(draft, "http://127.0.0.1:9/cases", _submit=""))
    assert 'value="approve"' not in superuser.get(step("review", draft)).text
    assert "cannot review it" in decide(superuser, draft, "approve")


def test_reviewers_write_nothing(reviewer: Client, own: AgencyRows) -> None:
    draft = own.service.draft
    shown = reviewer.get(page(ServiceDraft, "change", draft))
    assert shown.status_code == 200
    assert 'name="name_th"' not in shown.text
    assert reviewer.post(page(ServiceDraft, "change", draft), typed(draft, name_en="x")).status_code == 403
    assert reviewer.get(page(ServiceDraft, "add")).status_code == 403


@pytest.mark.parametrize("roles", [[], ["case_handler"]])
def test_drafts_are_no_business_of_other_officers_of_the_agency(roles: list[str], own: AgencyRows) -> None:
    other = signed_in(Officer.objects.create(username="other", is_staff=True, agency=own.agency, roles=roles))
    draft = own.service.draft
    assert other.get(page(ServiceDraft, "change", draft)).status_code in (302, 403)
    assert other.post(page(ServiceDraft, "change", draft), typed(draft)).status_code in (302, 403)
    for name in ("review", "publish", "unpublish"):
        assert other.post(step(name, draft), {"decision": "approve"}).status_code in (403, 404)
    ServiceDraft.objects.all().delete()
    assert other.post(step("open", own.service)).status_code in (403, 404)
    assert not ServiceDraft.objects.exists()


@pytest.mark.parametrize("name", ["review", "publish", "unpublish", "open"])
def test_a_neighbours_draft_is_out_of_reach(name: str, editor: Client, foreign: AgencyRows) -> None:
    draft = foreign.service.draft
    assert editor.post(step(name, draft), {"decision": "approve"}).status_code in (403, 404)
    assert editor.get(step(name, draft)).status_code in (403, 404, 405)
    response = editor.post(page(ServiceDraft, "change", draft), typed(draft, name_en="stolen"))
    assert response.status_code in (302, 403)
    kept = ServiceDraft.objects.get(pk=draft.pk)
    assert (kept.name_en, kept.lifecycle, kept.service.publication) == (draft.name_en, "draft", "published")


def test_editors_do_not_review(editor: Client) -> None:
    draft = submitted(editor)
    assert editor.post(step("review", draft), {"decision": "approve"}).status_code == 403


def test_a_live_service_gets_a_draft_when_somebody_edits_it(editor: Client, own: AgencyRows) -> None:
    ServiceDraft.objects.all().delete()
    assert "Edit in a draft" in editor.get(page(Service, "change", own.service), headers={"accept-language": "en"}).text
    assert editor.post(step("open", own.service))["Location"] == page(ServiceDraft, "change", own.service)
    assert ServiceDraft.objects.get(pk=own.service.pk).form == own.service.current_version.form  # type: ignore[union-attr]


def test_the_list_of_services_says_how_many_places_are_left(
    editor: Client, own: AgencyRows, foreign: AgencyRows, settings: Settings
) -> None:
    settings.PUBLISHED_SERVICES_CAP = 5
    response = editor.get(page(Service, "changelist"), headers={"accept-language": "en"})
    assert "3 of 5 places are left." in response.text


def test_versions_are_compared(editor: Client, reviewer: Client, their_system: Counterpart) -> None:
    draft = submitted(editor, their_system.url)
    decide(reviewer, draft, "approve")
    editor.post(step("publish", draft))
    draft.refresh_from_db()
    form = str(FORM).replace("'", '"')
    changed = complete(draft, their_system.url, _submit="", name_en="Renamed", form=form)
    save(editor, draft, changed)
    decide(reviewer, draft, "approve")
    editor.post(step("publish", draft))
    first, second = draft.service.versions.order_by("number")
    address = reverse("admin:services_catalog_serviceversion_difference", args=[second.pk])
    told = editor.get(address, headers={"accept-language": "en"}).text
    assert "<del>New service</del>" in told
    assert "<ins>Renamed</ins>" in told
    assert "<ins>note: หมายเหตุ / Note, text, required</ins>" in told
    assert "Renamed" in editor.get(address, {"from": "1"}).text
    assert "no other version" in editor.get(address, {"from": "x"}, headers={"accept-language": "en"}).text
    assert first.content["name_en"] == "New service"


def test_a_neighbours_versions_are_not_compared(editor: Client, foreign: AgencyRows) -> None:
    version = foreign.service.current_version
    assert version is not None
    address = reverse("admin:services_catalog_serviceversion_difference", args=[version.pk])
    assert editor.get(address).status_code == 404


def test_drafts_are_found_by_code_and_state(editor: Client, own: AgencyRows) -> None:
    for query, count in (({"q": own.service.code}, 1), ({"lifecycle__exact": "submitted"}, 0)):
        found = editor.get(page(ServiceDraft, "changelist"), query).context["cl"].result_list
        assert len(found) == count
