"""The lanes as a table on the command line."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from uuid_utils.compat import uuid7

from citizens.service_requests.models import DeliveryAttempt, Outcome, ServiceRequest
from services_catalog.models import Agency, Lane
from tests import factories

pytestmark = pytest.mark.django_db


NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)


def raw(*codes: str, **options: Any) -> list[str]:
    out = StringIO()
    call_command("lanes", *codes, **options, stdout=out)
    return out.getvalue().splitlines()


def run(*codes: str, **options: Any) -> list[str]:
    return [" ".join(line.split()) for line in raw(*codes, **options)]


def test_it_lists_what_is_not_quiet(agency: Agency) -> None:
    quiet, busy, held = (factories.make_service(agency, code) for code in ("quiet", "busy", "held"))
    factories.make_request(factories.make_citizen(), busy)
    Lane.objects.filter(pk=held.pk).update(breaker_override="open")
    assert run() == [
        "lane waiting oldest parked in flight rate success breaker since next probe standing",
        "busy 1 0:00:00 0 0/8 - - closed - - running",
        "held 0 - 0 0/0 - - held open - - breaker_open",
        "1 more are quiet; --all lists them.",
    ]
    assert len(run(all=True)) == 4
    assert run(quiet.code)[1:] == ["quiet 0 - 0 0/8 - - closed - - running"]


def test_it_says_what_the_page_says_of_rate_success_and_breaker(agency: Agency) -> None:
    with time_machine.travel(NOON, tick=False):
        service = factories.make_service(agency, "a-service-whose-code-is-quite-long")
        Lane.objects.update(
            rate_per_second=5,
            rate_per_day=1000,
            rate_day=NOON.date(),
            rate_day_calls=12,
            breaker="open",
            breaker_since=NOON - timedelta(hours=73, minutes=2, seconds=3),
            breaker_probe_at=NOON + timedelta(seconds=40),
        )
        request = factories.make_request(factories.make_citizen(), service)
        for number, outcome in enumerate([Outcome.DELIVERED, Outcome.RETRYABLE, Outcome.RETRYABLE], start=1):
            make_attempt(request, outcome, number)
        lines = run()
        assert lines[1].endswith("0/0 5/s 12 of 1000 33% open 73:02:03 0:00:40 breaker_open")
        Lane.objects.update(breaker_override="open")
        assert run()[1].endswith("33% held open - - breaker_open")
    assert max(map(len, raw())) <= 160


def make_attempt(request: ServiceRequest, outcome: Outcome, number: int) -> None:
    DeliveryAttempt.objects.create(
        id=uuid7(),
        service_request=request,
        lane_id=request.service_id,
        number=number,
        outcome=outcome,
        lease_expires_at=NOON,
        created_at=NOON,
        finished_at=NOON,
    )


def test_an_unknown_code_is_said(agency: Agency) -> None:
    with pytest.raises(CommandError, match="No service has the code nobody"):
        run("nobody")
