"""Connections that are kept between calls: by origin, only while they are in order."""

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from time import sleep

import pytest

from services_catalog.adapters import connection, http
from tests.counterparts import read_request, tcp_server

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> Iterator[None]:
    http.close_idle_connections()
    yield
    http.close_idle_connections()


def get(port: int) -> int:
    return http.call("GET", f"http://127.0.0.1:{port}/", deadline=timedelta(seconds=5), headers={}).status


def answering(opened: list[int], *, times: int = 1_000_000) -> Callable[[socket.socket], None]:
    """Answers on each connection so many times, and closes it then."""

    def talk(connection: socket.socket) -> None:
        opened.append(connection.fileno())
        for _ in range(times):
            if not read_request(connection):
                return
            connection.sendall(_ANSWER)

    return talk


def test_calls_one_after_the_other_use_one_connection() -> None:
    opened: list[int] = []
    with tcp_server(answering(opened)) as port:
        assert [get(port) for _ in range(5)] == [200] * 5
    assert len(opened) == 1


def test_calls_at_the_same_time_have_a_connection_each_and_leave_them_to_the_next() -> None:
    opened: list[int] = []
    together = Barrier(4)

    def talk(connection: socket.socket) -> None:
        opened.append(connection.fileno())
        while read_request(connection):
            if len(opened) <= 4:
                together.wait(timeout=5)
            connection.sendall(_ANSWER)

    with tcp_server(talk) as port, ThreadPoolExecutor(4) as threads:
        for _ in range(2):
            assert list(threads.map(get, [port] * 4)) == [200] * 4
    assert len(opened) == 4


def test_a_connection_that_the_agency_has_closed_is_not_used_again() -> None:
    opened: list[int] = []
    with tcp_server(answering(opened, times=1)) as port:
        for _ in range(3):
            assert get(port) == 200
            sleep(0.05)  # until its end is here
    assert len(opened) == 3


def test_what_comes_after_an_answer_is_not_the_next_ones() -> None:
    opened: list[int] = []

    def talk(connection: socket.socket) -> None:
        opened.append(connection.fileno())
        read_request(connection)
        connection.sendall(_ANSWER + _ANSWER.replace(b"200 OK", b"201 Created"))
        read_request(connection)

    with tcp_server(talk) as port:
        assert [get(port) for _ in range(3)] == [200] * 3
    assert len(opened) == 3


def test_an_origin_gets_no_connection_of_another() -> None:
    first: list[int] = []
    second: list[int] = []
    with tcp_server(answering(first)) as one, tcp_server(answering(second)) as other:
        assert [get(port) for port in (one, other, one, other)] == [200] * 4
    assert (len(first), len(second)) == (1, 1)


def test_what_nobody_has_used_for_long_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "KEPT_SECONDS", 0.0)
    opened: list[int] = []
    with tcp_server(answering(opened)) as port:
        assert [get(port) for _ in range(3)] == [200] * 3
    assert len(opened) == 3
