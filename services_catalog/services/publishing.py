"""From draft to live: versions, the cap on live services, and taking a service back."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from services_catalog.adapters import contrib  # noqa: F401  (registers the adapters)
from services_catalog.adapters.registry import UnknownAdapter, registry
from services_catalog.claims import CLAIMS
from services_catalog.languages import Text
from services_catalog.models import Lane, Service, ServiceVersion
from services_catalog.schemas import check_form

# Every change of what is published takes this lock first, so that two at once cannot both be the 300th.
_PUBLICATION_LOCK = 7_300_300


class CannotPublish(Exception):
    """The service is not ready, or the platform is full; `text` says which."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class UnknownClaim(ValueError):
    """A version asks for an identity field that does not exist."""


@transaction.atomic
def service_version_create(
    *, service: Service, form: dict[str, Any], example: Any, claims: Sequence[str] = ()
) -> ServiceVersion:
    """The next version of the service, or the current one when nothing differs.

    Raises services_catalog.schemas.InvalidForm or UnknownClaim. The service keeps its live version until published.
    """
    check_form(form, example)
    if unknown := set(claims) - set(CLAIMS):
        raise UnknownClaim(", ".join(sorted(unknown)))
    Service.objects.select_for_update().get(pk=service.pk)
    latest = service.versions.order_by("-number").first()
    wanted = {"form": form, "example": example, "claims": sorted(claims)}
    if latest and wanted == {"form": latest.form, "example": latest.example, "claims": latest.claims}:
        return latest
    return ServiceVersion.objects.create(service=service, number=latest.number + 1 if latest else 1, **wanted)


@transaction.atomic
def service_publish(*, service: Service, version: ServiceVersion) -> Service:
    """Makes `version` what citizens see and send. Raises CannotPublish."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_PUBLICATION_LOCK])
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


def service_publish_latest(*, service: Service) -> Service:
    """Publishes the service's latest version. Raises CannotPublish, also when it has none."""
    version = service.versions.order_by("-number").first()
    if version is None:
        raise _not_ready(service, "ยังไม่มีแบบฟอร์ม", "there is no form yet.")
    return service_publish(service=service, version=version)


def service_unpublish(*, service: Service) -> Service:
    """Hides the service from citizens; requests under way go on."""
    service.publication = Service.Publication.UNPUBLISHED
    service.save(update_fields=["publication", "updated_at"])
    return service


def _check_ready(service: Service, version: ServiceVersion) -> None:
    if version.service_id != service.pk:
        raise _not_ready(service, "รุ่นนี้เป็นของบริการอื่น", "the version belongs to another service.")
    try:
        registry.build(service.adapter, service.adapter_options)
    except UnknownAdapter:
        name = repr(service.adapter)
        raise _not_ready(service, f"ไม่มีตัวเชื่อมต่อชื่อ {name}", f"there is no adapter called {name}.") from None
    except ValidationError as error:
        wrong = ", ".join(sorted(error.detail)) if isinstance(error.detail, dict) else "all of them"
        raise _not_ready(
            service, f"ตัวเชื่อมต่อไม่รับค่าเหล่านี้: {wrong}", f"the adapter refuses these options: {wrong}."
        ) from None


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
