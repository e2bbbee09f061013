"""The journey of `make demo`: what people do with the app, and what the database and the agencies say about it."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from secrets import token_hex
from typing import Any
from uuid import UUID

from citizens.service_requests.models import ServiceRequest, Status
from services_catalog.models import Service
from superapp.sandbox.agencies.behaviours import AgencyKind
from superapp.sandbox.agencies.ledger import Ledger
from superapp.sandbox.journey.phone import Phone, PhoneError
from superapp.sandbox.people import check_digit

REQUESTS_PER_KIND = 20
_CITIZENS = 6
_FINAL = {Status.COMPLETED, Status.REJECTED, Status.CANCELLED, Status.UNDELIVERABLE}
_QUIET_AFTER = 120.0


@dataclass(slots=True)
class Journey:
    """What was accepted, by whom, and what is worth showing."""

    accepted: dict[UUID, Phone] = field(default_factory=dict)
    search_results: list[dict[str, Any]] = field(default_factory=list)


def sign_in_citizens(platform_url: str) -> list[Phone]:
    """Phones of people who have just signed in with ThaID."""
    people = [f"18{number:010d}" for number in range(_CITIZENS)]
    phones = [Phone(platform_url) for _ in people]
    for phone, first_twelve in zip(phones, people, strict=True):
        phone.sign_in(first_twelve + check_digit(first_twelve))
    return phones


def travel(phones: Sequence[Phone], services: Sequence[Service]) -> Journey:
    """Browse, search, read a form, send it twice with one key, then send to every kind of agency."""
    journey = Journey()
    phones[0].get("/api/v1/services")
    journey.search_results = phones[0].get("/api/v1/services", q="ใบขับขี่")["results"][:5]
    _send_twice(phones[0], journey)
    phones[0].refresh()
    tasks = [service.code for kind in AgencyKind for service in _reached_by(kind, services)]
    with ThreadPoolExecutor(len(phones)) as pool:
        for position, request_id in enumerate(pool.map(_sender(phones), range(len(tasks)), tasks)):
            journey.accepted[request_id] = phones[position % len(phones)]
    return journey


def _send_twice(phone: Phone, journey: Journey) -> None:
    """The first driving licence that the search finds: one key, two calls, one receipt."""
    service = phone.get(f"/api/v1/services/{journey.search_results[0]['code']}")
    key = token_hex(16)
    first, second = (
        phone.submit(service["code"], service["version"], service["example"], key, send_again=True) for _ in range(2)
    )
    if first.status_code != 202 or second.status_code != 202:
        raise PhoneError(f"submission answered {first.status_code} and {second.status_code}: {second.text[:300]}")
    if first.json() != second.json() or second.headers.get("Idempotency-Replayed") != "true":
        raise PhoneError("the same key gave two receipts")
    journey.accepted[UUID(first.json()["id"])] = phone


def _reached_by(kind: AgencyKind, services: Sequence[Service]) -> list[Service]:
    """Twenty services of that kind of agency (fewer services come round again)."""
    position = list(AgencyKind).index(kind)
    ordered = sorted(services, key=lambda one: one.code)
    ours = ordered[position :: len(AgencyKind)]
    return list(islice((ours[number % len(ours)] for number in range(REQUESTS_PER_KIND)), REQUESTS_PER_KIND))


def _sender(phones: Sequence[Phone]) -> Callable[[int, str], UUID]:
    def send(position: int, code: str) -> UUID:
        return phones[position % len(phones)].send_example(code)

    return send


def follow(journey: Journey, on_progress: Callable[[Counter[str]], None]) -> Counter[str]:
    """Asks for each request until it is final, as its own citizen; counts by status at the end."""
    statuses: dict[UUID, str] = {}
    ends_at = time.monotonic() + _QUIET_AFTER
    while time.monotonic() < ends_at:
        for request_id, phone in journey.accepted.items():
            if statuses.get(request_id) not in _FINAL:
                statuses[request_id] = phone.get(f"/api/v1/service-requests/{request_id}")["status"]
        counts = Counter(statuses.values())
        on_progress(counts)
        if all(status in _FINAL for status in statuses.values()):
            break
        time.sleep(0.5)
    return Counter(statuses.values())


def most_eventful(journey: Journey, phone: Phone) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The completed request of that citizen with the longest timeline, and its timeline."""
    mine = [one for one, owner in journey.accepted.items() if owner is phone]
    requests = [phone.get(f"/api/v1/service-requests/{one}") for one in mine]
    told = [
        (request, phone.get(f"/api/v1/service-requests/{request['id']}/events"))
        for request in requests
        if request["status"] == Status.COMPLETED
    ]
    return max(told, key=lambda one: len(one[1]))


def audit(journey: Journey, ledger: Ledger) -> dict[str, int]:
    """Counts from our database and the agencies' own ledgers.

    Lost: accepted and not final, or completed without a case at the agency. Duplicated: cases beyond the first.
    """
    ids = list(journey.accepted)
    statuses = dict(ServiceRequest.objects.filter(pk__in=ids).values_list("pk", "status"))
    cases = ledger.cases_by_reference([str(one) for one in ids])
    lost = sum(
        statuses.get(one) not in _FINAL or (statuses[one] == Status.COMPLETED and not cases[str(one)]) for one in ids
    )
    counts = Counter(statuses.values())
    return {
        "requests_completed": counts[Status.COMPLETED],
        "requests_undeliverable": counts[Status.UNDELIVERABLE],
        "requests_lost": lost,
        "requests_duplicated": sum(max(0, cases[str(one)] - 1) for one in ids),
    }
