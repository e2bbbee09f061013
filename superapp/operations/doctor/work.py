"""What the rows say about the workers: is work done that is due, and is the catalogue within its cap."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from citizens.service_requests.models import OPEN_OUTCOMES, DeliveryAttempt, ServiceRequest, StatusEvent
from services_catalog.models import Lane, Service, Standing
from superapp.operations.doctor.database import guarded
from superapp.operations.doctor.findings import Finding, failed, ok, warning

_PILING_UP = timedelta(minutes=2)


def examine_work() -> Iterator[Finding]:
    """Once `database_answers` is not failed."""
    for check, look in _CHECKS.items():
        yield guarded(check, look)


def _due() -> Finding:
    """What waits in a lane that may not deliver waits because it must."""
    now = timezone.now()
    lanes = Lane.objects.with_outage(now)
    running = [lane.pk for lane in lanes if lane.standing(now) == Standing.RUNNING]
    due = ServiceRequest.objects.filter(next_attempt_at__lte=now, service__in=running)
    waiting, oldest = _count_and_oldest(due, "next_attempt_at")
    if oldest and (age := now - oldest) > _PILING_UP:
        return warning(
            "due requests",
            f"{waiting} are due, the oldest for {_minutes(age)}.",
            "Start more delivery workers; if one lane holds them all, look at its agency in the admin.",
        )
    return ok("due requests", f"{waiting} are due, none for more than {_minutes(_PILING_UP)}.")


def _sweep() -> Finding:
    """The sweep runs each second and leaves no trace, but leases that ran out unnoticed tell that it does not."""
    limit = timezone.now() - _PILING_UP
    forgotten = DeliveryAttempt.objects.filter(outcome__in=OPEN_OUTCOMES, lease_expires_at__lt=limit).count()
    if forgotten:
        return failed(
            "sweep",
            f"{forgotten} attempts are open whose lease ran out more than {_minutes(_PILING_UP)} ago.",
            "Start beat and a worker of the maintenance queue.",
        )
    return ok("sweep", "No lease ran out unnoticed.")


def _notifications() -> Finding:
    now = timezone.now()
    waiting, oldest = _count_and_oldest(StatusEvent.objects.filter(notified_at__isnull=True), "created_at")
    if oldest and (age := now - oldest) > _PILING_UP:
        return warning(
            "notifications",
            f"{waiting} status events are not told to their citizens, the oldest for {_minutes(age)}.",
            "Start beat and a worker of the notifications queue.",
        )
    return ok("notifications", f"{waiting} status events wait, none for more than {_minutes(_PILING_UP)}.")


def _cap() -> Finding:
    published, cap = Service.objects.published().count(), settings.PUBLISHED_SERVICES_CAP
    if published > cap:
        return failed(
            "published", f"{published} services are published and the cap is {cap}.", "Raise PUBLISHED_SERVICES_CAP."
        )
    if published == cap:
        return warning(
            "published",
            f"All {cap} places are taken: the next service to be published is refused.",
            "Unpublish one or raise PUBLISHED_SERVICES_CAP.",
        )
    return ok("published", f"{published} services are published; the cap is {cap}.")


def _count_and_oldest(
    rows: QuerySet[ServiceRequest] | QuerySet[StatusEvent], since: str
) -> tuple[int, datetime | None]:
    found = rows.order_by().aggregate(count=Count("pk"), oldest=Min(since))
    return found["count"], found["oldest"]


def _minutes(age: timedelta) -> str:
    return f"{age // timedelta(minutes=1)} min"


_CHECKS: dict[str, Callable[[], Finding]] = {
    "due requests": _due,
    "sweep": _sweep,
    "notifications": _notifications,
    "published": _cap,
}
