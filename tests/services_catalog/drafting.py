"""Drafts on their way from an editor to citizens, made by the product's own services."""

from typing import Any

from services_catalog.models import Agency, Officer, Service, ServiceDraft
from services_catalog.services.drafts import draft_approve, draft_save, draft_submit, service_register
from services_catalog.services.publishing import draft_publish

FORM: dict[str, Any] = {
    "type": "object",
    "properties": {"note": {"type": "string", "x-label": {"th": "หมายเหตุ", "en": "Note"}}},
    "required": ["note"],
}
COMPLETE: dict[str, Any] = {
    "description_th": "สำหรับทดสอบ",
    "description_en": "For tests",
    "decision_days": 3,
    "privacy_url": "https://agency.example.go.th/privacy",
    "documents": [{"name": {"th": "สำเนาบัตร", "en": "Copy of the card"}, "required": True, "source": "upload"}],
    "claim_purposes": {"name_th": {"th": "ออกใบอนุญาต", "en": "To write the licence"}},
    "form": FORM,
    "example": {"note": "x"},
    "adapter": "rest_json",
}


def make_officer(name: str, *roles: str, agency: Agency | None = None) -> Officer:
    return Officer.objects.create(username=name, is_staff=True, agency=agency, roles=list(roles))


def make_editor(agency: Agency, name: str = "editor-1") -> Officer:
    return make_officer(name, "editor", agency=agency)


def make_reviewer(name: str = "reviewer-1") -> Officer:
    return make_officer(name, "platform_reviewer")


def make_complete_draft(editor: Officer, submit_url: str, code: str = "new-service") -> ServiceDraft:
    """Lacks nothing; `submit_url` is where the agency answers."""
    assert editor.agency is not None
    draft = service_register(
        code=code, agency=editor.agency, name_th=f"บริการ {code}", name_en=f"Service {code}", by=editor
    )
    return write(draft, editor, **COMPLETE, adapter_options={"submit_url": submit_url})


def write(draft: ServiceDraft, editor: Officer, **changes: Any) -> ServiceDraft:
    """As the editor who has just opened the page."""
    seen = ServiceDraft.objects.get(pk=draft.pk).edited_at
    return draft_save(draft_id=draft.pk, changes=changes, by=editor, seen=seen)


def submit(draft: ServiceDraft, editor: Officer) -> ServiceDraft:
    return draft_submit(draft_id=draft.pk, by=editor)


def approve(draft: ServiceDraft, editor: Officer, reviewer: Officer) -> ServiceDraft:
    """Submitted by the one and approved by the other."""
    submitted_at = submit(draft, editor).submitted_at
    return draft_approve(draft_id=draft.pk, by=reviewer, submitted_at=submitted_at)


def publish(draft: ServiceDraft, editor: Officer, reviewer: Officer) -> Service:
    approve(draft, editor, reviewer)
    return draft_publish(draft_id=draft.pk)
