"""What a submission needs to know of a published service, remembered by each process.

Nothing is ever accepted on the strength of memory: the statement that writes a request down checks that the service
is still as remembered (`acceptance.write_acceptance`), and a refusal is checked against the database first.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from services_catalog.languages import Text
from services_catalog.models import Service, ServiceVersion


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
    electronic_allowed: bool
    # None where the agency gives no reason of its own.
    not_electronic_reason: Text | None
    # When requests are taken at all; empty ends are open.
    opens_at: datetime | None
    closes_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        return (self.opens_at is None or self.opens_at <= now) and (self.closes_at is None or now < self.closes_at)

    def load_form(self) -> dict[str, Any]:
        form: dict[str, Any] = ServiceVersion.objects.values_list("form", flat=True).get(pk=self.version_id)
        return form


_COLUMNS = (
    *("id", "current_version_id", "current_version__number", "min_ial", "min_aal", "lane__give_up_after_days"),
    *("electronic_allowed", "not_electronic_reason_th", "not_electronic_reason_en", "opens_at", "closes_at"),
)
_remembered: dict[str, LiveService] = {}


def recall(code: str) -> LiveService | None:
    """The service as this process saw it last."""
    return _remembered.get(code)


def look_up(code: str) -> LiveService | None:
    """The service as it is now; None when it is not published."""
    row = Service.objects.published().filter(code=code).values_list(*_COLUMNS).first()
    if row is None:
        _remembered.pop(code, None)
        return None
    *others, reason_th, reason_en, opens_at, closes_at = row
    reason = Text(reason_th, reason_en or reason_th) if reason_th else None
    live = LiveService(*others, reason, opens_at, closes_at)  # type: ignore[call-arg]
    _remembered[code] = live
    return live
