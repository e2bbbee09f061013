"""The five things that must not become slower with the years, each by the product's own functions.

What writes is undone: inside a transaction that is rolled back, with all foreign keys checked within the time that is
measured, and without the flush at its end, which depends on the disk alone.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from uuid import UUID

from django.db import connection, transaction
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from benchmarks.finished import submit
from benchmarks.history import REQUESTS_PER_CITIZEN
from citizens.service_requests import selectors
from citizens.service_requests.api.serializers import ServiceRequestSerializer, StatusEventSerializer
from citizens.service_requests.api.views import ServiceRequestsView
from citizens.service_requests.models import ServiceRequest
from citizens.service_requests.routing.claim import claim
from services_catalog.models import Service
from superapp.operations.figures import lane_figures

_SAMPLE = 200
_CLAIMED = 8
_EVENTS = 3


@dataclass(frozen=True, slots=True)
class Sample:
    """Whom the operations are about: requests out of the whole history with their citizens.

    Submissions go to `services`; `lanes` have due requests.
    """

    requests: list[tuple[UUID, UUID]]
    services: Sequence[Service]
    lanes: Sequence[Service]


def take_sample(size: int, services: Sequence[Service], lanes: Sequence[Service]) -> Sample:
    """The same sample each time for a history of that size."""
    chosen = random.Random(size).sample(range(size), _SAMPLE)  # noqa: S311  (repeatable, not secret)
    with connection.cursor() as cursor:
        cursor.execute("SELECT history_request(n) FROM unnest(%s::bigint[]) AS n", [chosen])
        ids = [one for (one,) in cursor.fetchall()]
    pairs = list(ServiceRequest.objects.filter(pk__in=ids).values_list("citizen_id", "pk"))
    _expect(len(pairs), _SAMPLE)
    return Sample(pairs, services, lanes)


def accept(sample: Sample, number: int) -> float:
    """A submission, as request_submit writes it."""
    citizen_id, _ = sample.requests[number % _SAMPLE]
    with rolled_back():
        started = perf_counter()
        submit(citizen_id, sample.services[number % len(sample.services)])
        _check_references()
        return perf_counter() - started


def claim_due(sample: Sample, number: int) -> float:
    """Eight due requests of a lane."""
    with rolled_back():
        started = perf_counter()
        claimed = claim(sample.lanes[number % len(sample.lanes)].pk, at_most=_CLAIMED)
        _check_references()
        took = perf_counter() - started
    _expect(len(claimed), _CLAIMED)
    return took


def list_requests(sample: Sample, number: int) -> float:
    """The first page of a citizen's requests, as the API shows it."""
    citizen_id, _ = sample.requests[number % _SAMPLE]
    view = ServiceRequestsView()
    view.request = Request(APIRequestFactory().get("/api/v1/service-requests"))
    started = perf_counter()
    page = view.paginate_queryset(selectors.requests_of(citizen_id))
    shown = ServiceRequestSerializer(page, many=True).data
    took = perf_counter() - started
    _expect(len(shown), REQUESTS_PER_CITIZEN)
    return took


def timeline(sample: Sample, number: int) -> float:
    """One request's timeline, as the API shows it."""
    citizen_id, request_id = sample.requests[number % _SAMPLE]
    started = perf_counter()
    events = selectors.timeline(selectors.request_of(citizen_id, request_id))
    shown = StatusEventSerializer(events, many=True).data
    took = perf_counter() - started
    _expect(len(shown), _EVENTS)
    return took


def backlog(sample: Sample, number: int) -> float:
    """What waits, is in flight, is parked and was tried lately in each lane, as the operators' page shows it."""
    started = perf_counter()
    figures = lane_figures()
    took = perf_counter() - started
    _expect(sum(one.waiting > 0 for one in figures), len(sample.lanes))
    return took


HotPath = Callable[[Sample, int], float]
# Each returns how many seconds it took.
HOT_PATHS: dict[str, HotPath] = {
    "accept": accept,
    "claim": claim_due,
    "list": list_requests,
    "timeline": timeline,
    "backlog": backlog,
}


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undoes what is written within."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _check_references() -> None:
    """What a commit would do besides flushing."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _expect(found: int, expected: int) -> None:
    if found != expected:
        raise SystemExit(f"expected {expected}, found {found}: this measures something else than it says")
