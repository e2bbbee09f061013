"""The usual time of a service: told where it holds for requests in general, hidden where it would mislead."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from uuid_utils.compat import uuid7

from citizens.models import Citizen
from citizens.service_requests.ids import first_id_of
from citizens.service_requests.models import ServiceRequest, Status, StatusEvent
from citizens.service_requests.tasks import compute_usual_times
from citizens.service_requests.usual_times import usual_times_compute
from services_catalog.models import Service, ServiceStats
from tests.citizens.service_requests.making import make_citizen, make_service

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def someone(db: None) -> Citizen:
    return make_citizen()


def id_at(age: timedelta) -> UUID:
    """As if it had been made `age` ago, and no two alike."""
    return UUID(int=(first_id_of(timezone.now() - age).int >> 64 << 64) | (uuid7().int & (1 << 64) - 1))


def received(
    service: Service, citizen: Citizen, ages: Iterable[timedelta], status: Status = Status.DELIVERED
) -> list[ServiceRequest]:
    """Requests of those ages that have this status."""
    assert service.current_version_id is not None
    now = timezone.now()
    rows = [
        ServiceRequest(
            id=(identifier := id_at(age)),
            receipt_number=str(identifier)[-24:],
            citizen=citizen,
            service=service,
            version_id=service.current_version_id,
            data_encrypted=b"",
            status=status,
            give_up_at=now,
            created_at=now - age,
            updated_at=now,
        )
        for age in ages
    ]
    return ServiceRequest.objects.bulk_create(rows)


def decided(
    service: Service,
    citizen: Citizen,
    times: Iterable[timedelta],
    *,
    age: timedelta = 30 * DAY,
    status: Status = Status.COMPLETED,
) -> None:
    """Requests received `age` ago and decided after these times."""
    times = list(times)
    requests = received(service, citizen, [age] * len(times), status)
    StatusEvent.objects.bulk_create(
        StatusEvent(
            id=id_at(age - took),
            service_request=request,
            sequence=2,
            from_status=Status.DELIVERED,
            status=status,
            source=StatusEvent.Source.AGENCY,
            next_actor="nobody",
            occurred_at=request.created_at,
            created_at=request.created_at + took,
        )
        for request, took in zip(requests, times, strict=True)
    )


def stats_of(service: Service) -> ServiceStats:
    usual_times_compute()
    return ServiceStats.objects.get(pk=service.pk)


def is_told(service: Service) -> bool:
    return stats_of(service).usual_median is not None


def test_median_and_nine_of_ten(someone: Citizen) -> None:
    service = make_service()
    decided(service, someone, [hours * HOUR for hours in range(1, 22)])
    stats = stats_of(service)
    assert (stats.usual_median, stats.usual_p90) == (11 * HOUR, 19 * HOUR)
    assert (stats.decided, stats.received) == (21, 21)


def test_a_rejection_is_a_decision(someone: Citizen) -> None:
    service = make_service()
    decided(service, someone, [HOUR] * 20, status=Status.REJECTED)
    assert stats_of(service).usual_p90 == HOUR


@pytest.mark.parametrize(("count", "told"), [(19, False), (20, True)])
def test_too_few_decisions_say_nothing(someone: Citizen, count: int, told: bool) -> None:
    service = make_service()
    decided(service, someone, [HOUR] * count)
    assert is_told(service) is told


@pytest.mark.parametrize(("still_open", "told"), [(5, True), (6, False)])
def test_the_finished_ones_may_be_a_lucky_selection(someone: Citizen, still_open: int, told: bool) -> None:
    """20 were through within an hour; 25 that old are the most of which these are four in five."""
    service = make_service()
    decided(service, someone, [HOUR] * 20)
    received(service, someone, [10 * DAY] * still_open)
    assert is_told(service) is told


def test_what_was_received_just_now_can_be_neither_quick_nor_slow(someone: Citizen) -> None:
    service = make_service()
    decided(service, someone, [2 * HOUR] * 20)
    received(service, someone, [HOUR] * 200)
    assert is_told(service)


@pytest.mark.parametrize(("old", "told"), [(19, False), (20, True)])
def test_enough_must_be_old_enough_to_tell(someone: Citizen, old: int, told: bool) -> None:
    """Nine of ten took nine days, and most were received more lately than that: perhaps the quick ones of many."""
    service = make_service()
    decided(service, someone, [9 * DAY] * old, age=10 * DAY)
    decided(service, someone, [HOUR] * 100, age=DAY)
    decided(service, someone, [9 * DAY - HOUR] * 20, age=9 * DAY - HOUR)
    assert is_told(service) is told


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.UNDELIVERABLE])
def test_what_the_agency_never_had_to_decide_does_not_count(someone: Citizen, status: Status) -> None:
    service = make_service()
    decided(service, someone, [HOUR] * 20)
    received(service, someone, [10 * DAY] * 20, status)
    assert is_told(service)


def test_only_the_last_ninety_days_count(someone: Citizen) -> None:
    service = make_service()
    decided(service, someone, [HOUR] * 20, age=89 * DAY)
    decided(service, someone, [40 * DAY] * 20, age=91 * DAY)
    stats = stats_of(service)
    assert (stats.usual_p90, stats.received) == (HOUR, 20)


def test_services_do_not_mix_and_quiet_ones_have_figures_too(someone: Citizen) -> None:
    quick, slow, quiet = make_service(), make_service(), make_service()
    decided(quick, someone, [HOUR] * 20)
    decided(slow, someone, [5 * DAY] * 20)
    assert (stats_of(quick).usual_median, stats_of(slow).usual_median) == (HOUR, 5 * DAY)
    assert (stats_of(quiet).usual_median, stats_of(quiet).received) == (None, 0)


def test_the_next_hour_replaces_what_was_told(someone: Citizen) -> None:
    service = make_service()
    decided(service, someone, [HOUR] * 20)
    first = stats_of(service)
    received(service, someone, [10 * DAY] * 50)
    compute_usual_times()
    after = ServiceStats.objects.get(pk=service.pk)
    assert (first.usual_median, after.usual_median) == (HOUR, None)
    assert after.computed_at > first.computed_at


def test_it_is_one_statement_for_each_service(someone: Citizen) -> None:
    for _ in range(3):
        decided(make_service(), someone, [HOUR] * 3)
    with CaptureQueriesContext(connection) as queries:
        usual_times_compute()
    assert len(queries) <= 3 + 3
