"""What a submission needs to know of a published service, remembered by each process.

Nothing is ever accepted on the strength of memory: the statement that writes a request down checks that the service
is still as remembered (`acceptance.write_acceptance`), and a refusal is checked against the database first.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

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

    def load_form(self) -> dict[str, Any]:
        form: dict[str, Any] = ServiceVersion.objects.values_list("form", flat=True).get(pk=self.version_id)
        return form


_remembered: dict[str, LiveService] = {}


def recall(code: str) -> LiveService | None:
    """The service as this process saw it last."""
    return _remembered.get(code)


def look_up(code: str) -> LiveService | None:
    """The service as it is now; None when it is not published."""
    row = (
        Service.objects.published()
        .filter(code=code)
        .values_list(
            "id", "current_version_id", "current_version__number", "min_ial", "min_aal", "lane__give_up_after_days"
        )
        .first()
    )
    if row is None:
        _remembered.pop(code, None)
        return None
    _remembered[code] = live = LiveService(*row)
    return live
