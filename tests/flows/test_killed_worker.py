"""kill -9 in the middle of a call: one case, and the request comes to its end (rules 1 and 4)."""

import pytest

from citizens.service_requests.models import Outcome
from superapp.sandbox.agencies.behaviours import AgencyKind
from tests.flows.conftest import DELIVERY, System, attempts_of, end_lease, eventually

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("flows")]


def test_a_delivery_worker_killed_in_the_call_duplicates_and_loses_nothing(system: System) -> None:
    request_id = system.submit(AgencyKind.SLOW, {"note": "x"}, "killed")
    reference = str(request_id)
    eventually(lambda: system.ledger.cases_by_reference([reference])[reference] == 1, "the call to be under way")
    system.stack.kill("delivery")
    assert attempts_of(request_id) == [Outcome.SENDING]
    end_lease(request_id)  # it would last 50 seconds
    system.stack.start("delivery", *DELIVERY)
    system.await_completed(request_id)
    eventually(lambda: attempts_of(request_id)[0] == Outcome.UNKNOWN, "the lease to be swept")
    assert system.ledger.arrivals_by_reference([reference]) == {reference: 1}
    system.stack.check()
