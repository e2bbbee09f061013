"""Which requests are asked about, how many, and which agencies are left alone."""

import time
from datetime import timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from citizens.service_requests.models import ServiceRequest, Status
from citizens.service_requests.reconciliation.recording import Finding
from citizens.service_requests.reconciliation.run import reconcile
from citizens.service_requests.routing.claim import claim
from services_catalog.models import Lane, Outage, Service
from superapp.sandbox.listener import Request, Response, json_response
from tests.citizens.service_requests.making import make_request
from tests.citizens.service_requests.reconciliation.conftest import Serve, at_agency, nothing, status
from tests.counterparts import Counterpart

BANGKOK = ZoneInfo("Asia/Bangkok")
pytestmark = pytest.mark.django_db


def asked(server: Counterpart) -> list[str]:
    return [request.path.rpartition("/")[2] for request in server.arrived]


@pytest.mark.parametrize(
    "lane",
    [
        {"paused": True},
        {"breaker": "open", "breaker_probe_at": timezone.now() + timedelta(hours=1)},
        {"breaker": "half_open"},
        {"breaker_override": "open"},
        {"recent_call_ms": 5000},
        {"open_weekdays": []},
    ],
)
def test_a_lane_that_does_not_run_or_is_slow_is_left_alone(serve: Serve, lane: dict[str, object]) -> None:
    server, service = serve(nothing, **lane)
    at_agency(service)
    assert reconcile() == {}
    assert server.arrived == []


def test_an_outage_is_waited_for(serve: Serve) -> None:
    server, service = serve(nothing)
    at_agency(service)
    Outage.objects.create(lane=Lane.objects.get(pk=service.pk), starts_at=timezone.now())
    assert reconcile() == {}
    assert server.arrived == []


def test_an_agency_without_a_look_up_cannot_be_asked(serve: Serve) -> None:
    server, service = serve(nothing)
    Service.objects.filter(pk=service.pk).update(adapter_options={"submit_url": server.url})
    at_agency(service)
    assert reconcile() == {}
    assert server.arrived == []


def test_options_that_are_wrong_stop_their_own_lane_only(serve: Serve) -> None:
    _, broken = serve(nothing)
    at_agency(broken)
    Service.objects.filter(pk=broken.pk).update(adapter_options={})
    _, service = serve(status("received"))
    at_agency(service)
    assert reconcile() == {Finding.AGREED: 1}


def test_those_asked_about_longest_ago_come_first_and_the_fresh_ones_not_at_all(
    serve: Serve, settings: Settings
) -> None:
    settings.RECONCILIATION = {**settings.RECONCILIATION, "open_requests": 2}
    server, service = serve(status("received"))
    now = timezone.now()
    at_agency(service, reconciled_at=now - timedelta(minutes=30))
    at_agency(service, agency_heard_at=now - timedelta(minutes=30))
    late, never, early = (
        at_agency(service, reconciled_at=when) for when in (now - timedelta(hours=2), None, now - timedelta(hours=9))
    )
    assert reconcile() == {Finding.AGREED: 2}
    assert asked(server) == [str(never.pk), str(early.pk)]
    assert str(late.pk) not in asked(server)


def test_a_few_that_were_completed_today_are_asked_about_once(serve: Serve, settings: Settings) -> None:
    settings.RECONCILIATION = {**settings.RECONCILIATION, "completed_requests": 2}
    server, service = serve(status("completed"))
    made = [at_agency(service, Status.COMPLETED) for _ in range(3)]
    assert reconcile() == {Finding.AGREED: 2}
    assert asked(server) == [str(made[2].pk), str(made[1].pk)]
    assert reconcile() == {Finding.AGREED: 1}
    assert reconcile() == {}


def calls_today(service: Service) -> int:
    return Lane.objects.get(pk=service.pk).rate_day_calls


def test_look_ups_take_a_tenth_of_the_days_calls_and_leave_the_rest_to_deliveries(serve: Serve) -> None:
    server, service = serve(status("received"), slots=100, rate_per_second=100, rate_per_day=40)
    for _ in range(6):
        at_agency(service)
    assert reconcile() == {Finding.AGREED: 4}
    assert calls_today(service) == 4
    assert reconcile() == {}
    assert len(server.arrived) == 4
    for _ in range(40):
        make_request(service)
    assert len(claim(service.pk, at_most=100)) == 36


def test_once_a_tenth_of_the_days_calls_is_used_nothing_is_looked_up(serve: Serve) -> None:
    server, service = serve(nothing, rate_per_day=40)
    Lane.objects.update(rate_day=timezone.now().astimezone(BANGKOK).date(), rate_day_calls=4)
    at_agency(service)
    assert reconcile() == {}
    assert server.arrived == []


def test_look_ups_stay_within_the_calls_of_a_second(serve: Serve) -> None:
    _, service = serve(status("received"), rate_per_second=2)
    for _ in range(3):
        at_agency(service)
    assert reconcile() == {Finding.AGREED: 2}


@pytest.mark.parametrize("rate", [{"rate_per_day": 4}, {"rate_per_day": 40}, {"rate_per_second": 2}])
def test_where_calls_are_few_what_is_due_goes_before_look_ups(serve: Serve, rate: dict[str, int]) -> None:
    server, service = serve(nothing, **rate)
    for _ in range(3):
        at_agency(service)
    for _ in range(2):
        make_request(service)
    assert reconcile() == {}
    assert (server.arrived, calls_today(service)) == ([], 0)
    assert len(claim(service.pk, at_most=9)) == 2


def test_where_calls_are_not_limited_look_ups_wait_for_nothing(serve: Serve) -> None:
    _, service = serve(status("received"))
    at_agency(service)
    make_request(service)
    assert reconcile() == {Finding.AGREED: 1}
    assert Lane.objects.get(pk=service.pk).rate_day is None


def test_look_ups_that_are_not_made_are_not_charged(serve: Serve, settings: Settings) -> None:
    failing, left_alone = serve(lambda _: json_response(503, {}), rate_per_day=100)
    for _ in range(3):
        at_agency(left_alone)
    settings.RECONCILIATION = {**settings.RECONCILIATION, "turn": timedelta(seconds=2)}
    unasked, too_late = serve(nothing, rate_per_day=100, call_deadline_seconds=4)
    at_agency(too_late)
    Lane.objects.filter(pk=left_alone.pk).update(call_deadline_seconds=1)
    assert reconcile() == {Finding.UNANSWERED: 1}
    assert (len(failing.arrived), calls_today(left_alone)) == (1, 1)
    assert (len(unasked.arrived), calls_today(too_late)) == (0, 0)


def test_an_agency_that_hangs_does_not_hold_up_the_others(serve: Serve, settings: Settings) -> None:
    settings.RECONCILIATION = {**settings.RECONCILIATION, "turn": timedelta(seconds=3)}

    def hang(_request: Request) -> Response:
        time.sleep(1.5)
        return json_response(200, {"agency_reference": "A-1", "status": "received"})

    hanging, slow = serve(hang, call_deadline_seconds=1)
    _, healthy = serve(status("received"), call_deadline_seconds=1)
    waiting = [at_agency(slow) for _ in range(3)]
    answered = [at_agency(healthy) for _ in range(3)]
    before = time.monotonic()
    assert reconcile() == {Finding.AGREED: 3, Finding.UNANSWERED: 1}
    assert time.monotonic() - before < 2.5
    assert len(hanging.arrived) == 1
    compared = ServiceRequest.objects.filter(reconciled_at__isnull=False)
    assert compared.filter(pk__in=[one.pk for one in answered]).count() == 3
    assert compared.filter(pk__in=[one.pk for one in waiting]).count() == 1


def test_a_long_deadline_for_deliveries_is_not_one_for_look_ups(serve: Serve) -> None:
    server, service = serve(status("received"), call_deadline_seconds=120)
    at_agency(service)
    assert reconcile() == {Finding.AGREED: 1}
    assert len(server.arrived) == 1


def test_no_call_begins_that_could_outlast_the_turn(serve: Serve, settings: Settings) -> None:
    settings.RECONCILIATION = {**settings.RECONCILIATION, "turn": timedelta(seconds=1)}
    server, service = serve(nothing, call_deadline_seconds=2)
    at_agency(service)
    assert reconcile() == {}
    assert server.arrived == []


def test_the_command_asks_about_one_service(serve: Serve) -> None:
    server, service = serve(status("completed"))
    other_server, other = serve(nothing)
    at_agency(service)
    at_agency(other)
    told = StringIO()
    call_command("reconcile", service=service.code, stdout=told)
    assert "caught_up: 1\n" in told.getvalue()
    assert (len(server.arrived), len(other_server.arrived)) == (1, 0)


def test_the_command_knows_no_other_services() -> None:
    with pytest.raises(CommandError, match="no lane of a service nowhere"):
        call_command("reconcile", service="nowhere")
