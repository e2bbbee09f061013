"""Sending a draft: at most once, whatever breaks meanwhile, and kept as long as it is refused."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from citizens.identity.assurance import Assurance
from citizens.identity.problems import STRONGER_SIGN_IN_NEEDED
from citizens.service_requests import live_services, selectors
from citizens.service_requests.drafts import draft_data, draft_keep_refused, live_form_problems
from citizens.service_requests.models import RequestDraft
from citizens.service_requests.services import Accepted, Asked, request_receipt, request_submit
from citizens.service_requests.twins import twin_waited_for
from services_catalog.problems import FORM_CHANGED, NOT_FOUND, Problem


def request_submit_or_keep(
    *, citizen_id: UUID, assurance: Assurance, idempotency_key: str, asked: Asked, request_id: str
) -> Accepted:
    """`request_submit`; what only a stronger sign-in is missing for is kept as a draft, which the refusal names."""
    try:
        return request_submit(
            citizen_id=citizen_id,
            assurance=assurance,
            idempotency_key=idempotency_key,
            asked=asked,
            request_id=request_id,
        )
    except Problem as refused:
        if refused.type is not STRONGER_SIGN_IN_NEEDED:
            raise
        raise _naming(refused, draft_keep_refused(citizen_id=citizen_id, asked=asked)) from None


@transaction.atomic
def draft_submit(
    *,
    citizen_id: UUID,
    assurance: Assurance,
    idempotency_key: str,
    draft_id: UUID,
    send_again: bool,
    request_id: str,
) -> Accepted:
    """Sends a draft as `request_submit` would send its content; accepting it and ending the draft is one transaction.

    A draft becomes one service request: sending it once more, with whichever key, gives the same receipt. A refusal
    leaves it as it was; FORM_CHANGED comes with what the live form would refuse of it. Raises Problem NOT_FOUND, and
    those of `request_submit`.
    """
    draft = _lock(citizen_id, draft_id)
    if draft.sent_as:
        return request_receipt(citizen_id, draft.sent_as)
    asked = Asked(draft.service.code, draft.version.number, draft_data(draft), send_again=send_again)
    try:
        accepted = request_submit(
            citizen_id=citizen_id,
            assurance=assurance,
            idempotency_key=idempotency_key,
            asked=asked,
            request_id=request_id,
        )
    except Problem as refused:
        raise _explained(refused, draft, asked) from None
    draft.sent_as, draft.data_encrypted = accepted.id, None
    # As long as the idempotency key is remembered that it went with.
    draft.expires_at = timezone.now() + settings.IDEMPOTENCY_KEY_LIFETIME
    draft.save(update_fields=["sent_as", "data_encrypted", "expires_at"])
    return accepted


def _lock(citizen_id: UUID, draft_id: UUID) -> RequestDraft:
    sent = RequestDraft.objects.filter(citizen_id=citizen_id, sent_as__isnull=False, expires_at__gt=timezone.now())
    mine = Q(pk__in=selectors.drafts_of(citizen_id).values("pk")) | Q(pk__in=sent.values("pk"))
    drafts = RequestDraft.objects.select_related("service", "version").defer("version__form", "version__example")
    with twin_waited_for():
        draft = drafts.select_for_update(of=("self",)).filter(mine, pk=draft_id).first()
    if draft is None:
        raise Problem(NOT_FOUND)
    return draft


def _explained(refused: Problem, draft: RequestDraft, asked: Asked) -> Problem:
    if refused.type is STRONGER_SIGN_IN_NEEDED:
        return _naming(refused, draft)
    if refused.type is FORM_CHANGED and (live := live_services.look_up(asked.service_code)):
        errors = live_form_problems(live, asked.data)
        return Problem(FORM_CHANGED, errors=errors, headers=refused.headers, extensions=refused.extensions)
    return refused


def _naming(refused: Problem, draft: RequestDraft | None) -> Problem:
    """The refusal with the draft from which the same can be sent after another sign-in."""
    kept = {"id": str(draft.pk), "href": reverse("request-draft-detail", args=[draft.pk])} if draft else None
    return Problem(
        refused.type,
        detail=refused.detail,
        headers=refused.headers,
        extensions={**refused.extensions, "draft": kept},
    )
