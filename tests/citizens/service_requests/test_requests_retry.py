"""Requests tried again from the command line."""

import getpass
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from citizens.service_requests import operating
from citizens.service_requests.management.commands import requests_retry
from citizens.service_requests.models import ServiceRequest
from services_catalog.models import OperatorAction, Service
from tests.citizens.service_requests.making import make_request, make_service

pytestmark = pytest.mark.django_db


def run(*receipts: str, **options: Any) -> str:
    out = StringIO()
    call_command("requests_retry", *receipts, **{"reason": "they are back", **options}, stdout=out)
    return out.getvalue()


@pytest.fixture
def service(db: None) -> Service:
    return make_service({"submit_url": "http://127.0.0.1:9/c", "lookup_url": "http://127.0.0.1:9/c/{reference}"})


def waiting(service: Service) -> ServiceRequest:
    return make_request(service, next_attempt_at=timezone.now() + timedelta(hours=3))


def parked(service: Service) -> ServiceRequest:
    return make_request(service, next_attempt_at=None, parked_reason="outcome_unknown", outcome_unknown=True)


def undeliverable(service: Service) -> ServiceRequest:
    return make_request(service, next_attempt_at=None, status="undeliverable")


def due(*requests: ServiceRequest) -> list[bool]:
    now = timezone.now()
    rows = ServiceRequest.objects.filter(next_attempt_at__lte=now).values_list("pk", flat=True)
    return [one.pk in rows for one in requests]


@pytest.mark.parametrize(
    ("options", "expected", "words"),
    [
        ({"parked": True}, [True, False, False, True], "2 requeued, 0 due now."),
        ({"undeliverable": True}, [False, True, False, False], "1 requeued, 0 due now."),
        ({"parked": True, "undeliverable": True}, [True, True, False, True], "3 requeued, 0 due now."),
        ({"service": "own"}, [False, False, True, False], "0 requeued, 1 due now."),
        ({"parked": True, "service": "own"}, [True, False, False, False], "1 requeued, 0 due now."),
    ],
)
def test_what_is_named_is_tried_again(
    service: Service, options: dict[str, Any], expected: list[bool], words: str
) -> None:
    rows = parked(service), undeliverable(service), waiting(service), parked(make_service(service.adapter_options))
    named = {**options, "service": service.code} if "service" in options else options
    assert run(**named) == f"{words}\n"
    assert due(*rows) == expected
    assert OperatorAction.objects.filter(by=getpass.getuser(), reason="they are back").count() == sum(expected)


def test_receipts_are_tried_again_whatever_state_they_are_in(service: Service) -> None:
    rows = parked(service), undeliverable(service), waiting(service)
    ended = make_request(service, next_attempt_at=None, status="completed")
    out = run(*(one.receipt_number for one in (*rows, ended)))
    assert out == "2 requeued, 1 due now.\nNot done for 1: has ended.\n"
    assert due(*rows, ended) == [True, True, True, False]


def test_what_may_double_needs_a_human_who_asked() -> None:
    request = parked(make_service())
    assert "Not done for 1: may be at the agency already" in run(parked=True)
    assert due(request) == [False]
    assert run(parked=True, agency_has_nothing=True) == "1 requeued, 0 due now.\n"
    assert due(request) == [True]


def test_many_go_in_portions(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operating, "AT_MOST", 2)
    monkeypatch.setattr(requests_retry, "AT_MOST", 2)
    for _ in range(5):
        parked(service)
    assert run(parked=True) == "5 requeued, 0 due now.\n"


@pytest.mark.parametrize(
    ("receipts", "options", "sentence"),
    [
        ([], {}, "Say which"),
        ([], {"service": "unknown"}, "No service has the code unknown."),
        (["69-0000-0000-0000"], {}, "No such request: 69-0000-0000-0000."),
        ([], {"parked": True, "reason": " "}, "A reason is needed."),
    ],
)
def test_what_cannot_be_done_is_said(
    service: Service, receipts: list[str], options: dict[str, Any], sentence: str
) -> None:
    request = parked(service)
    with pytest.raises(CommandError, match=sentence):
        run(*receipts, **options)
    assert due(request) == [False]
