"""What the rows say, as Prometheus reads it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from uuid_utils.compat import uuid7

from citizens.identity.providers.base import ProviderFailed
from citizens.identity.providers.breaker import guarded
from citizens.models import HeldIdentity, ProviderHealth
from citizens.notifications.models import Notification
from citizens.notifications.services import notify_pending
from citizens.service_requests.ids import first_id_of
from citizens.service_requests.models import Difference, Outcome, ServiceRequest, Status, StatusEvent
from services_catalog.models import Lane, Outage
from tests.citizens.service_requests.making import make_attempt, make_request, make_service
from tests.factories import make_held, make_provider
from tests.superapp.operations.metrics.conftest import Page

pytestmark = pytest.mark.django_db
Scrape = Callable[[], Page]


def make_event(service_request: ServiceRequest, status: Status, *, age: timedelta) -> StatusEvent:
    """An event as it would be if it had been written `age` ago."""
    moment = timezone.now() - age
    sequence = service_request.events.count() + 1
    return StatusEvent.objects.create(
        id=UUID(int=first_id_of(moment).int + sequence),
        service_request=service_request,
        sequence=sequence,
        from_status=Status.RECEIVED,
        status=status,
        source=StatusEvent.Source.PLATFORM,
        next_actor="nobody",
        occurred_at=moment,
        created_at=moment,
    )


def test_what_waits_and_moves_in_each_lane(scrape: Scrape) -> None:
    service, quiet = make_service(slots=5), make_service()
    now = timezone.now()
    make_request(service, created_at=now - timedelta(minutes=10))
    make_request(service, next_attempt_at=now + timedelta(hours=1))
    make_attempt(make_request(service), Outcome.SENDING)
    page = scrape()
    assert page.value("superapp_lane_waiting", service=service.code) == 2
    assert page.value("superapp_lane_oldest_seconds", service=service.code) == pytest.approx(600, abs=5)
    assert page.value("superapp_lane_in_flight", service=service.code) == 1
    assert page.value("superapp_lane_slots", service=service.code) == 5
    assert page.value("superapp_lane_usable_slots", service=service.code) == 5
    assert page.value("superapp_due_requests") == 1
    assert page.value("superapp_lane_waiting", service=quiet.code) == 0
    assert page.value("superapp_lane_oldest_seconds", service=quiet.code) == 0
    assert page.value("superapp_database_up") == 1


def test_an_answer_that_waits_does_not_make_its_old_request_the_oldest(scrape: Scrape) -> None:
    service = make_service()
    make_request(
        service, created_at=timezone.now() - timedelta(days=9), errand="response", status=Status.ACTION_REQUIRED
    )
    page = scrape()
    assert page.value("superapp_lane_waiting", service=service.code) == 1
    assert page.value("superapp_lane_oldest_seconds", service=service.code) == 0


def test_where_the_breaker_stands_and_why_nothing_is_delivered(scrape: Scrape) -> None:
    running, paused, away = make_service(), make_service(paused=True), make_service()
    broken = make_service(breaker="open", breaker_probe_at=timezone.now() + timedelta(minutes=1))
    held = make_service(breaker_override="open")
    used_up = make_service(rate_per_day=1, rate_day=timezone.now() + timedelta(days=1), rate_day_calls=1)
    Outage.objects.create(lane=Lane.objects.get(pk=away.pk), starts_at=timezone.now())
    page = scrape()
    expected = {running: "running", paused: "paused", away: "outage", broken: "breaker_open", held: "breaker_open"}
    expected[used_up] = "used_up"
    for service, standing in expected.items():
        assert page.value("superapp_lane_standing", service=service.code, standing=standing) == 1
    assert page.value("superapp_lane_breaker", service=running.code, state="closed") == 1
    for service in (broken, held):
        assert page.value("superapp_lane_breaker", service=service.code, state="open") == 1
        assert page.value("superapp_lane_breaker", service=service.code, state="closed") is None
        assert page.value("superapp_lane_usable_slots", service=service.code) == 0


def test_what_waits_for_a_human(scrape: Scrape) -> None:
    service = make_service()
    for reason in ("outcome_unknown", "outcome_unknown", "adapter_error"):
        make_request(service, next_attempt_at=None, parked_reason=reason)
    page = scrape()
    assert page.value("superapp_parked_requests", service=service.code, reason="outcome_unknown") == 2
    assert page.value("superapp_parked_requests", service=service.code, reason="adapter_error") == 1


@pytest.mark.parametrize("status", [Status.UNDELIVERABLE, Status.REJECTED, Status.CANCELLED])
def test_a_failure_that_nobody_was_told_of_is_counted(scrape: Scrape, status: Status) -> None:
    service_request = make_request(make_service(), next_attempt_at=None)
    assert scrape().value("superapp_untold_failures") == 0
    make_event(service_request, status, age=timedelta(minutes=2))
    assert scrape().value("superapp_untold_failures") == 1
    notify_pending()
    assert scrape().value("superapp_untold_failures") == 0


def test_a_failure_marked_as_told_without_an_inbox_row_is_counted(scrape: Scrape) -> None:
    event = make_event(make_request(make_service(), next_attempt_at=None), Status.REJECTED, age=timedelta(hours=3))
    notify_pending()
    Notification.objects.filter(status_event=event).delete()
    assert scrape().value("superapp_untold_failures") == 1


def test_an_old_failure_that_still_waits_to_be_told_is_counted(scrape: Scrape) -> None:
    make_event(make_request(make_service(), next_attempt_at=None), Status.REJECTED, age=timedelta(days=40))
    assert scrape().value("superapp_untold_failures") == 1


def test_news_that_is_good_or_fresh_is_no_untold_failure(scrape: Scrape) -> None:
    make_event(make_request(make_service()), Status.COMPLETED, age=timedelta(hours=1))
    make_event(make_request(make_service()), Status.REJECTED, age=timedelta(seconds=30))
    assert scrape().value("superapp_untold_failures") == 0


def test_what_was_given_up_within_a_day(scrape: Scrape) -> None:
    for age in (timedelta(hours=23), timedelta(hours=25)):
        make_event(make_request(make_service(), next_attempt_at=None), Status.UNDELIVERABLE, age=age)
    assert scrape().value("superapp_undeliverable_day") == 1


def test_open_differences(scrape: Scrape) -> None:
    now = timezone.now()
    for settled_at in (None, now):
        Difference.objects.create(
            id=uuid7(),
            service_request=make_request(make_service()),
            kind=Difference.Kind.MISSING_AT_AGENCY,
            ours=Status.DELIVERED,
            found_at=now,
            settled_at=settled_at,
        )
    assert scrape().value("superapp_open_differences") == 1


def held_since(age: timedelta, **fields: Any) -> None:
    HeldIdentity.objects.filter(pk=make_held().pk).update(held_at=timezone.now() - age, **fields)


def test_held_identities_that_wait_and_for_how_long(scrape: Scrape) -> None:
    page = scrape()
    assert page.value("superapp_held_identities") == page.value("superapp_held_identities_oldest_seconds") == 0
    for hours in (1, 2):
        held_since(timedelta(hours=hours))
    held_since(timedelta(days=9), decision="refused", decided_at=timezone.now())
    page = scrape()
    assert page.value("superapp_held_identities") == 2
    assert page.value("superapp_held_identities_oldest_seconds") == pytest.approx(7200, abs=5)


def find_down(provider: str) -> None:
    for _ in range(settings.PROVIDER_BREAKER["failures"]):
        with suppress(ProviderFailed), guarded(provider):
            raise ProviderFailed("cannot_connect")


def test_digital_ids_that_are_down_are_told_until_a_call_succeeds(scrape: Scrape) -> None:
    for code, is_on in (("thaid", True), ("dga", True), ("moprom", False)):
        make_provider("http://127.0.0.1:9", code, is_on=is_on, is_primary=False)
    find_down("dga")
    page = scrape()
    assert page.value("superapp_identity_provider_up", provider="thaid") == 1
    assert page.value("superapp_identity_provider_up", provider="dga") == 0
    assert page.value("superapp_identity_provider_up", provider="moprom") is None
    ProviderHealth.objects.update(closed_until=timezone.now())
    assert scrape().value("superapp_identity_provider_up", provider="dga") == 0, "nobody has tried it yet"
    with guarded("dga"):
        pass
    assert scrape().value("superapp_identity_provider_up", provider="dga") == 1


def test_it_costs_the_same_with_many_services(scrape: Scrape) -> None:
    counts = []
    for _ in range(4):
        service = make_service()
        make_request(service)
        make_request(service, next_attempt_at=None, parked_reason="adapter_error")
        make_event(make_request(service), Status.REJECTED, age=timedelta(hours=1))
        with CaptureQueriesContext(connection) as queries:
            scrape()
        counts.append(len(queries))
    assert set(counts) == {counts[0]}
    assert counts[0] <= 10


def test_nothing_of_a_citizen_is_told(scrape: Scrape) -> None:
    service_request = make_request(make_service(), next_attempt_at=None, parked_reason="adapter_error")
    text = scrape().text
    assert service_request.service.code in text
    for secret in (service_request.pk, service_request.receipt_number, service_request.citizen_id):
        assert str(secret) not in text
