"""What keeps the queue moving whatever was killed (rules 1 and 4)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from kombu import Connection

from citizens.notifications.models import Notification
from citizens.notifications.services import notify_pending
from citizens.service_requests.models import DeliveryAttempt, Outcome, ServiceRequest
from citizens.service_requests.routing import sweep as sweeping
from citizens.service_requests.routing.claim import claim
from citizens.service_requests.routing.sweep import expire_leases, lanes_with_due_work, sweep
from services_catalog.models import Lane, Service
from tests.citizens.service_requests.making import make_attempt, make_request, make_service, statuses
from tests.citizens.service_requests.routing.conftest import is_hinted_at

PAST = timedelta(seconds=-1)


def abandon(service: Service, outcome: Outcome, lease: timedelta = PAST, **fields: Any) -> ServiceRequest:
    """A request whose worker died with the attempt in that state."""
    service_request = make_request(service, **fields)
    make_attempt(service_request, outcome, lease_expires_at=timezone.now() + lease)
    return service_request


def test_what_was_claimed_and_not_sent_is_due_again(service: Service) -> None:
    service_request = abandon(service, Outcome.CLAIMED)
    assert expire_leases() == 1
    service_request.refresh_from_db()
    assert service_request.next_attempt_at is not None
    assert service_request.outcome_unknown is False
    attempt = service_request.attempts.get()
    assert (attempt.outcome, attempt.failure_code) == (Outcome.RETRYABLE, "lease_expired")
    assert statuses(service_request) == ["received"]


def test_what_was_being_sent_may_have_arrived_and_is_looked_up_next(service: Service) -> None:
    service_request = abandon(service, Outcome.SENDING)
    assert expire_leases() == 1
    assert service_request.attempts.get().outcome == Outcome.UNKNOWN
    ServiceRequest.objects.update(next_attempt_at=timezone.now())
    [claimed] = claim(service.pk, at_most=1)
    assert claimed.request_id == service_request.pk
    assert claimed.look_up_first is True


@pytest.mark.parametrize("outcome", [Outcome.CLAIMED, Outcome.SENDING])
def test_a_live_lease_is_never_stolen(service: Service, outcome: Outcome) -> None:
    service_request = abandon(service, outcome, lease=timedelta(seconds=2))
    sweep()
    assert service_request.attempts.get().outcome == outcome
    service_request.refresh_from_db()
    assert service_request.next_attempt_at is None


@pytest.mark.parametrize("outcome", [Outcome.DELIVERED, Outcome.RETRYABLE, Outcome.PERMANENT, Outcome.UNKNOWN])
def test_a_closed_attempt_has_no_lease_to_expire(service: Service, outcome: Outcome) -> None:
    service_request = abandon(service, outcome)
    assert expire_leases() == 0
    assert service_request.attempts.get().failure_code == ""


def test_what_was_never_sent_in_time_is_given_up_and_the_citizen_is_told(service: Service) -> None:
    service_request = abandon(service, Outcome.CLAIMED, give_up_at=timezone.now())
    expire_leases()
    assert statuses(service_request) == ["received", "undeliverable"]
    notify_pending()
    assert Notification.objects.filter(citizen=service_request.citizen).count() == 2


def test_what_may_have_arrived_is_not_given_up_but_parked(service: Service) -> None:
    service_request = abandon(service, Outcome.SENDING, give_up_at=timezone.now())
    expire_leases()
    service_request.refresh_from_db()
    assert (service_request.status, service_request.parked_reason) == ("received", "outcome_unknown")
    assert statuses(service_request) == ["received"]


def test_a_finished_request_stays_finished_when_a_lease_expires(service: Service) -> None:
    service_request = abandon(service, Outcome.SENDING, status="completed", next_attempt_at=None)
    expire_leases()
    service_request.refresh_from_db()
    assert (service_request.status, service_request.next_attempt_at) == ("completed", None)
    assert service_request.attempts.get().outcome == Outcome.UNKNOWN


def test_all_are_put_back_however_many_they_are(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "_BATCH", 2)
    for number in range(5):
        abandon(service, [Outcome.CLAIMED, Outcome.SENDING][number % 2])
    sweep()
    assert not DeliveryAttempt.objects.filter(outcome__in=["claimed", "sending"]).exists()


def test_names_the_lanes_that_may_run_and_have_something_due(db: None) -> None:
    due, waiting, paused, parked, idle = (make_service() for _ in range(5))
    make_request(due)
    make_request(due)
    make_request(waiting, next_attempt_at=timezone.now() + timedelta(seconds=30))
    make_request(paused)
    Lane.objects.filter(pk=paused.pk).update(paused=True)
    make_request(parked, next_attempt_at=None, parked_reason="outcome_unknown")
    assert idle.lane.pk not in lanes_with_due_work()
    assert lanes_with_due_work() == [due.pk]


def test_hints_at_a_lane_whose_work_is_due_again(service: Service, broker: Connection) -> None:
    abandon(service, Outcome.CLAIMED)
    make_request(service)
    sweep()
    assert is_hinted_at(broker, service)
