from uuid import UUID

from services_catalog.management.lane_command import LaneCommand
from services_catalog.services.lanes import lane_pause
from services_catalog.services.operator_actions import Doer


class Command(LaneCommand):
    help = "Pauses a lane: its requests are accepted and wait."
    done = "is paused"
    unchanged = "was paused already"

    def change(self, *, lane_id: UUID, by: Doer, reason: str) -> bool:
        return lane_pause(lane_id=lane_id, by=by, reason=reason)
