"""What citizens have typed and not sent: kept encrypted, for any device and any digital ID of theirs.

A draft may be incomplete and wrong, so it is taken as it is and told what sending would find; sending checks it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from citizens.identity.locking import citizen_lock
from citizens.service_requests import live_services, problems, selectors
from citizens.service_requests.live_services import LiveService
from citizens.service_requests.models import RequestDraft
from citizens.service_requests.services import Asked
from services_catalog.encryption import decrypt_json, encrypt_json
from services_catalog.models import ServiceVersion
from services_catalog.problems import FORM_CHANGED, UNKNOWN_SERVICE, FieldProblem, Problem
from services_catalog.schemas import form_problems


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft, and whether it is a new one: what is typed the same is kept once."""

    draft: RequestDraft
    is_new: bool


def draft_place(draft_id: UUID) -> str:
    """What a draft's encrypted answers are bound to."""
    return f"request-draft:{draft_id}"


def draft_data(draft: RequestDraft) -> dict[str, Any]:
    """The answers so far, of one that is not sent."""
    if draft.data_encrypted is None:
        raise ValueError("a draft that was sent holds no answers")
    data: dict[str, Any] = decrypt_json(draft.data_encrypted, bound_to=draft_place(draft.pk))
    return data


def draft_problems(draft: RequestDraft) -> list[FieldProblem]:
    """What the live form would refuse, with pointers into a submission; empty where the service is not offered now."""
    live = live_services.look_up(draft.service.code)
    return live_form_problems(live, draft_data(draft)) if live else []


def live_form_problems(live: LiveService, data: Mapping[str, Any]) -> list[FieldProblem]:
    return problems.in_data(form_problems(live.version_id, live.load_form, data))


@transaction.atomic
def draft_create(*, citizen_id: UUID, asked: Asked) -> Kept:
    """Keeps what is typed of the live form.

    Raises Problem: UNKNOWN_SERVICE, FORM_CHANGED, TOO_MANY_DRAFTS. Nothing that a citizen has kept is thrown away for
    something newer.
    """
    live = _live(asked.service_code)
    if live.version != asked.version:
        raise Problem(FORM_CHANGED, extensions={"current_version": live.version})
    kept = _keep(citizen_id, live.version_id, live.id, asked)
    if kept is None:
        raise Problem(problems.TOO_MANY_DRAFTS, extensions={"limit": settings.DRAFTS_PER_CITIZEN})
    return kept


@transaction.atomic
def draft_keep_refused(*, citizen_id: UUID, asked: Asked) -> RequestDraft | None:
    """Keeps a submission that a stronger sign-in would let through, of whichever version it was.

    None where there is no such version, or the citizen has as many drafts as they may have.
    """
    version = ServiceVersion.objects.only("service").filter(service__code=asked.service_code, number=asked.version)
    found = version.first()
    kept = _keep(citizen_id, found.pk, found.service_id, asked) if found else None
    return kept.draft if kept else None


def _keep(citizen_id: UUID, version_id: UUID, service_id: UUID, asked: Asked) -> Kept | None:
    """The draft of this content, a new one if need be; None where that would be one too many."""
    citizen_lock(citizen_id)  # two at once would keep it twice
    mine = selectors.drafts_of(citizen_id)
    now = timezone.now()
    if same := mine.filter(body_fingerprint__in=asked.fingerprints()).first():
        same.expires_at = now + settings.DRAFT_LIFETIME
        same.save(update_fields=["expires_at"])
        return Kept(same, is_new=False)
    if mine.count() >= settings.DRAFTS_PER_CITIZEN:
        return None
    draft = RequestDraft(
        id=uuid7(), citizen_id=citizen_id, service_id=service_id, version_id=version_id, created_at=now
    )
    _write(draft, asked)
    draft.save(force_insert=True)
    return Kept(draft, is_new=True)


def _write(draft: RequestDraft, asked: Asked) -> None:
    now = timezone.now()
    draft.body_fingerprint = asked.fingerprints()[0]
    draft.data_encrypted = encrypt_json(asked.data, bound_to=draft_place(draft.pk))
    draft.updated_at, draft.expires_at = now, now + settings.DRAFT_LIFETIME


@transaction.atomic
def draft_change(*, citizen_id: UUID, draft_id: UUID, version: int, data: Mapping[str, Any]) -> RequestDraft:
    """Puts what is typed now in the place of what was; the number of the live version moves the draft to it.

    The draft's own version is taken as well: nothing typed is lost because the form has changed meanwhile. Raises
    Problem: NOT_FOUND, UNKNOWN_SERVICE, FORM_CHANGED.
    """
    draft = selectors.draft_of(citizen_id, draft_id, lock=True)
    if version != draft.version.number:
        live = _live(draft.service.code)
        if version != live.version:
            raise Problem(FORM_CHANGED, extensions={"current_version": live.version})
        draft.version_id = live.version_id
    _write(draft, Asked(draft.service.code, version, data))
    draft.save()
    return selectors.draft_of(citizen_id, draft_id)


@transaction.atomic
def draft_delete(*, citizen_id: UUID, draft_id: UUID) -> None:
    """Throws a draft away. Raises Problem NOT_FOUND."""
    selectors.draft_of(citizen_id, draft_id, lock=True).delete()


def forget_expired_drafts() -> int:
    """Deletes drafts past their time, and what is left of sent ones; returns how many."""
    deleted, _ = RequestDraft.objects.filter(expires_at__lt=timezone.now()).delete()
    return deleted


def _live(service_code: str) -> LiveService:
    live = live_services.look_up(service_code)
    if live is None:
        raise Problem(UNKNOWN_SERVICE)
    return live
