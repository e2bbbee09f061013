"""What look-ups take of the calls that an agency allows: little of a day's, and nothing for those that are not made."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from services_catalog import rate
from services_catalog.models import Lane


@transaction.atomic
def take_look_ups(lane_id: UUID, wanted: int, now: datetime) -> int:
    """How many of the wanted look-ups the lane's limits leave room for; they are taken off what deliveries may use."""
    lane = _locked(lane_id)
    allowed = rate.look_ups_allowed(lane, wanted, now)
    if allowed:
        rate.note_started(lane, allowed, now)
        lane.save(update_fields=rate.WRITTEN_FIELDS)
    return allowed


@transaction.atomic
def give_back(lane_id: UUID, look_ups: int, taken_at: datetime) -> None:
    """Look-ups that were taken then and not made. Gives back the day's: a second's have flowed in again meanwhile."""
    lane = _locked(lane_id)
    rate.note_not_made(lane, look_ups, taken_at)
    lane.save(update_fields=rate.WRITTEN_FIELDS)


def _locked(lane_id: UUID) -> Lane:
    return Lane.objects.select_for_update().get(pk=lane_id)
