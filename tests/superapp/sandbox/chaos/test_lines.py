import socket
import time
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from superapp.sandbox.chaos import lines
from superapp.sandbox.chaos.lines import Lines
from superapp.sandbox.client import Reply, exchange
from superapp.sandbox.listener import Listener, Request, Response

ANSWER = b"x" * 200_000
ASKED = b"y" * 1000


class Agency(Listener):
    """Counts what reaches it whole."""

    def __init__(self) -> None:
        self.arrived = 0
        super().__init__(0, lambda _url: self.answer)

    def answer(self, request: Request) -> Response:
        self.arrived += request.body == ASKED
        return Response(200, ANSWER)


@pytest.fixture
def agency() -> Iterator[Agency]:
    listener = Agency()
    yield listener
    listener.stop()


@pytest.fixture
def line_to(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Lines]]:
    """line_to(fate) opens a line on which every piece has that fate."""
    opened: list[Lines] = []

    def open_line(fate: str) -> Lines:
        monkeypatch.setattr(lines, "_ODDS", {lines._Fate[fate]: 1})
        opened.append(Lines([agency.server_port], lambda purpose: Random(purpose)))
        return opened[-1]

    yield open_line
    for one in opened:
        one.close()


def ask(opened: Lines, agency: Agency, **options: Any) -> Reply:
    return exchange("POST", f"http://127.0.0.1:{opened.ports[agency.server_port]}/", body=ASKED, **options)


def test_a_good_line_carries_everything(line_to: Callable[[str], Lines], agency: Agency) -> None:
    assert ask(line_to("PASS"), agency).body == ANSWER


def test_a_cut_line_carries_half_and_ends(line_to: Callable[[str], Lines], agency: Agency) -> None:
    opened = line_to("CUT")
    with pytest.raises(OSError):
        ask(opened, agency)
    assert agency.arrived == 0


def test_a_line_that_swallows_tells_nobody(line_to: Callable[[str], Lines], agency: Agency) -> None:
    opened = line_to("SWALLOW")
    with pytest.raises(TimeoutError):
        ask(opened, agency, timeout=0.5)
    assert agency.arrived == 0


def test_a_delayed_call_arrives(
    line_to: Callable[[str], Lines], agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "_LONGEST_DELAY", 0.1)
    started = time.monotonic()
    assert ask(line_to("DELAY"), agency, timeout=30).body == ANSWER
    assert time.monotonic() - started >= 0.1


def test_a_delayed_call_of_one_who_has_hung_up_never_arrives(line_to: Callable[[str], Lines], agency: Agency) -> None:
    opened = line_to("DELAY")
    with socket.create_connection(("127.0.0.1", opened.ports[agency.server_port])) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
    time.sleep(lines._LONGEST_DELAY + 0.3)
    assert agency.arrived == 0


def test_calm_ends_all_trouble(line_to: Callable[[str], Lines], agency: Agency) -> None:
    opened = line_to("CUT")
    opened.calm()
    assert ask(opened, agency).body == ANSWER


def test_a_line_goes_out_and_comes_back(
    line_to: Callable[[str], Lines], agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "_UNTIL_OUTAGE", (0.0, 0.0))
    monkeypatch.setattr(lines, "_OUTAGE", (30.0, 30.0))
    opened = line_to("PASS")
    time.sleep(0.1)
    with pytest.raises(OSError):
        ask(opened, agency)
    opened.calm()
    assert ask(opened, agency).body == ANSWER


def test_nobody_listens_at_the_refusing_port(line_to: Callable[[str], Lines]) -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", line_to("PASS").refusing_port), timeout=1)
