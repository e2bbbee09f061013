"""An agency writes in a draft, somebody else reviews it: draft → submitted → approved or rejected.

Saving a change makes any draft a draft again. What citizens see is never touched here: publishing alone does that
(services.publishing). Every step locks the draft's row, so of two people at once one wins and the other is told.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from services_catalog.languages import Text
from services_catalog.manual import manual_problems
from services_catalog.models import Agency, Officer, Service, ServiceDraft
from services_catalog.refusals import Refusal
from services_catalog.search import index_fields
from services_catalog.snapshots import copy_content, draft_content

_Lifecycle = ServiceDraft.Lifecycle

CODE_TAKEN = Text("มีบริการที่ใช้รหัสนี้แล้ว", "There is a service with this code.")
CHANGED_MEANWHILE = Text(
    "มีผู้อื่นแก้ไขร่างนี้หลังจากที่คุณเปิดหน้า กรุณาเปิดหน้าใหม่แล้วแก้ไขอีกครั้ง",
    "Somebody has changed this draft since you opened the page. Open it again and repeat your change.",
)
NOT_SUBMITTED = Text(
    "ร่างนี้ไม่ได้อยู่ระหว่างรอตรวจ อาจมีผู้ตรวจแล้วหรือถูกแก้ไข",
    "This draft does not wait for a review: somebody has reviewed it, or it was changed.",
)
ALREADY_SUBMITTED = Text("ร่างนี้รอตรวจอยู่แล้ว", "This draft waits for a review already.")
NOTHING_CHANGED = Text(
    "ยังไม่มีอะไรเปลี่ยนจากร่างที่ถูกตีกลับ กรุณาแก้ไขก่อนส่งอีกครั้ง",
    "Nothing differs from what was rejected. Change something before submitting it again.",
)
OWN_WORK = Text("ผู้เขียนหรือผู้ส่งตรวจ ตรวจร่างของตนเองไม่ได้", "Whoever wrote or submitted a draft cannot review it.")
REASON_NEEDED = Text("กรุณาบอกเหตุผล", "A reason is needed.")


class DraftRefused(Refusal):
    """The draft is not in a state for this, or not for this officer."""


@transaction.atomic
def service_register(*, code: str, agency: Agency, name_th: str, name_en: str, by: Officer) -> ServiceDraft:
    """A new service that nobody sees yet, and its draft. Raises DraftRefused where the code is taken."""
    service = Service(code=code, agency=agency, name_th=name_th, name_en=name_en)
    index_fields(service)
    try:
        with transaction.atomic():
            service.save(force_insert=True)
    except IntegrityError:
        raise DraftRefused(CODE_TAKEN) from None
    draft = draft_open(service=service)
    draft.edited_by, draft.editors = by, [by.pk]
    draft.save(update_fields=["edited_by", "editors"])
    return draft


@transaction.atomic
def draft_open(*, service: Service) -> ServiceDraft:
    """The service's draft; where it has none, one that says what the service says now."""
    live = Service.objects.select_for_update(of=("self",)).select_related("current_version").get(pk=service.pk)
    draft = working_copy(live)
    if not ServiceDraft.objects.filter(pk=live.pk).exists():
        draft.save(force_insert=True)
    return draft


def working_copy(service: Service) -> ServiceDraft:
    """The service's draft; where it has none, an unsaved one that says what the service says now."""
    try:
        return service.draft
    except ServiceDraft.DoesNotExist:
        draft = ServiceDraft(service=service)
    copy_content(service, draft)
    version = service.current_version or service.versions.order_by("-number").first()
    if version is not None:
        draft.form, draft.example = version.form, version.example
        # Versions made without a draft name their claims and give no purposes.
        draft.claim_purposes = {claim: draft.claim_purposes.get(claim, {}) for claim in version.claims}
    return draft


def note_change(draft: ServiceDraft, by: UUID | None) -> None:
    """What was reviewed is not what it says now; and whoever has changed it cannot review it."""
    draft.edited_by_id, draft.edited_at = by, timezone.now()
    if by is not None and by not in draft.editors:
        draft.editors.append(by)
    draft.lifecycle = _Lifecycle.DRAFT
    draft.submitted_by = draft.submitted_at = draft.reviewed_by = draft.reviewed_at = None


@transaction.atomic
def draft_save(*, draft_id: UUID, changes: Mapping[str, Any], by: Officer, seen: datetime) -> ServiceDraft:
    """Sets some fields of the content, the form or the example; a draft that changed has to be submitted anew.

    `seen` is `edited_at` of the draft that the editor looked at. Raises DraftRefused.
    """
    draft = _locked(draft_id)
    if draft.edited_at != seen:
        raise DraftRefused(CHANGED_MEANWHILE)
    before = draft_content(draft)
    for name, value in changes.items():
        setattr(draft, name, value)
    if draft_content(draft) == before:
        return draft
    note_change(draft, by.pk)
    draft.save()
    return draft


@transaction.atomic
def draft_submit(*, draft_id: UUID, by: Officer) -> ServiceDraft:
    """Asks for a review; what was approved long ago is reviewed again unchanged. Raises DraftRefused."""
    draft = _locked(draft_id)
    if draft.lifecycle == _Lifecycle.REJECTED:
        raise DraftRefused(NOTHING_CHANGED)
    if draft.lifecycle == _Lifecycle.SUBMITTED:
        raise DraftRefused(ALREADY_SUBMITTED)
    content = draft_content(draft)
    if content == draft.rejected_content:
        raise DraftRefused(NOTHING_CHANGED)
    if problems := manual_problems(content):
        first = problems[0]
        raise DraftRefused(Text(f"{first.pointer}: {first.message.th}", f"{first.pointer}: {first.message.en}"))
    draft.lifecycle, draft.submitted_by, draft.submitted_at = _Lifecycle.SUBMITTED, by, timezone.now()
    draft.reviewed_by = draft.reviewed_at = None
    draft.save(update_fields=["lifecycle", "submitted_by", "submitted_at", "reviewed_by", "reviewed_at"])
    return draft


@transaction.atomic
def draft_approve(*, draft_id: UUID, by: Officer, submitted_at: datetime | None) -> ServiceDraft:
    """The draft may be published. `submitted_at` is that of the draft the reviewer read. Raises DraftRefused."""
    draft = _submitted(draft_id, by, submitted_at)
    draft.rejection_reason, draft.rejected_content = "", None
    return _reviewed(draft, _Lifecycle.APPROVED, by)


@transaction.atomic
def draft_reject(*, draft_id: UUID, by: Officer, submitted_at: datetime | None, reason: str) -> ServiceDraft:
    """Back to the agency, which reads the reason. Raises DraftRefused."""
    draft = _submitted(draft_id, by, submitted_at)
    if not reason.strip():
        raise DraftRefused(REASON_NEEDED)
    draft.rejection_reason, draft.rejected_content = reason.strip(), draft_content(draft)
    return _reviewed(draft, _Lifecycle.REJECTED, by)


def _locked(draft_id: UUID) -> ServiceDraft:
    return ServiceDraft.objects.select_for_update(of=("self",)).select_related("service__agency").get(pk=draft_id)


def _submitted(draft_id: UUID, by: Officer, submitted_at: datetime | None) -> ServiceDraft:
    draft = _locked(draft_id)
    if draft.lifecycle != _Lifecycle.SUBMITTED or draft.submitted_at != submitted_at:
        raise DraftRefused(NOT_SUBMITTED)
    if by.pk in draft.editors or by.pk == draft.submitted_by_id:
        raise DraftRefused(OWN_WORK)
    return draft


def _reviewed(draft: ServiceDraft, lifecycle: str, by: Officer) -> ServiceDraft:
    draft.lifecycle, draft.reviewed_by, draft.reviewed_at = lifecycle, by, timezone.now()
    draft.save(update_fields=["lifecycle", "reviewed_by", "reviewed_at", "rejection_reason", "rejected_content"])
    return draft
