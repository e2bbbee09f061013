"""From draft to live: versions, the cap on live services, and taking a service back."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from services_catalog.adapters.errors import DeliveryFailure
from services_catalog.adapters.types import CallSettings
from services_catalog.chosen_adapter import adapter_of
from services_catalog.claims import CLAIMS
from services_catalog.languages import Text
from services_catalog.models import Lane, Service, ServiceDraft, ServiceVersion
from services_catalog.quality import Missing, no_answer, no_secret, quality_of, review_missing
from services_catalog.refusals import Refusal
from services_catalog.schemas import check_form
from services_catalog.search import index_fields
from services_catalog.services.credentials import outgoing_secret
from services_catalog.snapshots import content_of, copy_content

# Every change of what is published takes this lock first, so that two at once cannot both be the 300th.
_PUBLICATION_LOCK = 7_300_300


class CannotPublish(Refusal):
    """The service is not ready, or the platform is full; `text` says which."""


class UnknownClaim(ValueError):
    """A version asks for an identity field that does not exist."""


@transaction.atomic
def service_version_create(
    *,
    service: Service,
    form: dict[str, Any],
    example: Any,
    claims: Sequence[str] = (),
    content: Mapping[str, Any] | None = None,
) -> ServiceVersion:
    """The next version of the service, or the current one when nothing differs.

    Raises services_catalog.schemas.InvalidForm or UnknownClaim. The service keeps its live version until published.
    """
    check_form(form, example)
    if unknown := set(claims) - set(CLAIMS):
        raise UnknownClaim(", ".join(sorted(unknown)))
    Service.objects.select_for_update().get(pk=service.pk)
    latest = service.versions.order_by("-number").first()
    wanted = {"form": form, "example": example, "claims": sorted(claims), "content": dict(content or {})}
    if latest and wanted == {name: getattr(latest, name) for name in wanted}:
        return latest
    return ServiceVersion.objects.create(service=service, number=latest.number + 1 if latest else 1, **wanted)


@transaction.atomic
def service_publish(*, service: Service, version: ServiceVersion) -> Service:
    """Makes `version` what citizens see and send. Raises CannotPublish."""
    _lock_publication()
    service = Service.objects.select_for_update().get(pk=service.pk)
    _check_ready(service, version)
    if service.publication != Service.Publication.PUBLISHED:
        _check_cap()
        service.publication = Service.Publication.PUBLISHED
        service.published_at = timezone.now()
    service.current_version = version
    service.save(update_fields=["publication", "published_at", "current_version", "updated_at"])
    Lane.objects.get_or_create(service=service)
    return service


def draft_publish(*, draft_id: UUID) -> Service:
    """Makes an approved draft what citizens see and send: a version of it, and the service's own fields.

    Asks the agency's system for an answer first, outside of any transaction. Raises CannotPublish, which says what is
    missing (services_catalog.quality).
    """
    seen = ServiceDraft.objects.select_related("service__agency__credential").get(pk=draft_id)
    _check_approved(seen)
    besides = _agency_answers(seen)
    with transaction.atomic():
        _lock_publication()
        draft = ServiceDraft.objects.select_for_update(of=("self",)).select_related("service__agency").get(pk=draft_id)
        _check_approved(draft)
        if draft.edited_at != seen.edited_at:
            raise _not_approved(draft)
        _check_quality(draft, besides)
        return _go_live(draft)


def places_left() -> int:
    """How many more services may be published."""
    return max(0, settings.PUBLISHED_SERVICES_CAP - Service.objects.published().count())


def service_unpublish(*, service: Service) -> Service:
    """Hides the service from citizens; requests under way go on."""
    service.publication = Service.Publication.UNPUBLISHED
    service.save(update_fields=["publication", "updated_at"])
    return service


def _lock_publication() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_PUBLICATION_LOCK])


def _check_approved(draft: ServiceDraft) -> None:
    if draft.lifecycle != ServiceDraft.Lifecycle.APPROVED:
        raise _not_approved(draft)


def _not_approved(draft: ServiceDraft) -> CannotPublish:
    return _not_ready(draft.service, "ร่างยังไม่ผ่านการอนุมัติ", "the draft is not approved.")


def _agency_answers(draft: ServiceDraft) -> list[Missing]:
    """What is missing where the agency's system does not answer; nothing where the options cannot even be read."""
    adapter = adapter_of(draft)
    if isinstance(adapter, Text):
        return []
    secret = outgoing_secret(getattr(draft.service.agency, "credential", None))
    if not secret:
        return [no_secret()]
    call = CallSettings(secret, settings.QUALITY_CALL_DEADLINE, request_id="")
    try:
        adapter.check_config(call)
    except DeliveryFailure as failure:
        return [no_answer(failure.code)]
    return []


def _check_quality(draft: ServiceDraft, besides: Sequence[Missing]) -> None:
    quality = quality_of(draft, besides=[*besides, *review_missing(draft.reviewed_at, timezone.now())])
    if not quality.is_enough:
        th, en = ("; ".join(getattr(one.text, language) for one in quality.missing) for language in ("th", "en"))
        score, needed = quality.score, settings.QUALITY_THRESHOLD
        raise _not_ready(
            draft.service,
            f"ความครบถ้วน {score} จาก 100 (ต้องได้อย่างน้อย {needed}) ยังขาด: {th}",
            f"quality {score} of 100 ({needed} needed). Missing: {en}",
        )


def _go_live(draft: ServiceDraft) -> Service:
    service = Service.objects.select_for_update(of=("self",)).select_related("agency").get(pk=draft.pk)
    copy_content(draft, service)
    service.reviewed_at = draft.reviewed_at
    index_fields(service)
    service.save()
    version = service_version_create(
        service=service,
        form=draft.form,
        example=draft.example,
        claims=list(draft.claim_purposes),
        content=content_of(draft),
    )
    published = service_publish(service=service, version=version)
    draft.editors = []
    draft.save(update_fields=["editors"])
    return published


def _check_ready(service: Service, version: ServiceVersion) -> None:
    if version.service_id != service.pk:
        raise _not_ready(service, "รุ่นนี้เป็นของบริการอื่น", "the version belongs to another service.")
    adapter = adapter_of(service)
    if isinstance(adapter, Text):
        raise _not_ready(service, adapter.th, adapter.en)


def _not_ready(service: Service, th: str, en: str) -> CannotPublish:
    return CannotPublish(Text(f"{service.code}: {th}", f"{service.code}: {en}"))


def _check_cap() -> None:
    published = Service.objects.filter(publication=Service.Publication.PUBLISHED).count()
    if published >= settings.PUBLISHED_SERVICES_CAP:
        cap = settings.PUBLISHED_SERVICES_CAP
        raise CannotPublish(
            Text(
                f"เปิดใช้แล้ว {published} บริการ จากที่เปิดได้ {cap} บริการ: กรุณาปิดบริการอื่นก่อน หรือเพิ่มค่า PUBLISHED_SERVICES_CAP",
                f"{published} services are published and the cap is {cap}: "
                "unpublish one first, or raise PUBLISHED_SERVICES_CAP.",
            )
        )
