"""How long we go on trying to deliver something."""

from datetime import timedelta
from uuid import UUID

from citizens.service_requests.retry import give_up_after
from services_catalog.models import Lane


def patience_of(service_id: UUID) -> timedelta:
    """The lane's own, where it has one, goes before the profile's."""
    return give_up_after(Lane.objects.values_list("give_up_after_days", flat=True).get(pk=service_id))
