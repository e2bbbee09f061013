from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from citizens.service_requests import forgetting
from citizens.service_requests.ids import first_id_of
from citizens.service_requests.models import AgencyEvent
from citizens.service_requests.tasks import forget_old_agency_events
from services_catalog.models import Agency


def test_ids_of_agencies_events_are_forgotten_after_their_lifetime_and_not_before(
    agency: Agency, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "_BATCH", 2)
    limit = timezone.now() - settings.AGENCY_EVENT_LIFETIME
    for days in range(-3, 3):
        moment = limit + timedelta(days=days, hours=1)
        AgencyEvent.objects.create(id=first_id_of(moment), agency=agency, event_id=f"event {days}")
    forget_old_agency_events()
    assert set(AgencyEvent.objects.values_list("event_id", flat=True)) == {"event 0", "event 1", "event 2"}
