"""After the submission: the sandbox agencies take wishes to cancel and answers of the product's own adapter."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services_catalog.adapters.contrib.rest_json.adapter import RestJsonAdapter
from services_catalog.adapters.errors import OutcomeUnknown, Permanent, Retryable
from services_catalog.adapters.types import Answer, CallSettings, Receipt
from superapp.sandbox.agencies.afterwards import Afterwards
from superapp.sandbox.agencies.behaviours import FlakyAgency, SlowAgency
from superapp.sandbox.agencies.ledger import Ledger
from superapp.sandbox.agencies.outbox import Outbox
from superapp.sandbox.client import Reply, exchange
from superapp.sandbox.credentials import agency_credentials
from superapp.sandbox.server import Sandbox

Submit = Callable[..., Reply]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SlowAgency, "seconds", 0.0)
    monkeypatch.setattr(FlakyAgency, "failures", 0)


@pytest.fixture
def call(secret: str) -> CallSettings:
    return CallSettings(agency_credentials("dlt", secret=secret).outgoing_secret, timedelta(seconds=5), "trace-1")


@pytest.fixture
def afterwards(ledger: Ledger) -> Afterwards:
    return Afterwards(ledger.database)


def adapter_to(url: str) -> RestJsonAdapter:
    cases = f"{url}/dlt/cases"
    return RestJsonAdapter(
        {
            "submit_url": cases,
            "cancel_url": f"{cases}/{{reference}}/cancellation",
            "response_url": f"{cases}/{{reference}}/responses",
        }
    )


def test_an_open_case_is_cancelled_at_once_and_says_nothing_more(
    sandbox: Sandbox, ledger: Ledger, afterwards: Afterwards, submit: Submit, call: CallSettings, reference: str
) -> None:
    url = sandbox.urls["instant"]
    number = submit(url, reference).json()["agency_reference"]

    receipts = [adapter_to(url).cancel(reference, call) for _ in range(2)]

    assert receipts == [Receipt(number, "cancelled")] * 2
    assert afterwards.count_wishes(reference) == 2
    assert Outbox(ledger.database).waiting() == 0


def test_slow_tells_by_news_that_it_has_cancelled(
    sandbox: Sandbox, ledger: Ledger, submit: Submit, call: CallSettings, reference: str
) -> None:
    url = sandbox.urls["slow"]
    number = submit(url, reference).json()["agency_reference"]

    assert adapter_to(url).cancel(reference, call) == Receipt(number, "received")

    told = "SELECT e.status FROM events e JOIN cases c ON c.id = case_id WHERE reference = ? AND delivered"
    ends_at = time.monotonic() + 5
    while "cancelled" not in (statuses := [row[0] for row in ledger.database.rows(told, reference)]):
        assert time.monotonic() < ends_at
        time.sleep(0.05)
    assert "completed" not in statuses
    assert adapter_to(url).cancel(reference, call).status == "cancelled"


def test_flaky_refuses_to_cancel(
    sandbox: Sandbox, afterwards: Afterwards, submit: Submit, call: CallSettings, reference: str
) -> None:
    url = sandbox.urls["flaky"]
    submit(url, reference)
    with pytest.raises(Permanent, match="http_409"):
        adapter_to(url).cancel(reference, call)
    assert afterwards.count_wishes(reference) == 1


def test_what_has_ended_cannot_be_cancelled(
    sandbox: Sandbox, ledger: Ledger, submit: Submit, call: CallSettings, reference: str
) -> None:
    url = sandbox.urls["instant"]
    submit(url, reference)
    with ledger.database.transaction() as connection:
        connection.execute("UPDATE cases SET status = 'completed'")
    with pytest.raises(Permanent, match="http_409"):
        adapter_to(url).cancel(reference, call)


def test_an_answer_counts_once(
    sandbox: Sandbox, afterwards: Afterwards, submit: Submit, call: CallSettings, reference: str
) -> None:
    url = sandbox.urls["instant"]
    number = submit(url, reference).json()["agency_reference"]
    answer = Answer(reference, uuid4().hex, {"photo": "sent"})

    receipts = [adapter_to(url).respond(answer, call) for _ in range(2)]

    assert [receipt.agency_reference for receipt in receipts] == [number] * 2
    assert afterwards.count_responses(reference) == 1
    adapter_to(url).respond(Answer(reference, uuid4().hex, {}), call)
    assert afterwards.count_responses(reference) == 2


def test_what_the_agency_does_not_have_may_still_come(sandbox: Sandbox, call: CallSettings, reference: str) -> None:
    adapter = adapter_to(sandbox.urls["instant"])
    with pytest.raises(Retryable, match="http_404"):
        adapter.cancel(reference, call)
    with pytest.raises(Retryable, match="http_404"):
        adapter.respond(Answer(reference, "key", {}), call)


@pytest.mark.parametrize("ending", ["cancellation", "responses"])
def test_the_secret_has_to_be_right(sandbox: Sandbox, submit: Submit, reference: str, ending: str) -> None:
    url = sandbox.urls["instant"]
    submit(url, reference)
    address = f"{url}/dlt/cases/{reference}/{ending}"
    assert exchange("POST", address, headers={"Authorization": "Bearer wrong"}, body=b"{}").status == 401


@pytest.mark.parametrize(("body", "key"), [(b"{}", "k"), (b'{"data": 1}', "k"), (b"x", "k"), (b'{"data": {}}', "")])
def test_answers_of_the_wrong_shape(
    sandbox: Sandbox, submit: Submit, call: CallSettings, reference: str, body: bytes, key: str
) -> None:
    url = sandbox.urls["instant"]
    submit(url, reference)
    headers = {"Authorization": f"Bearer {call.outgoing_secret}", "Idempotency-Key": key}
    answer: Any = exchange("POST", f"{url}/dlt/cases/{reference}/responses", headers=headers, body=body)
    assert answer.status == 400


def test_an_agency_that_is_down_leaves_it_open(
    sandbox: Sandbox, submit: Submit, call: CallSettings, reference: str
) -> None:
    url = sandbox.urls["down"]
    exchange("POST", f"{url}/control/down", body=b'{"seconds": 30}')
    with pytest.raises(OutcomeUnknown):
        adapter_to(url).cancel(reference, call)
