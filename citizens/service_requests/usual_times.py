"""How long a service's requests take from receipt to the agency's decision, for the public catalogue.

The finished requests of a service can be a lucky selection: where most are still open, those that are through are the
quick ones. So the figures are told only where they hold for requests in general: of the requests that were received
long enough ago to be decided within the 90th percentile, nearly nine of ten must have been (exactly nine, had all been
decided). Cancelled and undeliverable requests never were the agency's to decide and count for nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection
from django.utils import timezone

from citizens.service_requests.ids import first_id_of
from citizens.service_requests.models import ServiceRequest, Status, StatusEvent
from services_catalog.models import Service, ServiceStats

logger = structlog.get_logger(__name__)

_DECIDED = [Status.COMPLETED.value, Status.REJECTED.value]
_NOT_TO_DECIDE = [Status.CANCELLED.value, Status.UNDELIVERABLE.value]

# Of one service: its index ends at the id, which is a time, and each decision is found by its request.
_FIGURES = f"""
    WITH recent AS MATERIALIZED (
        SELECT request.status, request.created_at, decision.created_at - request.created_at AS took
        FROM "{ServiceRequest._meta.db_table}" AS request
        LEFT JOIN "{StatusEvent._meta.db_table}" AS decision
            ON decision.service_request_id = request.id AND decision.status = ANY(%(decided)s)
            AND decision.from_status <> '' AND request.status = decision.status AND decision.id >= %(first)s
        WHERE request.service_id = %(service)s AND request.id >= %(first)s
    ), usual AS (
        SELECT count(*) AS received, count(took) AS decided,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY took) AS median,
            percentile_cont(0.9) WITHIN GROUP (ORDER BY took) AS p90
        FROM recent
    )
    SELECT received, decided, median, p90,
        (SELECT count(*) FROM recent WHERE created_at <= %(now)s - p90 AND status <> ALL(%(not_to_decide)s)),
        (SELECT count(*) FROM recent WHERE created_at <= %(now)s - p90 AND took <= p90)
    FROM usual
"""  # noqa: S608  (our own tables' names)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one service's recent requests. `old_enough`: received at least `p90` ago; `in_time`: of these, decided so."""

    received: int
    decided: int
    median: timedelta | None
    p90: timedelta | None
    old_enough: int
    in_time: int

    @property
    def can_be_told(self) -> bool:
        limits: dict[str, Any] = settings.USUAL_TIME
        enough = min(self.decided, self.old_enough) >= limits["least_decided"]
        return bool(enough and self.in_time >= limits["least_share_in_time"] * self.old_enough)


def usual_times_compute() -> int:
    """Computes the statistics of all services; returns how many have a usual time to tell.

    A statement for each service, so that none is long, however many requests there are.
    """
    now = timezone.now()
    services = Service.objects.order_by("pk").values_list("pk", flat=True)
    stats = [_stats(service_id, _figures(service_id, now), now) for service_id in services]
    written = ["usual_median", "usual_p90", "decided", "received", "computed_at"]
    ServiceStats.objects.bulk_create(stats, update_conflicts=True, unique_fields=["service"], update_fields=written)
    told = sum(one.usual_median is not None for one in stats)
    logger.info("usual_times_computed", services=len(stats), told=told)
    return told


def _figures(service_id: UUID, now: datetime) -> Figures:
    parameters: dict[str, Any] = {
        "service": service_id,
        "first": first_id_of(now - settings.USUAL_TIME["within"]),
        "now": now,
        "decided": _DECIDED,
        "not_to_decide": _NOT_TO_DECIDE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, parameters)
        return Figures(*cursor.fetchone())


def _stats(service_id: UUID, figures: Figures, now: datetime) -> ServiceStats:
    return ServiceStats(
        service_id=service_id,
        usual_median=figures.median if figures.can_be_told else None,
        usual_p90=figures.p90 if figures.can_be_told else None,
        decided=figures.decided,
        received=figures.received,
        computed_at=now,
    )
