"""Calls over TLS: the name is verified, and deadlines, sizes and kept connections are what they are without."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
import trustme
from pytest_django import Settings

from services_catalog.adapters import http
from services_catalog.adapters.connection import HttpAnswer
from tests.counterparts import Talk, drip, read_request, tcp_server
from tests.services_catalog.adapters.conftest import Resolve

NAME = "agency.internal"
HASTY = timedelta(seconds=0.5)
PATIENT = timedelta(seconds=5)
_MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def authority(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings, resolve: Resolve
) -> Iterator[trustme.CA]:
    """The only authority that calls trust; NAME leads to this machine."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    settings.EGRESS_PRIVATE_NETWORKS = {NAME: "127.0.0.0/30"}
    resolve(NAME, ["127.0.0.1"])
    http._tls.cache_clear()
    yield authority
    http.close_idle_connections()
    http._tls.cache_clear()


def serving(authority: trustme.CA, talk: Talk, name: str = NAME) -> AbstractContextManager[int]:
    """A server that has a certificate of `name`; the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)

    def secured(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as agency:
            talk(agency)

    return tcp_server(secured)


def answering(body: bytes, *, times: int = 1) -> Talk:
    def talk(agency: socket.socket) -> None:
        for _ in range(times):
            read_request(agency)
            agency.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    return talk


def post(port: int, body: bytes = b"{}", deadline: timedelta = PATIENT) -> HttpAnswer:
    return http.call("POST", f"https://{NAME}:{port}/cases", deadline=deadline, headers={}, body=body)


def refused(port: int, deadline: timedelta = PATIENT) -> str:
    with pytest.raises(http.NotSent) as failure:
        post(port, deadline=deadline)
    return failure.value.code


def test_an_answer_of_many_records_comes_whole(authority: trustme.CA) -> None:
    body = bytes(range(256)) * (_MEGABYTE // 256)
    with serving(authority, answering(body)) as port:
        assert post(port).body == body


def test_a_request_of_many_records_goes_whole(authority: trustme.CA) -> None:
    arrived: list[bytes] = []

    def talk(agency: socket.socket) -> None:
        time.sleep(0.2)  # until there is no room for more on the way
        arrived.append(read_request(agency))
        agency.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    body = bytes(range(256)) * (8 * _MEGABYTE // 256)
    with serving(authority, talk) as port:
        assert post(port, body).status == 200
    assert arrived[0].endswith(b"\r\n\r\n" + body)


def test_calls_one_after_the_other_shake_hands_once(authority: trustme.CA) -> None:
    shaken: list[int] = []

    def talk(agency: socket.socket) -> None:
        shaken.append(agency.fileno())
        answering(b"{}", times=3)(agency)

    with serving(authority, talk) as port:
        assert [post(port).status for _ in range(3)] == [200] * 3
    assert len(shaken) == 1


def test_a_certificate_of_another_name_gets_nothing(authority: trustme.CA) -> None:
    arrived: list[bytes] = []
    with serving(authority, lambda agency: arrived.append(read_request(agency)), "other.internal") as port:
        assert refused(port) == "cannot_connect"
    assert arrived == []


def test_a_certificate_of_an_authority_that_nobody_knows_gets_nothing() -> None:
    arrived: list[bytes] = []
    with serving(trustme.CA(), lambda agency: arrived.append(read_request(agency))) as port:
        assert refused(port) == "cannot_connect"
    assert arrived == []


def test_a_handshake_ends_at_the_deadline() -> None:
    def silent(connection: socket.socket) -> None:
        connection.recv(_MEGABYTE)
        connection.recv(1)

    began = time.monotonic()
    with tcp_server(silent) as port:
        assert refused(port, HASTY) == "cannot_connect"
    assert 0.4 < time.monotonic() - began < 1.5


@pytest.mark.parametrize(
    "talk",
    [
        drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"a"),
        drip(b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 100_000),
        lambda agency: time.sleep(1),
    ],
    ids=["drips", "never comes to the point", "is silent"],
)
def test_a_call_ends_at_its_deadline(authority: trustme.CA, talk: Talk) -> None:
    began = time.monotonic()
    with serving(authority, talk) as port, pytest.raises(http.MaybeSent) as failure:
        post(port, deadline=HASTY)
    assert failure.value.code == "no_answer_in_time"
    assert 0.4 < time.monotonic() - began < 2.5


def test_an_answer_that_breaks_off_may_have_been_sent(authority: trustme.CA) -> None:
    def talk(agency: socket.socket) -> None:
        read_request(agency)
        agency.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")

    with serving(authority, talk) as port, pytest.raises(http.MaybeSent) as failure:
        post(port)
    assert failure.value.code == "connection_lost"
