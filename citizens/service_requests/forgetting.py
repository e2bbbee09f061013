"""What need not be remembered for ever."""

from django.conf import settings
from django.utils import timezone

from citizens.service_requests.ids import first_id_of
from citizens.service_requests.models import AgencyEvent

_BATCH = 5000


def forget_old_agency_events() -> int:
    """Deletes the ids of agencies' events past their lifetime, in short transactions; returns how many."""
    old = AgencyEvent.objects.filter(pk__lt=first_id_of(timezone.now() - settings.AGENCY_EVENT_LIFETIME))
    deleted = 0
    while batch := list(old.order_by("pk").values_list("pk", flat=True)[:_BATCH]):
        deleted += AgencyEvent.objects.filter(pk__in=batch).delete()[0]
    return deleted
