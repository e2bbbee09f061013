"""The one way out: deadlines, sizes, no redirects, no proxies, one pinned address (rule 12)."""

import socket
import struct
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from pytest_django import Settings

from services_catalog.adapters import http
from services_catalog.adapters.connection import HttpAnswer
from superapp.sandbox.listener import Request, Response
from tests.counterparts import drip, http_server, read_request, tcp_server, unused_port
from tests.services_catalog.adapters.conftest import Resolve

OK = Response(200, b"{}")
HASTY = timedelta(seconds=0.5)
PATIENT = timedelta(seconds=5)


def get(url: str, deadline: timedelta = PATIENT) -> HttpAnswer:
    return http.call("GET", url, deadline=deadline, headers={})


def code_of(kind: type[Exception], url: str, deadline: timedelta = PATIENT) -> str:
    with pytest.raises(kind) as failure:
        get(url, deadline)
    assert "127.0.0.1" not in repr(failure.value), "a code holds no address"
    return str(failure.value)


def seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


@pytest.mark.parametrize(
    ("before", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"a"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
        (b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
    ],
    ids=["headers", "body", "chunks", "interim answers"],
)
def test_a_call_ends_at_its_deadline_however_slowly_the_answer_drips(before: bytes, drop: bytes) -> None:
    with tcp_server(drip(before, drop)) as port:
        took = seconds(lambda: code_of(http.MaybeSent, f"http://127.0.0.1:{port}/", HASTY))
    assert 0.4 < took < 1.5


def test_a_call_ends_at_its_deadline_when_nobody_reads_what_it_sends() -> None:
    def talk(connection: socket.socket) -> None:
        time.sleep(1)

    def post() -> None:
        with pytest.raises(http.MaybeSent, match="no_answer_in_time"):
            http.call("POST", f"http://127.0.0.1:{port}/", deadline=HASTY, headers={}, body=b"x" * 64 * 1024 * 1024)

    with tcp_server(talk) as port:
        assert 0.4 < seconds(post) < 1.5


def test_the_deadline_is_that_of_the_call_and_not_of_the_connection() -> None:
    def answer(request: Request) -> Response:
        time.sleep(0.7 if request.path == "/slow" else 0)
        return OK

    with http_server(answer) as server:
        base = server.url.removesuffix("/cases")
        assert get(f"{base}/fast", HASTY).status == 200
        assert get(f"{base}/slow", PATIENT).status == 200
        assert code_of(http.MaybeSent, f"{base}/slow", HASTY) == "no_answer_in_time"
        assert get(f"{base}/fast", HASTY).status == 200


@pytest.mark.parametrize(("size", "fits"), [(1024 * 1024, True), (1024 * 1024 + 1, False)])
def test_an_answer_is_bounded(size: int, fits: bool) -> None:
    with http_server(Response(200, b"x" * size)) as server:
        if fits:
            assert len(get(server.url).body) == size
        else:
            assert code_of(http.MaybeSent, server.url) == "answer_too_large"


def test_an_answer_without_end_is_cut_off() -> None:
    def talk(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")

    with tcp_server(talk) as port:
        assert code_of(http.MaybeSent, f"http://127.0.0.1:{port}/") == "answer_too_large"


def test_headers_without_end_are_cut_off() -> None:
    def talk(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"X-More: " + b"x" * 8192 + b"\r\n")

    with tcp_server(talk) as port:
        assert code_of(http.MaybeSent, f"http://127.0.0.1:{port}/") == "connection_lost"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer(status: int) -> None:
    with http_server(OK) as elsewhere, http_server(Response(status, headers={"Location": elsewhere.url})) as server:
        answer = get(server.url)
        assert (answer.status, answer.headers["location"]) == (status, elsewhere.url)
        assert elsewhere.arrived == []


def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    with http_server(Response(502)) as proxy, http_server(OK) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.url.removesuffix("/cases"))
        assert get(server.url).status == 200
        assert proxy.arrived == []


def test_cookies_are_not_kept() -> None:
    with http_server(Response(200, headers={"Set-Cookie": "session=1; Path=/"})) as server:
        get(server.url)
        get(server.url)
        assert [request.headers["Cookie"] for request in server.arrived] == [None, None]


def test_the_connection_goes_to_the_address_that_was_checked(resolve: Resolve, settings: Settings) -> None:
    """The name changes its address after it was checked, as a rebinding attacker's does."""
    settings.EGRESS_PRIVATE_NETWORKS = {"agency.internal": "127.0.0.0/30"}
    with http_server(OK) as checked:
        port = int(checked.url.split(":")[2].split("/")[0])
        resolve("agency.internal", ["127.0.0.1"], ["127.0.0.2"])

        def talk(connection: socket.socket) -> None:
            wrong.append(connection.recv(1))

        wrong: list[bytes] = []
        with tcp_server(talk, host="127.0.0.2", port=port):
            assert get(f"http://agency.internal:{port}/").status == 200
        assert wrong == []
        assert checked.arrived[0].headers["Host"] == f"agency.internal:{port}"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://evil.example/", "address_refused"),
        ("http://169.254.169.254/latest/meta-data/", "address_refused"),
        ("http://gone.go.th/", "cannot_connect"),
        ("ftp://127.0.0.1/", "bad_request_made"),
        ("", "bad_request_made"),
        ("https://dlt.go.th/ก", "bad_request_made"),
        ("https://กรม.go.th/", "bad_request_made"),
        ("https://dlt.go.th:99999/", "bad_request_made"),
        ("https://dlt.go.th:x/", "bad_request_made"),
        ("http://[", "bad_request_made"),
        ("http://a..go.th/", "cannot_connect"),
        (f"http://{'a' * 64}.go.th/", "cannot_connect"),
    ],
)
def test_nothing_is_sent_to_where_we_may_not_or_cannot(resolve: Resolve, url: str, code: str) -> None:
    resolve("gone.go.th", [])
    assert code_of(http.NotSent, url) == code


def test_loopback_is_refused_outside_the_sandbox(settings: Settings) -> None:
    settings.SANDBOX = False
    with http_server(OK) as server:
        assert code_of(http.NotSent, server.url) == "address_refused"
        assert server.arrived == []


def test_a_refused_connection_sent_nothing() -> None:
    with unused_port() as port:
        assert code_of(http.NotSent, f"http://127.0.0.1:{port}/") == "cannot_connect"


def test_a_server_without_tls_cannot_be_connected_to_by_https() -> None:
    with http_server(OK) as server:
        assert code_of(http.NotSent, server.url.replace("http://", "https://")) == "cannot_connect"


@pytest.mark.parametrize("reset", [True, False])
def test_a_connection_that_ends_early_may_have_carried_the_request(reset: bool) -> None:
    def talk(connection: socket.socket) -> None:
        read_request(connection)
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with tcp_server(talk) as port:
        assert code_of(http.MaybeSent, f"http://127.0.0.1:{port}/") == "connection_lost"


def test_a_connection_that_the_server_has_closed_meanwhile_is_not_used_again() -> None:
    def talk(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")  # and closes, though it did not say so

    with tcp_server(talk) as port:
        for _ in range(3):
            assert get(f"http://127.0.0.1:{port}/").body == b"{}"
            time.sleep(0.05)


def test_a_header_in_another_script_harms_nobody() -> None:
    with http_server(OK) as server:
        http.call("GET", server.url, deadline=PATIENT, headers={"X-Request-ID": "สวัสดี"})
        assert server.arrived[0].headers["X-Request-ID"].encode("latin-1").decode() == "สวัสดี"


@pytest.mark.parametrize("value", ["a\r\nHost: evil", "\x00"])
def test_a_header_that_no_request_can_carry_is_not_sent(value: str) -> None:
    with http_server(OK) as server:
        with pytest.raises(http.NotSent, match="bad_request_made"):
            http.call("GET", server.url, deadline=PATIENT, headers={"X-Request-ID": value})
        assert server.arrived == []
