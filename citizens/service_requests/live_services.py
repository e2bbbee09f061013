"""What a submission needs to know of a published service, remembered by each process.

Nothing is ever accepted on the strength of memory: the statement that writes a request down checks that the service
is still as remembered (`acceptance.write_acceptance`), and a refusal is checked against the database first.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from services_catalog.models import Service, ServiceVersion
from services_catalog.services.running import Availability, Openness, availability_of


@dataclass(frozen=True, slots=True)
class LiveService:
    """A published service and its current version."""

    id: UUID
    version_id: UUID
    version: int
    min_ial: Decimal
    min_aal: Decimal
    # As the lane has it; None where the retry profile decides.
    give_up_after_days: int | None
    # Set while it takes no requests.
    closed: Availability | None

    def load_form(self) -> dict[str, Any]:
        form: dict[str, Any] = ServiceVersion.objects.values_list("form", flat=True).get(pk=self.version_id)
        return form


_remembered: dict[str, LiveService] = {}


def recall(code: str) -> LiveService | None:
    """The service as this process saw it last."""
    return _remembered.get(code)


def look_up(code: str) -> LiveService | None:
    """The service as it is now; None when it is not published."""
    now = timezone.now()
    service = Service.objects.published().for_lists().with_running(now).filter(code=code).first()
    if service is None or service.current_version is None:
        _remembered.pop(code, None)
        return None
    lane = getattr(service, "lane", None)
    availability = availability_of(service, now)
    _remembered[code] = live = LiveService(
        id=service.pk,
        version_id=service.current_version.pk,
        version=service.current_version.number,
        min_ial=service.min_ial,
        min_aal=service.min_aal,
        give_up_after_days=lane.give_up_after_days if lane else None,
        closed=availability if availability.state == Openness.CLOSED else None,
    )
    return live
