from uuid import UUID

from celery import shared_task

from citizens.service_requests import services
from citizens.service_requests.nudges import send_nudge
from citizens.service_requests.routing import drain
from citizens.service_requests.routing import sweep as sweeping
from services_catalog.queues import DRAIN_LANE, DRAIN_LANES, FORGET_IDEMPOTENCY_KEYS, SWEEP


@shared_task(name=DRAIN_LANE)
def drain_lane(lane_id: str) -> None:
    drain.drain_lane(UUID(lane_id))


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
