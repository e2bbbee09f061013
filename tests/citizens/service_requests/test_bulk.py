"""Writing some columns of many rows in one statement: what is read back is what was in memory."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DataError, IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from citizens.service_requests.bulk import write_rows
from citizens.service_requests.models import DeliveryAttempt, Errand, Outcome, ServiceRequest, Status
from services_catalog.models import Service
from tests.citizens.service_requests.making import make_attempt, make_request, make_service

MOMENT = datetime(2026, 11, 22, 23, 59, 59, 123456, tzinfo=UTC)
AWKWARD = 'it\'s "quoted", {braces}, \\back\\slash, NULL, %s, ก ไก่, 🐘\n\ttab'


@pytest.fixture
def service(db: None) -> Service:
    return make_service()


def write_and_read(service_request: ServiceRequest, name: str, value: Any) -> Any:
    setattr(service_request, name, value)
    write_rows(ServiceRequest, [vars(service_request)], (name,))
    return ServiceRequest.objects.values_list(name, flat=True).get(pk=service_request.pk)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("next_actor", "citizen"),
        ("agency_reference", AWKWARD),
        ("agency_reference", ""),
        ("asked_th", AWKWARD * 50),
        ("outcome_unknown", True),
        ("tries", 2**31 - 1),
        ("give_up_at", MOMENT),
        ("taken_at", MOMENT),
        ("taken_at", None),
        ("asked_form", None),
        ("asked_form", {"type": "object", "x": [None, 1.5, True, AWKWARD]}),
        ("asked_form", []),
        ("asked_form", {"maximum": 10**30}),
        ("asked_form", AWKWARD),
    ],
)
def test_a_value_comes_back_as_it_was(service: Service, name: str, value: Any) -> None:
    assert write_and_read(make_request(service), name, value) == value


def test_a_member_of_an_enumeration_is_stored_as_its_value(service: Service) -> None:
    service_request = make_request(service, next_attempt_at=None)
    assert write_and_read(service_request, "status", Status.IN_PROGRESS) == "in_progress"
    assert write_and_read(service_request, "errand", Errand.RESPONSE) == "response"


def test_nothing_in_one_row_and_something_in_the_next_stay_apart(service: Service) -> None:
    rows = [make_request(service) for _ in range(4)]
    for number, row in enumerate(rows):
        row.asked_form = {"number": number} if number % 2 else None
        row.taken_at = None if number % 2 else MOMENT
        row.agency_reference = f"{number},{AWKWARD}"
    write_rows(ServiceRequest, [vars(row) for row in reversed(rows)], ("asked_form", "taken_at", "agency_reference"))
    stored = ServiceRequest.objects.in_bulk([row.pk for row in rows])
    for row in rows:
        found = stored[row.pk]
        assert (found.asked_form, found.taken_at) == (row.asked_form, row.taken_at)
        assert found.agency_reference == row.agency_reference


def test_only_the_named_columns_of_the_given_rows_are_written(service: Service) -> None:
    given, other = make_request(service), make_request(service)
    before = ServiceRequest.objects.values().get(pk=other.pk)
    given.asked_th, given.asked_en = "เขียน", "not written"
    write_rows(ServiceRequest, [vars(given)], ("asked_th",))
    given.refresh_from_db()
    assert (given.asked_th, given.asked_en) == ("เขียน", "")
    assert ServiceRequest.objects.values().get(pk=other.pk) == before


def test_an_attempt_without_and_with_an_http_status(service: Service) -> None:
    attempts = [make_attempt(make_request(service)) for _ in range(2)]
    for attempt, http_status in zip(attempts, [None, 503], strict=True):
        attempt.outcome, attempt.http_status, attempt.finished_at = Outcome.RETRYABLE, http_status, MOMENT
    write_rows(DeliveryAttempt, [vars(one) for one in attempts], ("outcome", "http_status", "finished_at"))
    stored = DeliveryAttempt.objects.order_by("id").values_list("outcome", "http_status", "finished_at")
    assert list(stored) == [("retryable", None, MOMENT), ("retryable", 503, MOMENT)]


def test_however_many_rows_it_is_one_statement(
    service: Service, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [make_request(service) for _ in range(20)]
    with django_assert_num_queries(1):
        write_rows(ServiceRequest, [vars(row) for row in rows], ("tries", "asked_form"))
    with django_assert_num_queries(0):
        write_rows(ServiceRequest, [], ("tries",))


def test_what_the_database_forbids_it_forbids_here_too(service: Service) -> None:
    rows = [make_request(service, next_attempt_at=None) for _ in range(2)]
    rows[0].tries, rows[1].status = 5, "lost"
    with pytest.raises(IntegrityError, match="request_status_known"), transaction.atomic():
        write_rows(ServiceRequest, [vars(row) for row in rows], ("tries", "status"))
    rows[0].refresh_from_db()
    assert rows[0].tries == 0


def test_a_row_that_is_gone_is_not_made_anew(service: Service) -> None:
    gone = make_request(service)
    ServiceRequest.objects.filter(pk=gone.pk).delete()
    write_rows(ServiceRequest, [vars(gone)], ("tries",))
    assert not ServiceRequest.objects.filter(pk=gone.pk).exists()


def test_what_all_rows_share_and_what_they_do_not_come_back_alike(service: Service) -> None:
    rows = [make_request(service) for _ in range(3)]
    for number, row in enumerate(rows):
        row.asked_th, row.asked_form, row.taken_at, row.tries = AWKWARD, {"same": AWKWARD}, MOMENT, number
    write_rows(ServiceRequest, [vars(row) for row in rows], ("asked_th", "asked_form", "taken_at", "tries"))
    stored = ServiceRequest.objects.in_bulk([row.pk for row in rows])
    for row in rows:
        found = stored[row.pk]
        assert (found.asked_th, found.asked_form, found.taken_at) == (AWKWARD, {"same": AWKWARD}, MOMENT)
        assert found.tries == row.tries


def test_what_python_takes_for_the_same_in_json_stays_apart(service: Service) -> None:
    rows = [make_request(service) for _ in range(2)]
    for row, const in zip(rows, [1, True], strict=True):
        row.asked_form = {"const": const}
    write_rows(ServiceRequest, [vars(row) for row in rows], ("asked_form",))
    stored = ServiceRequest.objects.in_bulk([row.pk for row in rows])
    assert [repr(stored[row.pk].asked_form) for row in rows] == ["{'const': 1}", "{'const': True}"]


def test_a_text_that_is_too_long_is_refused_whether_rows_share_it_or_not(service: Service) -> None:
    for references in (["x" * 201] * 2, ["x" * 201, "y"]):
        rows = [make_request(service) for _ in references]
        for row, reference in zip(rows, references, strict=True):
            row.agency_reference = reference
        with pytest.raises(DataError), transaction.atomic():
            write_rows(ServiceRequest, [vars(row) for row in rows], ("agency_reference",))
