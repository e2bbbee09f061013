"""The 13-digit number leaves in the path that the node wants it in, and shows nowhere else."""

import logging
import time
import traceback
from datetime import timedelta

import pytest
from celery import current_app
from pytest_django import DjangoCaptureOnCommitCallbacks

from services_catalog.adapters import http
from services_catalog.queues import ASK_CONSENT_REQUEST
from superapp.sandbox.listener import HangUp, Response, json_response
from tests.citizens.identity.consent_requests.conftest import PERSON, Phone, ScriptedNode, work
from tests.counterparts import http_server, unused_port

HASTY = timedelta(seconds=1)


def secret(url: str) -> http.SecretUrl:
    return http.SecretUrl(f"{url}/rp/requests/citizen_id/", PERSON, "?min_ial=2.3")


def test_the_other_side_gets_the_whole_address() -> None:
    with http_server(Response(200, b"{}")) as counterpart:
        http.call("GET", secret(counterpart.url), deadline=HASTY, headers={})
    assert counterpart.arrived[0].target == f"/cases/rp/requests/citizen_id/{PERSON}?min_ial=2.3"


def test_an_address_shows_without_its_secret_part() -> None:
    address = secret("http://node.internal/v6")
    shown = "http://node.internal/v6/rp/requests/citizen_id/[secret]?min_ial=2.3"
    assert [str(address), repr(address), f"{address}"] == [shown] * 3


def everything(error: BaseException) -> str:
    """An exception as the most talkative tool prints it: with what each frame knew, and what came before."""
    rendered = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "".join(rendered.format()) + repr(error) + repr(error.__context__) + repr(error.__cause__)


@pytest.mark.parametrize("kind", ["refused", "hung up", "slow", "nonsense", "no scheme"])
def test_no_exception_of_the_way_out_has_the_number(kind: str) -> None:
    def talk(_request: object) -> Response | HangUp:
        if kind == "slow":
            time.sleep(1.2)
        return HangUp.CLOSED if kind == "hung up" else Response(200, b"x" * (1024 * 1024 + 1))

    with unused_port() as port, http_server(talk) as counterpart:
        url = {"refused": f"http://127.0.0.1:{port}", "no scheme": "gopher://127.0.0.1"}.get(kind, counterpart.url)
        with pytest.raises((http.NotSent, http.MaybeSent)) as failure:
            http.call("GET", secret(url), deadline=HASTY, headers={})
    assert failure.value.__traceback__
    # Without this function's own frame, which knows what has arrived.
    frames = everything(failure.value.with_traceback(failure.value.__traceback__.tb_next))
    assert "in call" in frames
    assert PERSON not in frames


def test_no_log_at_any_level_has_the_number(
    scripted: ScriptedNode, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("citizens", "services_catalog"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    phone = Phone()
    request_id = phone.started()
    scripted.answers["/rp/requests/"] = HangUp.CLOSED
    work()
    work()
    scripted.answers["/rp/request_references/"] = json_response(200, {"request_id": "ab" * 32})
    work()
    phone.cancel(request_id)
    work()
    assert any(PERSON in request.target for request in scripted.arrived), "it did leave"
    written = [f"{record.getMessage()} {record.__dict__}" for record in caplog.records if "sql" not in record.__dict__]
    assert written
    assert [line for line in written if PERSON in line] == []
    assert PERSON not in "".join(capfd.readouterr())


def test_no_address_of_ours_has_the_number(scripted: ScriptedNode) -> None:
    phone = Phone()
    answer = phone.start()
    assert PERSON not in answer.content.decode() + str(answer.headers)
    work()
    sent = [request for request in scripted.arrived if request.body]
    assert sent
    assert all(PERSON.encode() not in request.body for request in sent), "nor does the callback's"
    assert PERSON not in str(phone.look(answer.json()["id"]))


def test_a_workers_message_has_an_id_alone(
    scripted: ScriptedNode,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[tuple[object, ...]] = []
    monkeypatch.setattr(
        type(current_app),
        "send_task",
        lambda _app, name, args=None, **options: sent.append((name, args, options)),
        raising=False,
    )
    with django_capture_on_commit_callbacks(execute=True):
        request_id = Phone().started()
    assert [(name, args) for name, args, _ in sent] == [(ASK_CONSENT_REQUEST, [request_id])]
    assert PERSON not in str(sent)
