from typing import Any
from uuid import UUID

from celery import shared_task
from celery.signals import worker_shutdown
from django.conf import settings

from citizens.service_requests import drafts, forgetting, services, usual_times
from citizens.service_requests.archive.write import requests_archive
from citizens.service_requests.nudges import send_nudge
from citizens.service_requests.reconciliation import run as reconciling
from citizens.service_requests.routing import drain
from citizens.service_requests.routing import sweep as sweeping
from citizens.service_requests.routing.stragglers import finish_stragglers
from services_catalog.queues import (
    ARCHIVE_REQUESTS,
    COMPUTE_USUAL_TIMES,
    DRAIN_LANE,
    DRAIN_LANES,
    FORGET_AGENCY_EVENTS,
    FORGET_DRAFTS,
    FORGET_IDEMPOTENCY_KEYS,
    RECONCILE,
    SWEEP,
)


@shared_task(name=DRAIN_LANE)
def drain_lane(lane_id: str) -> None:
    drain.drain_lane(UUID(lane_id))


@worker_shutdown.connect
def _end_well(**kwargs: Any) -> None:
    finish_stragglers()


@shared_task(name=DRAIN_LANES)
def drain_lanes(lane_ids: list[str]) -> None:
    for lane_id in lane_ids:
        send_nudge(UUID(lane_id))


@shared_task(name=SWEEP)
def sweep() -> None:
    sweeping.sweep()


@shared_task(name=FORGET_IDEMPOTENCY_KEYS)
def forget_old_idempotency_keys() -> None:
    services.forget_old_idempotency_keys()


@shared_task(name=FORGET_AGENCY_EVENTS)
def forget_old_agency_events() -> None:
    forgetting.forget_old_agency_events()


@shared_task(name=FORGET_DRAFTS)
def forget_expired_drafts() -> None:
    drafts.forget_expired_drafts()


@shared_task(name=ARCHIVE_REQUESTS)
def archive_requests() -> None:
    requests_archive(for_at_most=settings.ARCHIVE_TURN)


@shared_task(name=RECONCILE)
def reconcile() -> None:
    reconciling.reconcile()


@shared_task(name=COMPUTE_USUAL_TIMES)
def compute_usual_times() -> None:
    usual_times.usual_times_compute()
