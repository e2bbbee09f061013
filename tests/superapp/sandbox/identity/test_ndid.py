import json
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from superapp.sandbox.client import Reply, exchange
from superapp.sandbox.credentials import client_secret
from superapp.sandbox.listener import HangUp, Listener, Request, Response
from superapp.sandbox.server import Sandbox
from tests.superapp.sandbox.identity.client import FORM, PERSON, switched

UNKNOWN_TO_BANKS = "2000000000007"


class Ears:
    """Where the node calls back; answers with `status`."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.answer: Response | HangUp = Response(204)
        self.listener = Listener(0, lambda _url: self._hear)

    def _hear(self, request: Request) -> Response | HangUp:
        self.heard.append(json.loads(request.body))
        return self.answer

    def until(self, enough: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        ends_at = time.monotonic() + 5
        while not enough(self.heard) and time.monotonic() < ends_at:
            time.sleep(0.02)
        assert enough(self.heard), self.heard
        return list(self.heard)


class Node:
    def __init__(self, url: str, key: str, ears: Ears) -> None:
        self.url, self.key, self.ears = url, key, ears

    def get(self, path: str) -> Reply:
        return exchange("GET", f"{self.url}/v6{path}", headers={"X-API-Key": self.key})

    def post(self, path: str, body: Any, key: str | None = None) -> Reply:
        headers = {"Content-Type": "application/json", "X-API-Key": self.key if key is None else key}
        return exchange("POST", f"{self.url}/v6{path}", headers=headers, body=json.dumps(body).encode())

    def create(self, number: str = PERSON, **changes: Any) -> Reply:
        body = {
            "reference_id": str(uuid.uuid4()),
            "callback_url": f"{self.ears.listener.url}/hear",
            "mode": 2,
            "idp_id_list": ["idp1"],
            "request_message": "ยืนยันตัวตน <b> (Ref: 482913)",
            "min_ial": 2.1,
            "min_aal": 2.2,
            "min_idp": 1,
            "request_timeout": 3600,
            "bypass_identity_check": False,
        }
        sent = {name: value for name, value in {**body, **changes}.items() if value is not None}
        return self.post(f"/rp/requests/citizen_id/{number}", sent)

    def created(self, **changes: Any) -> str:
        answer = self.create(**changes)
        assert answer.status == 202, answer.body
        return str(answer.json()["request_id"])

    def decide(self, request_id: str, decision: str = "accept", failure: str = "") -> Reply:
        form = {"request": request_id, "idp": "idp1", "decision": decision, "failure": failure}
        return exchange("POST", f"{self.url}/bank", headers=FORM, body=urlencode(form).encode())

    def details(self, request_id: str) -> dict[str, Any]:
        return dict(self.get(f"/utility/requests/{request_id}").json())

    def close(self, request_id: str, **changes: Any) -> Reply:
        url = f"{self.ears.listener.url}/hear"
        body = {"reference_id": str(uuid.uuid4()), "callback_url": url, "request_id": request_id}
        return self.post("/rp/request_close", {**body, **changes})


@pytest.fixture
def ears() -> Iterator[Ears]:
    made = Ears()
    yield made
    made.listener.stop()


@pytest.fixture
def node(sandbox: Sandbox, secret: str, ears: Ears) -> Node:
    return Node(sandbox.urls["ndid"], client_secret("ndid", secret=secret), ears)


def told(heard: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Type of each callback, and what there is to know of a status."""
    return [
        (one["type"], one["status"], one["closed"], one["timed_out"]) if "status" in one else (one["type"],)
        for one in heard
    ]


def test_an_accepted_request_is_told_of_step_by_step(node: Node, ears: Ears) -> None:
    answer = node.create()
    request_id = answer.json()["request_id"]
    assert (len(request_id), len(answer.json()["initial_salt"])) == (64, 44)
    ears.until(lambda heard: len(heard) == 2)
    node.decide(request_id)

    heard = ears.until(lambda heard: len(heard) == 4)
    assert told(heard) == [
        ("create_request_result",),
        ("request_status", "pending", False, False),
        ("request_status", "completed", False, False),
        ("request_status", "completed", True, False),
    ]
    assert heard[0]["success"]
    assert heard[0]["creation_block_height"].startswith("sandbox-NDID:")
    heights = [int(one["block_height"].rpartition(":")[2]) for one in heard[1:]]
    assert heights == sorted(set(heights))
    (response,) = heard[3]["response_list"]
    assert (response["idp_id"], response["status"], response["ial"], response["aal"]) == ("idp1", "accept", 2.3, 2.2)
    assert (response["valid_ial"], response["valid_signature"]) == (True, True)
    assert all(PERSON not in json.dumps(one) for one in heard)
    details = node.details(request_id)
    assert (details["status"], details["closed"]) == ("completed", True)


@pytest.mark.parametrize(
    ("decision", "failure", "status"),
    [("reject", "", "rejected"), ("accept", "rejected", "rejected"), ("accept", "complicated", "complicated")],
)
def test_what_was_rejected_stays_open_until_it_is_closed(
    node: Node, ears: Ears, decision: str, failure: str, status: str
) -> None:
    request_id = node.created()
    node.decide(request_id, decision, failure)
    assert told(ears.until(lambda heard: len(heard) == 3))[2] == ("request_status", status, False, False)

    assert node.close(request_id).status == 202
    heard = ears.until(lambda heard: len(heard) == 5)
    assert told(heard)[3:] == [("close_request_result",), ("request_status", status, True, False)]
    again = node.close(request_id)
    assert (again.status, again.json()["error"]["code"]) == (400, 20025)


@pytest.mark.parametrize("failure", ["invalid_signature", "invalid_ial"])
def test_an_answer_that_is_not_valid_completes_and_does_not_close(node: Node, ears: Ears, failure: str) -> None:
    request_id = node.created()
    node.decide(request_id, failure=failure)
    ears.until(lambda heard: len(heard) == 3)
    details = node.details(request_id)
    (response,) = details["response_list"]
    assert (details["status"], details["closed"]) == ("completed", False)
    assert response[failure.replace("invalid", "valid")] is False


def test_an_error_of_the_bank_closes_by_itself(node: Node, ears: Ears) -> None:
    request_id = node.created()
    node.decide(request_id, failure="errored")
    heard = ears.until(lambda heard: len(heard) == 4)
    assert told(heard)[2:] == [("request_status", "errored", False, False), ("request_status", "errored", True, False)]
    (response,) = heard[3]["response_list"]
    known = [one["error_code"] for one in node.get("/utility/idp_error_codes").json()]
    assert response == {"idp_id": "idp1", "error_code": known[0], "valid_ial": None, "valid_signature": None}


def test_time_runs_out(node: Node, ears: Ears) -> None:
    request_id = node.created(request_timeout=1)
    assert told(ears.until(lambda heard: len(heard) == 3))[2] == ("request_status", "pending", False, True)
    late = node.close(request_id)
    assert (late.status, late.json()["error"]["code"]) == (400, 20026)
    assert node.decide(request_id).status == 400


def test_in_mode_1_nothing_is_checked(node: Node, ears: Ears) -> None:
    request_id = node.created(mode=1, bypass_identity_check=None)
    node.decide(request_id)
    heard = ears.until(lambda heard: len(heard) == 4)
    (response,) = heard[3]["response_list"]
    assert (response["valid_ial"], response["valid_signature"]) == (None, None)


def test_a_reference_is_taken_once_while_its_request_is_under_way(node: Node) -> None:
    request_id = node.created(reference_id="ours")
    assert node.get("/rp/request_references/ours").json() == {"request_id": request_id}
    twin = node.create(reference_id="ours")
    assert (twin.status, twin.json()["error"]["code"]) == (400, 20045)
    node.close(request_id)
    assert node.get("/rp/request_references/ours").status == 404


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"mode": 4}, 20003),
        ({"request_message": None}, 20003),
        ({"callback_url": "ftp://x"}, 20003),
        ({"bypass_identity_check": None}, 20003),
        ({"request_timeout": 0}, 20003),
        ({"number": "1234567890123"}, 20096),
        ({"mode": 1, "idp_id_list": []}, 20016),
        ({"bypass_identity_check": True, "idp_id_list": None}, 20016),
        ({"number": UNKNOWN_TO_BANKS}, 20005),
        ({"min_ial": 3}, 20005),
        ({"min_aal": 3}, 20005),
        ({"min_idp": 2}, 20006),
        ({"idp_id_list": ["idp3"]}, 20058),
        ({"min_ial": 2.4}, 20094),
        ({"min_aal": 2.0}, 20095),
    ],
)
def test_what_the_node_refuses(node: Node, changes: dict[str, Any], code: int) -> None:
    refused = node.create(**changes)
    assert (refused.status, refused.json()["error"]["code"]) == (400, code)
    assert PERSON not in refused.body.decode()


def test_the_node_wants_its_key_and_knows_what_it_has(node: Node) -> None:
    assert node.post("/rp/request_close", {}, key="wrong").json()["error"]["code"] == 20092
    assert node.close("0" * 64).json()["error"]["code"] == 20012
    assert node.get("/utility/requests/" + "0" * 64).status == 404
    assert node.get("/nowhere").status == 404
    assert node.post("/utility/private_message_removal/" + "0" * 64, {}).status == 204


def test_which_banks_know_whom(node: Node) -> None:
    banks = node.get("/utility/idp").json()
    assert [bank["node_id"] for bank in banks] == ["idp1", "idp2", "idp3"]
    assert json.loads(banks[0]["node_name"])["marketing_name_en"] == "Test Bank One"
    known = {number: node.get(f"/utility/idp/citizen_id/{number}").json() for number in (PERSON, "8111111111116")}
    assert [[bank["node_id"] for bank in found] for found in known.values()] == [["idp1", "idp2"], ["idp1"]]
    assert known[PERSON][0]["ial"] == 2.3
    assert node.get(f"/utility/idp/citizen_id/{UNKNOWN_TO_BANKS}").json() == []
    assert node.get(f"/utility/idp/citizen_id/{PERSON}?min_ial=3").json() == []
    assert 2.3 in node.get("/utility/supported_ial").json()
    assert 2.2 in node.get("/utility/supported_aal").json()


def test_callbacks_are_lost(node: Node, ears: Ears) -> None:
    with switched(node.url, "callbacks_lost"):
        request_id = node.created()
        node.decide(request_id)
        assert node.details(request_id)["status"] == "completed"
    node.created()
    ears.until(lambda heard: len(heard) == 2)
    assert all(one["request_id"] != request_id for one in ears.heard)


def test_callbacks_come_twice(node: Node, ears: Ears) -> None:
    with switched(node.url, "callbacks_twice"):
        node.created()
        heard = ears.until(lambda heard: len(heard) == 4)
    assert heard[0] == heard[1]
    assert heard[2] == heard[3]


def test_callbacks_come_out_of_order(node: Node, ears: Ears) -> None:
    with switched(node.url, "callbacks_out_of_order"):
        node.decide(node.created())
        heard = ears.until(lambda heard: len(heard) == 4)
    assert [kind for kind, *_ in told(heard)] != [kind for kind, *_ in told(sorted(heard, key=_height))]


def _height(callback: dict[str, Any]) -> int:
    return int(callback.get("block_height", "x:0").rpartition(":")[2])


def test_a_request_that_cannot_be_created_is_told_of_and_unknown(node: Node, ears: Ears) -> None:
    with switched(node.url, "not_created"):
        request_id = node.created()
    (heard,) = ears.until(lambda heard: len(heard) == 1)
    assert (heard["success"], heard["error"]["code"]) == (False, 25007)
    assert node.get(f"/utility/requests/{request_id}").status == 404


def test_a_request_times_out_early(node: Node, ears: Ears) -> None:
    with switched(node.url, "timed_out"):
        node.created()
    assert told(ears.until(lambda heard: len(heard) == 3))[2][3] is True


def test_any_answer_counts_as_delivered(node: Node, ears: Ears) -> None:
    ears.answer = Response(500)
    node.created()
    ears.until(lambda heard: len(heard) == 2)
    time.sleep(0.2)
    assert len(ears.heard) == 2


def test_a_callback_without_an_answer_is_sent_again(node: Node, ears: Ears, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("superapp.sandbox.identity.ndid.callbacks._FIRST_WAIT", 0.1)
    ears.answer = HangUp.CLOSED
    node.created()
    heard = ears.until(lambda heard: len(heard) >= 4)
    ears.answer = Response(204)
    assert heard.count(heard[0]) > 1


def test_the_banks_app_shows_what_waits(node: Node) -> None:
    request_id = node.created()
    page = exchange("GET", f"{node.url}/bank").body.decode()
    assert "ยืนยันตัวตน &lt;b&gt; (Ref: 482913)" in page
    assert request_id in page
    assert "Test Bank One" in page
    node.decide(request_id)
    assert request_id not in exchange("GET", f"{node.url}/bank").body.decode()
