from uuid import UUID

from services_catalog.management.lane_command import LaneCommand
from services_catalog.services.lanes import lane_resume
from services_catalog.services.operator_actions import Doer


class Command(LaneCommand):
    help = "Resumes a paused lane: what waits is delivered."
    done = "is resumed"
    unchanged = "was not paused"

    def change(self, *, lane_id: UUID, by: Doer, reason: str) -> bool:
        return lane_resume(lane_id=lane_id, by=by, reason=reason)
