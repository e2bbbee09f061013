"""From the editor's desk over the reviewer's: who may do what to a draft in which state."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from services_catalog.models import Agency, Officer, Service, ServiceDraft
from services_catalog.services.drafts import (
    DraftRefused,
    draft_approve,
    draft_open,
    draft_reject,
    draft_save,
    draft_submit,
    service_register,
)
from services_catalog.snapshots import content_of
from tests import factories
from tests.services_catalog.drafting import approve, make_complete_draft, make_editor, make_reviewer, submit, write

NOWHERE = "http://127.0.0.1:9/cases"


@pytest.fixture
def editor(an_agency: Agency) -> Officer:
    return make_editor(an_agency)


@pytest.fixture
def reviewer(db: None) -> Officer:
    return make_reviewer()


@pytest.fixture
def draft(editor: Officer) -> ServiceDraft:
    return make_complete_draft(editor, NOWHERE)


def state(draft: ServiceDraft) -> str:
    return ServiceDraft.objects.get(pk=draft.pk).lifecycle


def refused(step: Callable[..., Any], **arguments: Any) -> str:
    with pytest.raises(DraftRefused) as refusal:
        step(**arguments)
    assert refusal.value.text.th
    return refusal.value.text.en


def test_a_new_service_is_seen_by_nobody_and_has_a_draft(editor: Officer, draft: ServiceDraft) -> None:
    service = Service.objects.get(pk=draft.pk)
    assert (service.publication, service.current_version, service.agency) == ("unpublished", None, editor.agency)
    assert (state(draft), draft.edited_by) == ("draft", editor)


def test_a_code_that_is_taken_is_refused(editor: Officer, draft: ServiceDraft, an_agency: Agency) -> None:
    names = {"agency": an_agency, "name_th": "ซ้ำ", "name_en": "Twice", "by": editor}
    assert "a service with this code" in refused(service_register, code="new-service", **names)
    assert Service.objects.count() == 1


def test_a_draft_begins_as_what_citizens_see(an_agency: Agency) -> None:
    service = factories.make_service(an_agency, "old", fee_baht="50.00", description_en="Words")
    draft = draft_open(service=service)
    assert content_of(draft) == {**content_of(service), "claim_purposes": {}}
    assert (draft.form, draft.example) == (factories.FORM, factories.ANSWERS)
    assert draft_open(service=service) == draft


def test_editing_never_touches_what_citizens_see(an_agency: Agency, editor: Officer) -> None:
    service = factories.make_service(an_agency, "old")
    before = content_of(Service.objects.get(pk=service.pk))
    write(draft_open(service=service), editor, name_th="ใหม่", min_ial="2.3", form={}, adapter="")
    after = Service.objects.get(pk=service.pk)
    assert content_of(after) == before
    assert after.current_version == service.current_version


def test_the_way_from_draft_to_approved(draft: ServiceDraft, editor: Officer, reviewer: Officer) -> None:
    submitted = submit(draft, editor)
    assert (submitted.lifecycle, submitted.submitted_by) == ("submitted", editor)
    approved = draft_approve(draft_id=draft.pk, by=reviewer, submitted_at=submitted.submitted_at)
    assert (approved.lifecycle, approved.reviewed_by) == ("approved", reviewer)
    assert approved.reviewed_at is not None


@pytest.mark.parametrize("is_approved", [False, True], ids=["submitted", "approved"])
def test_a_change_makes_any_draft_a_draft_again(
    is_approved: bool, draft: ServiceDraft, editor: Officer, reviewer: Officer
) -> None:
    if is_approved:
        approve(draft, editor, reviewer)
    else:
        submit(draft, editor)
    changed = write(draft, editor, name_en="Another name")
    assert (changed.lifecycle, changed.submitted_by, changed.reviewed_by) == ("draft", None, None)


def test_saving_without_a_change_leaves_an_approval(draft: ServiceDraft, editor: Officer, reviewer: Officer) -> None:
    approve(draft, editor, reviewer)
    write(draft, editor, name_en=draft.name_en, documents=draft.documents)
    assert state(draft) == "approved"


def test_rejecting_needs_a_reason(draft: ServiceDraft, editor: Officer, reviewer: Officer) -> None:
    at = submit(draft, editor).submitted_at
    arguments = {"draft_id": draft.pk, "by": reviewer, "submitted_at": at}
    assert "A reason is needed" in refused(draft_reject, **arguments, reason=" \n")
    assert state(draft) == "submitted"
    rejected = draft_reject(**arguments, reason=" The fee is missing. ")
    assert (rejected.lifecycle, rejected.rejection_reason) == ("rejected", "The fee is missing.")


def test_something_must_change_before_a_rejected_draft_is_submitted_again(
    draft: ServiceDraft, editor: Officer, reviewer: Officer
) -> None:
    at = submit(draft, editor).submitted_at
    draft_reject(draft_id=draft.pk, by=reviewer, submitted_at=at, reason="No.")
    assert "Nothing differs" in refused(draft_submit, draft_id=draft.pk, by=editor)
    write(draft, editor, name_en="To and")
    write(draft, editor, name_en=draft.name_en)  # and back: a draft, but the same words
    assert state(draft) == "draft"
    assert "Nothing differs" in refused(draft_submit, draft_id=draft.pk, by=editor)
    write(draft, editor, fee_baht="5.00")
    assert submit(draft, editor).lifecycle == "submitted"


def test_whoever_wrote_or_submitted_it_does_not_review_it(
    draft: ServiceDraft, editor: Officer, reviewer: Officer, an_agency: Agency
) -> None:
    second = make_editor(an_agency, "editor-2")
    write(draft, second, name_en="By the second")
    at = submit(draft, reviewer).submitted_at
    for somebody in (editor, second, reviewer):
        assert "cannot review it" in refused(draft_approve, draft_id=draft.pk, by=somebody, submitted_at=at)
        assert "cannot review it" in refused(
            draft_reject, draft_id=draft.pk, by=somebody, submitted_at=at, reason="No."
        )
    assert state(draft) == "submitted"


def test_the_database_keeps_editors_from_reviewing(draft: ServiceDraft, editor: Officer, reviewer: Officer) -> None:
    with pytest.raises(IntegrityError, match="draft_reviewer_did_not_edit_it"), transaction.atomic():
        ServiceDraft.objects.filter(pk=draft.pk).update(reviewed_by=editor)
    submit(draft, reviewer)
    with pytest.raises(IntegrityError, match="draft_reviewer_did_not_submit_it"), transaction.atomic():
        ServiceDraft.objects.filter(pk=draft.pk).update(reviewed_by=reviewer)


def test_what_was_not_submitted_is_not_reviewed(draft: ServiceDraft, reviewer: Officer) -> None:
    assert "does not wait for a review" in refused(draft_approve, draft_id=draft.pk, by=reviewer, submitted_at=None)


def test_a_reviewer_approves_what_they_read(draft: ServiceDraft, editor: Officer, reviewer: Officer) -> None:
    read = submit(draft, editor).submitted_at
    write(draft, editor, name_en="Slipped in")
    submit(draft, editor)
    assert "does not wait for a review" in refused(draft_approve, draft_id=draft.pk, by=reviewer, submitted_at=read)


def test_a_draft_is_submitted_once(draft: ServiceDraft, editor: Officer) -> None:
    submit(draft, editor)
    assert "already" in refused(draft_submit, draft_id=draft.pk, by=editor)


def test_what_was_approved_is_reviewed_again_unchanged(draft: ServiceDraft, editor: Officer, reviewer: Officer) -> None:
    first = approve(draft, editor, reviewer)
    again = approve(draft, editor, reviewer)
    assert again.lifecycle == "approved"
    assert first.reviewed_at is not None
    assert again.reviewed_at is not None
    assert first.reviewed_at < again.reviewed_at


def test_of_two_editors_the_second_is_told(draft: ServiceDraft, editor: Officer) -> None:
    seen = ServiceDraft.objects.get(pk=draft.pk).edited_at
    write(draft, editor, name_en="First")
    changes = {"name_en": "Second"}
    assert "Somebody has changed" in refused(draft_save, draft_id=draft.pk, changes=changes, by=editor, seen=seen)
    stale = seen - timedelta(days=1)
    assert "Somebody has changed" in refused(draft_save, draft_id=draft.pk, changes=changes, by=editor, seen=stale)
    assert ServiceDraft.objects.get(pk=draft.pk).name_en == "First"


def test_lists_with_mistakes_are_not_submitted(draft: ServiceDraft, editor: Officer) -> None:
    write(draft, editor, steps=[{"name": {"th": "ตรวจ", "en": ""}, "duration": 3}])
    assert refused(draft_submit, draft_id=draft.pk, by=editor).startswith("/steps/0/unit:")


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_at_once_one_wins(an_agency: Agency) -> None:
    editor = make_editor(an_agency)
    draft = make_complete_draft(editor, NOWHERE)
    at = submit(draft, editor).submitted_at
    reviewers = [make_reviewer(f"reviewer-{number}") for number in range(4)]

    def decide(reviewer: Officer) -> str:
        try:
            if reviewer.username.endswith(("0", "2")):
                return draft_approve(draft_id=draft.pk, by=reviewer, submitted_at=at).lifecycle
            return draft_reject(draft_id=draft.pk, by=reviewer, submitted_at=at, reason="No.").lifecycle
        except DraftRefused as refusal:
            return refusal.text.en
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(decide, reviewers))

    assert sum("does not wait for a review" in outcome for outcome in outcomes) == 3
    decided = ServiceDraft.objects.get(pk=draft.pk)
    assert decided.lifecycle in outcomes
    assert decided.reviewed_at is not None
    assert decided.reviewed_at <= timezone.now()
