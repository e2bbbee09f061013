"""The broker carries hints: lose it, restart it, wipe it – nothing is lost and no citizen waits (rule 1)."""

import signal

import pytest

from superapp.sandbox.agencies.behaviours import AgencyKind
from tests.flows.conftest import System, attempts_of, eventually

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("flows")]


def test_with_the_broker_dead_requests_are_accepted_and_delivered_when_it_is_back(system: System) -> None:
    system.broker.kill()
    try:
        accepted = [system.submit(AgencyKind.INSTANT, {"note": "x"}, f"dead-{number}") for number in range(4)]
    finally:
        system.broker.server.start()
    system.await_completed(*accepted)


def test_with_the_broker_stopped_requests_are_accepted_and_delivered_when_it_goes_on(system: System) -> None:
    system.broker.signal(signal.SIGSTOP)
    try:
        accepted = [system.submit(AgencyKind.INSTANT, {"note": "x"}, f"stopped-{number}") for number in range(4)]
    finally:
        system.broker.signal(signal.SIGCONT)
    system.await_completed(*accepted)


def test_a_broker_that_has_lost_everything_loses_no_request(system: System) -> None:
    before = [system.submit(AgencyKind.FLAKY, {"note": "x"}, f"before-{number}") for number in range(3)]
    system.broker.kill()
    system.broker.wipe()
    during = system.submit(AgencyKind.INSTANT, {"note": "x"}, "during")
    system.broker.server.start()
    after = system.submit(AgencyKind.INSTANT, {"note": "x"}, "after")
    system.await_completed(*before, during, after)


def test_a_broker_that_dies_while_an_agency_is_being_called_kills_no_worker(system: System) -> None:
    request_id = system.submit(AgencyKind.SLOW, {"note": "x"}, "in-the-call")
    reference = str(request_id)
    eventually(lambda: system.ledger.cases_by_reference([reference])[reference] == 1, "the call to be under way")
    system.broker.kill()
    eventually(lambda: attempts_of(request_id) == ["delivered"], "the receipt to be written down without a broker")
    system.broker.server.start()
    system.await_completed(request_id, system.submit(AgencyKind.INSTANT, {"note": "x"}, "after-the-call"))
    system.stack.check()


def test_all_processes_have_survived_it(system: System) -> None:
    system.stack.check()
