"""What is decided about a citizen is decided by one at a time."""

from uuid import UUID

from citizens.models import Citizen


def citizen_lock(citizen_id: UUID) -> Citizen:
    """The citizen, whose row is locked until the transaction ends.

    Not its key: rows that name the citizen are written meanwhile. A transaction that holds something else we need may
    be about to do that, and the two would wait for each other.
    """
    return Citizen.objects.select_for_update(no_key=True).get(pk=citizen_id)
