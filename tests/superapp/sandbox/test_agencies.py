import http.client
import json
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from superapp.sandbox.agencies.behaviours import DownAgency, SlowAgency
from superapp.sandbox.agencies.ledger import Ledger
from superapp.sandbox.client import Reply, exchange
from superapp.sandbox.credentials import agency_credentials
from superapp.sandbox.server import Sandbox, serve

Submit = Callable[..., Reply]
LookUp = Callable[[str, str], Reply]


def test_instant_opens_a_case_and_can_be_asked_for_it(
    sandbox: Sandbox, submit: Submit, look_up: LookUp, reference: str
) -> None:
    receipt = submit(sandbox.urls["instant"], reference)

    assert receipt.status == 201
    assert receipt.json()["status"] == "received"
    assert re.fullmatch(r"DLT-25\d\d-\d{6}", receipt.json()["agency_reference"])
    found = look_up(sandbox.urls["instant"], reference)
    assert (found.status, found.json()) == (200, receipt.json())


@pytest.mark.parametrize("kind", ["instant", "flaky"])
def test_same_key_gives_the_same_receipt_and_no_second_case(
    sandbox: Sandbox, ledger: Ledger, submit: Submit, reference: str, kind: str
) -> None:
    statuses = [submit(sandbox.urls[kind], reference).status for _ in range(5)]
    receipts = {submit(sandbox.urls[kind], reference).json()["agency_reference"] for _ in range(2)}

    assert statuses == {"instant": [201] + [200] * 4, "flaky": [503] * 3 + [201, 200]}[kind]
    assert len(receipts) == 1
    assert ledger.cases_by_reference([reference]) == {reference: 1}
    assert ledger.arrivals_by_reference([reference]) == {reference: 7}


def test_simultaneous_submissions_with_one_key_open_one_case(
    sandbox: Sandbox, ledger: Ledger, submit: Submit, reference: str
) -> None:
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: submit(sandbox.urls["instant"], reference), range(24)))

    assert sorted(reply.status for reply in replies) == [200] * 23 + [201]
    assert ledger.cases_by_reference([reference]) == {reference: 1}


def test_slow_opens_the_case_before_it_answers(
    sandbox: Sandbox, ledger: Ledger, submit: Submit, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SlowAgency, "seconds", 0.5)
    with ThreadPoolExecutor(1) as pool:
        started = time.monotonic()
        waiting = pool.submit(submit, sandbox.urls["slow"], reference)
        time.sleep(0.2)
        assert ledger.cases_by_reference([reference]) == {reference: 1}
        assert not waiting.done()
        assert waiting.result().status == 201
    assert time.monotonic() - started >= 0.5


def test_down_resets_after_its_first_submission_and_recovers(
    sandbox: Sandbox,
    ledger: Ledger,
    submit: Submit,
    look_up: LookUp,
    reference: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(DownAgency, "first_outage_seconds", 0.4)
    url = sandbox.urls["down"]
    assert exchange("GET", f"{url}/dlt/health").status == 200

    with pytest.raises(ConnectionResetError):
        submit(url, reference)
    with pytest.raises(ConnectionResetError):
        look_up(url, reference)
    assert ledger.cases_by_reference([reference]) == {reference: 0}
    time.sleep(0.4)

    assert look_up(url, reference).status == 404
    assert submit(url, reference).status == 201
    assert ledger.arrivals_by_reference([reference]) == {reference: 2}


def test_down_obeys_its_control_call(sandbox: Sandbox, submit: Submit, reference: str) -> None:
    url = sandbox.urls["down"]
    assert exchange("POST", f"{url}/control/down", body=b'{"seconds": 60}').status == 200
    with pytest.raises(ConnectionResetError):
        submit(url, reference)
    assert exchange("POST", f"{url}/control/down", body=b'{"seconds": 0}').status == 200
    assert submit(url, reference).status == 201
    assert exchange("POST", f"{url}/control/down", body=b"[]").status == 400
    assert exchange("POST", f"{sandbox.urls['instant']}/control/down", body=b'{"seconds": 1}').status == 404


def test_amnesiac_keeps_the_case_but_sends_no_receipt(
    sandbox: Sandbox, ledger: Ledger, submit: Submit, look_up: LookUp, reference: str
) -> None:
    url = sandbox.urls["amnesiac"]
    with pytest.raises(http.client.RemoteDisconnected):
        submit(url, reference)

    assert look_up(url, reference).status == 200
    assert ledger.cases_by_reference([reference]) == {reference: 1}


def test_amnesiac_shows_a_blind_resend_as_a_duplicate(
    sandbox: Sandbox, ledger: Ledger, submit: Submit, look_up: LookUp, reference: str
) -> None:
    url = sandbox.urls["amnesiac"]
    with pytest.raises(http.client.RemoteDisconnected):
        submit(url, reference)
    first = look_up(url, reference).json()["agency_reference"]
    second = submit(url, reference)

    assert second.status == 201
    assert second.json()["agency_reference"] != first
    assert ledger.cases_by_reference([reference]) == {reference: 2}


def test_refusing_says_why_and_opens_no_case(
    sandbox: Sandbox, ledger: Ledger, submit: Submit, look_up: LookUp, reference: str
) -> None:
    refusal = submit(sandbox.urls["refusing"], reference)

    assert refusal.status == 422
    assert refusal.headers["Content-Type"] == "application/problem+json"
    assert set(refusal.json()["message"]) == {"th", "en"}
    assert look_up(sandbox.urls["refusing"], reference).status == 404
    assert ledger.cases_by_reference([reference]) == {reference: 0}
    assert ledger.arrivals_by_reference([reference]) == {reference: 1}


def test_wrong_secret_is_refused_and_counts_as_no_arrival(
    sandbox: Sandbox, ledger: Ledger, reference: str, secret: str
) -> None:
    other = {"Authorization": f"Bearer {agency_credentials('rd', secret=secret).outgoing_secret}"}
    cases = f"{sandbox.urls['instant']}/dlt/cases"

    assert exchange("POST", cases, headers=other, body=b"{}").status == 401
    assert exchange("POST", cases, body=b"{}").status == 401
    assert exchange("GET", f"{cases}/{reference}", headers=other).status == 401
    assert ledger.arrivals_by_reference([reference]) == {reference: 0}


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b"{", "k"),
        (b"\xff", "k"),
        (b"[]", "k"),
        (b'{"reference": "7d3c4a1e-0000-7000-8000-000000000001"}', "k"),
        (b'{"reference": "x", "service": "s", "version": 1, "data": {}, "applicant": {}}', "k"),
        (
            b'{"reference": "7d3c4a1e-0000-7000-8000-000000000001", "service": "s", "version": 1,'
            b' "data": {}, "applicant": {}}',
            "",
        ),
    ],
    ids=["cut off", "not UTF-8", "no object", "members missing", "no UUID", "no key"],
)
def test_malformed_submissions_are_refused(sandbox: Sandbox, secret: str, body: bytes, key: str) -> None:
    bearer = f"Bearer {agency_credentials('dlt', secret=secret).outgoing_secret}"
    headers = {"Authorization": bearer} | ({"Idempotency-Key": key} if key else {})

    assert exchange("POST", f"{sandbox.urls['instant']}/dlt/cases", headers=headers, body=body).status == 400


def test_a_connection_is_kept_for_the_next_request(sandbox: Sandbox) -> None:
    connection = http.client.HTTPConnection(urlsplit(sandbox.urls["instant"]).netloc)
    ports = set()
    for path in ("/dlt/health", "/nowhere", "/rd/health"):
        connection.request("GET", path)
        connection.getresponse().read()
        ports.add(connection.sock.getsockname())
    connection.close()
    assert len(ports) == 1


def test_answers_completed_is_final_and_brings_no_news(
    platform_url: str, tmp_path: Path, submit: Submit, look_up: LookUp, reference: str
) -> None:
    sandbox = serve(platform_url=platform_url, state=tmp_path, secret="a secret of the tests", answers_completed=True)
    try:
        assert submit(sandbox.urls["instant"], reference).json()["status"] == "completed"
        ledger = Ledger(tmp_path)
        assert ledger.database.rows("SELECT * FROM events") == []
        ledger.close()
    finally:
        sandbox.stop()


def test_no_citizen_data_is_kept(sandbox: Sandbox, submit: Submit, reference: str, tmp_path: Path) -> None:
    submit(sandbox.urls["instant"], reference)
    sandbox.stop()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert reference.encode() in kept
    assert b"1234567890121" not in kept


def test_a_taken_port_leaves_nothing_running(platform_url: str, tmp_path: Path, sandbox: Sandbox) -> None:
    base_port = urlsplit(sandbox.urls["thaid"]).port
    with pytest.raises(OSError, match="in use"):
        serve(platform_url=platform_url, state=tmp_path / "other", secret="s", base_port=base_port or 0)


def test_ports_follow_the_order_of_the_kinds(sandbox: Sandbox) -> None:
    assert list(sandbox.urls)[:5] == ["thaid", "moprom", "paotang", "dga", "ndid"]
    assert list(sandbox.urls)[5:] == ["instant", "slow", "flaky", "down", "amnesiac", "refusing"]


def test_json_is_thai_not_escapes(sandbox: Sandbox, submit: Submit, reference: str) -> None:
    body = submit(sandbox.urls["refusing"], reference).body
    assert json.loads(body)["message"]["th"].encode() in body
