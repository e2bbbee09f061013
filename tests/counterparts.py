"""Other people's servers, real ones on loopback ports, that answer well or badly and remember what arrived."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from superapp.sandbox.listener import HangUp, Listener, Request, Response, json_response

Answer = Callable[[Request], Response | HangUp]
Talk = Callable[[socket.socket], None]

RECEIPT = json_response(201, {"agency_reference": "DLT-2569-000001", "status": "received"})


@dataclass
class Counterpart:
    """An agency's server. Sends to `url`, looks up at `url`/<reference>."""

    url: str
    arrived: list[Request] = field(default_factory=list)

    @property
    def submissions(self) -> int:
        return sum(request.method == "POST" for request in self.arrived)


@contextmanager
def http_server(answer: Answer | Response) -> Iterator[Counterpart]:
    """Answers every request with `answer`, or with what it returns for the request."""
    counterpart = Counterpart("")

    def application(request: Request) -> Response | HangUp:
        counterpart.arrived.append(request)
        return answer if isinstance(answer, Response) else answer(request)

    listener = Listener(0, lambda _url: application)
    counterpart.url = f"{listener.url}/cases"
    try:
        yield counterpart
    finally:
        listener.stop()


@contextmanager
def tcp_server(talk: Talk, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """Gives every connection to `talk` in a thread of its own; the port."""
    server = socket.create_server((host, port))
    threads: list[threading.Thread] = []
    connections: list[socket.socket] = []

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            talk(connection)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                connections.append(connection)
                threads.append(threading.Thread(target=serve, args=(connection,), daemon=True))
                threads[-1].start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield int(server.getsockname()[1])
    finally:
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        accepting.join(5)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(5)


def drip(before: bytes, drop: bytes) -> Talk:
    """Begins an answer at once and never ends it."""

    def talk(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(before)
        while True:
            connection.sendall(drop)
            time.sleep(0.05)

    return talk


def read_request(connection: socket.socket) -> bytes:
    """A whole request with a Content-Length, or without a body."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            while len(body) < int(line.partition(b":")[2]):
                body += _more(connection)
    return head + b"\r\n\r\n" + body


def _more(connection: socket.socket) -> bytes:
    if not (received := connection.recv(65536)):
        raise OSError("the other side has gone")
    return received


@contextmanager
def unused_port() -> Iterator[int]:
    """A port of ours that nobody listens on: connections are refused."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield int(reserved.getsockname()[1])
