"""The same citizen, service and answers again under another key: most likely a mistake (settings.RESEND_WINDOW)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from citizens.service_requests import problems
from citizens.service_requests.models import IdempotencyKey, ServiceRequest, Status
from services_catalog.problems import Problem

# A request that came to nothing does not keep its citizen from sending the same again.
_NOT_COUNTED = [Status.CANCELLED, Status.REJECTED, Status.UNDELIVERABLE]


def window_of(moment: datetime) -> int:
    """The number of the window that the moment is in, counted since 1970."""
    return int(moment.timestamp() // settings.RESEND_WINDOW.total_seconds())


def make_room(citizen_id: UUID, known_as: Sequence[bytes]) -> None:
    """Raises Problem ALREADY_SENT when this was sent in the last minutes and has not come to nothing.

    What came to nothing gives its place in the window to whoever is next: the unique index goes on settling races.
    """
    recent = IdempotencyKey.objects.filter(
        citizen_id=citizen_id,
        body_fingerprint__in=known_as,
        created_at__gt=timezone.now() - settings.RESEND_WINDOW,
    )
    earlier = recent.exclude(service_request__status__in=_NOT_COUNTED).order_by("-created_at")
    if found := earlier.select_related("service_request").first():
        raise _already_sent(found.service_request)
    recent.filter(service_request__status__in=_NOT_COUNTED).update(taken_in=None)


def _already_sent(earlier: ServiceRequest) -> Problem:
    href = reverse("service-request-detail", args=[earlier.pk])
    existing = {
        "id": str(earlier.pk),
        "receipt_number": earlier.receipt_number,
        "href": href,
        "created_at": timezone.localtime(earlier.created_at).isoformat(),
    }
    return Problem(problems.ALREADY_SENT, headers={"Location": href}, extensions={"existing": existing})
