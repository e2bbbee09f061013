"""Services that take no requests now, or never electronically; and a request that keeps its version."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from citizens.service_requests.models import ServiceRequest
from citizens.service_requests.routing.drain import drain_lane
from services_catalog.models import Agency, Service
from tests.citizens.service_requests.submitting import NO_ROWS, assert_problem, rows, submission, submit
from tests.counterparts import RECEIPT, Counterpart, http_server
from tests.factories import make_service
from tests.services_catalog.drafting import FORM, make_complete_draft, make_editor, make_reviewer, publish, write


def change(service: Service, **fields: Any) -> None:
    Service.objects.filter(pk=service.pk).update(**fields)


def test_what_may_not_be_done_electronically_is_refused_with_the_agencys_reason(
    api: APIClient, service: Service
) -> None:
    assert submit(api, key="before").status_code == 202
    change(
        service,
        electronic_allowed=False,
        not_electronic_reason_th="ต้องมาด้วยตนเอง",
        not_electronic_reason_en="You must come in person.",
    )

    refusal = assert_problem(submit(api, key="after"), 409, "service_closed")

    assert refusal["message"] == {"th": "ต้องมาด้วยตนเอง", "en": "You must come in person."}
    assert ServiceRequest.objects.count() == 1


def test_without_a_reason_the_app_is_named(api: APIClient, agency: Agency) -> None:
    make_service(agency, electronic_allowed=False)
    assert "in the app" in assert_problem(submit(api), 409, "service_closed")["message"]["en"]
    assert rows() == NO_ROWS


@pytest.mark.parametrize(("opens", "closes"), [(1, None), (None, -1), (-2, -1), (1, 2)])
def test_outside_its_time_a_service_takes_nothing(
    opens: int | None, closes: int | None, api: APIClient, agency: Agency
) -> None:
    now = timezone.now()
    times: dict[str, Any] = {
        "opens_at": now + timedelta(hours=opens) if opens else None,
        "closes_at": now + timedelta(hours=closes) if closes else None,
    }
    make_service(agency, **times)

    refusal = assert_problem(submit(api), 409, "service_closed")

    assert bool(refusal["until"]) == bool(opens and opens > 0)
    assert rows() == NO_ROWS


def test_within_its_time_it_takes_requests(api: APIClient, agency: Agency) -> None:
    now = timezone.now()
    make_service(agency, opens_at=now - timedelta(hours=1), closes_at=now + timedelta(hours=1))
    assert submit(api).status_code == 202


def test_a_service_that_closes_is_closed_at_once(api: APIClient, service: Service) -> None:
    """What a process remembers of it does not help."""
    assert submit(api, key="before").status_code == 202
    change(service, closes_at=timezone.now())
    assert_problem(submit(api, key="after"), 409, "service_closed")
    replayed = submit(api, key="before")
    assert (replayed.status_code, replayed["Idempotency-Replayed"]) == (202, "true")


@pytest.fixture
def their_system() -> Iterator[Counterpart]:
    with http_server(RECEIPT) as counterpart:
        yield counterpart


@pytest.mark.django_db(transaction=True)
def test_a_running_request_keeps_its_version(api: APIClient, agency: Agency, their_system: Counterpart) -> None:
    editor, reviewer = make_editor(agency), make_reviewer()
    draft = make_complete_draft(editor, their_system.url)
    publish(draft, editor, reviewer)
    sent = submit(api, submission({"note": "of the first form"}, service="new-service"))

    form = {**FORM, "properties": {"reason": {"type": "string"}}, "required": ["reason"]}
    write(draft, editor, form=form, example={"reason": "x"})
    publish(draft, editor, reviewer)

    assert_problem(submit(api, submission({"note": "late"}, service="new-service"), key="key-2"), 409, "form_changed")
    assert submit(api, submission({"reason": "y"}, service="new-service", version=2), key="key-3").status_code == 202
    assert api.get(sent["Location"]).json()["version"] == 1
    drain_lane(draft.pk)
    arrived = [json.loads(request.body) for request in their_system.arrived if request.method == "POST"]
    assert sorted((one["version"], one["data"]) for one in arrived) == [
        (1, {"note": "of the first form"}),
        (2, {"reason": "y"}),
    ]
