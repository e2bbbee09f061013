"""SIGTERM while an agency hangs: how the call ends is written down before the worker is gone."""

import signal
import time

import pytest

from citizens.service_requests.models import Outcome
from superapp.sandbox.agencies.behaviours import AgencyKind
from tests.flows.conftest import DELIVERY, System, attempts_of, eventually

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("flows")]


def test_a_delivery_worker_that_is_told_to_stop_writes_down_how_its_last_calls_ended(system: System) -> None:
    request_id = system.submit(AgencyKind.SLOW, {"note": "x"}, "stopped")
    reference = str(request_id)
    eventually(lambda: system.ledger.cases_by_reference([reference])[reference] == 1, "the call to be under way")
    time.sleep(1.6)  # now the drain does not wait for it any more
    assert attempts_of(request_id) == [Outcome.SENDING]
    system.stack.kill("delivery", signal.SIGTERM)
    eventually(lambda: system.stack.has_ended("delivery"), "the worker to end", 30)
    assert attempts_of(request_id) == [Outcome.DELIVERED]
    system.stack.start("delivery", *DELIVERY)
    system.await_completed(request_id)
    assert system.ledger.arrivals_by_reference([reference]) == {reference: 1}
    system.stack.check()
