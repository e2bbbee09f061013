"""A real HTTP/1.1 server around a plain function from Request to Response."""

import json
import socket
import struct
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

LARGEST_BODY = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    target: str
    headers: Message
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def segments(self) -> list[str]:
        return self.path.strip("/").split("/")

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(errors="replace")))


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class HangUp(Enum):
    """What an application returns to end the connection without an answer."""

    CLOSED = "closed"
    RESET = "reset"


Application = Callable[[Request], Response | HangUp]


Json = Mapping[str, object] | Sequence[object]


def json_response(status: int, payload: Json, headers: Mapping[str, str] | None = None) -> Response:
    body = json.dumps(payload, ensure_ascii=False).encode()
    return Response(status, body, {"Content-Type": "application/json", **(headers or {})})


class Listener(ThreadingHTTPServer):
    """Listens on a loopback port (0 = any free one) from construction until `stop()`.

    The application is made once the address is known, because a provider signs its own URL.
    Raises OSError if the port is taken.
    """

    request_queue_size = 512
    daemon_threads = True
    block_on_close = False  # connections kept alive by clients must not delay a stop

    def __init__(self, port: int, application_at: Callable[[str], Application]) -> None:
        self._connections: set[Any] = set()
        super().__init__(("127.0.0.1", port), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.application = application_at(self.url)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.1,), name=self.url, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for connections
        self.shutdown()
        self.server_close()
        self._thread.join()
        for connection in list(self._connections):
            _hang_up(connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that goes away while we answer is everyday life, not an error.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):  # the other side was faster
        connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    server: Listener
    protocol_version = "HTTP/1.1"
    server_version = "SuperappSandbox"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one packet
    timeout = 75
    resets = False

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            self.close_connection = True  # what follows on this connection cannot be told from a request
            self._send(Response(411 if not length else 413))
        else:
            self._answer(self.rfile.read(int(length)))

    def _answer(self, body: bytes) -> None:
        answer = self.server.application(Request(self.command, self.path, self.headers, body))
        if isinstance(answer, Response):
            self._send(answer)
        else:
            self.close_connection = True
            self.resets = answer is HangUp.RESET

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(response.body)

    def finish(self) -> None:
        super().finish()
        if self.resets:
            # Lingering for zero seconds makes close() send RST instead of FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by the base class
        """Say nothing: requests carry people's data, and the ledger already counts arrivals."""
