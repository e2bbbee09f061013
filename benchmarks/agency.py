"""An agency for benchmarks: as light as can be, the same for everybody, and it knows what it was given.

Run as a program it answers every POST at once, or after `--latency-ms`, with 201 and
`{"agency_reference": …, "status": "completed"}`, over keep-alive connections. GET /ledger tells what has arrived, and
GET /arrivals when. With `--hang` it takes what is sent to /hanging/… and never answers.
"""

import argparse
import asyncio
import json
import socket
import sys
import time
from dataclasses import asdict, dataclass
from http.client import HTTPConnection
from typing import Any

from superapp.embedded.stack import Stack

_NAME = "agency"
_HANGING = "/hanging/"


def free_port() -> int:
    """One that the system chooses: programs that run beside this one do not come upon it between two legs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Ledger:
    """Calls that arrived, the different references in them, and the most calls that were open at a time.

    Those that hang count by themselves.
    """

    calls: int = 0
    references: int = 0
    most_in_flight: int = 0
    hung: int = 0


@dataclass(frozen=True, slots=True)
class Agency:
    """Where the agency listens."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def options(self) -> dict[str, object]:
        """The options of a rest_json adapter that delivers here."""
        return _options(f"{self.url}/cases")

    @property
    def options_to_hang(self) -> dict[str, object]:
        """The same, to where calls hang once the agency was started so."""
        return _options(f"{self.url}{_HANGING}cases")

    def start(self, stack: Stack, *, latency_ms: int = 0, hang: bool = False) -> None:
        """With an empty ledger, as a process of the stack."""
        arguments = ["--port", str(self.port), "--latency-ms", str(latency_ms), *(["--hang"] if hang else [])]
        stack.start(_NAME, sys.executable, "-m", "benchmarks.agency", *arguments)
        stack.wait_until(_NAME, f"{self.url}/ledger")

    def ledger(self) -> Ledger:
        return Ledger(**self._get("/ledger"))

    def arrivals(self) -> dict[str, float]:
        """When each reference was first read from a socket, in seconds since the epoch."""
        return {reference: float(at) for reference, at in self._get("/arrivals").items()}

    def _get(self, path: str) -> dict[str, Any]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            found: dict[str, Any] = json.loads(connection.getresponse().read())
            return found
        finally:
            connection.close()


def _options(cases: str) -> dict[str, object]:
    return {"submit_url": cases, "lookup_url": f"{cases}/{{reference}}", "honours_idempotency_key": True}


class _Desk:
    """What the connections share."""

    def __init__(self, latency: float, *, hangs: bool) -> None:
        self.latency = latency
        self.hangs = hangs
        self.ledger = Ledger()
        self.in_flight = 0
        self.arrivals: dict[str, float] = {}

    def take(self, body: bytes) -> bytes:
        """Writes a submission down; returns the answer's body."""
        self.arrivals.setdefault(json.loads(body)["reference"], time.time())
        self.in_flight += 1
        self.ledger.calls += 1
        self.ledger.references = len(self.arrivals)
        self.ledger.most_in_flight = max(self.ledger.most_in_flight, self.in_flight)
        return b'{"agency_reference": "B-%d", "status": "completed"}' % self.ledger.calls


class _Connection(asyncio.Protocol):
    """One keep-alive connection. Its callers wait for an answer before they send again, so nothing is pipelined."""

    def __init__(self, desk: _Desk) -> None:
        self._desk = desk
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end or len(body) < _content_length(head):
            return
        self._received = b""
        if self._desk.hangs and head.split(b" ", 2)[1].startswith(_HANGING.encode()):
            self._desk.ledger.hung += 1
        elif head.startswith(b"POST "):
            answer = self._desk.take(body)
            asyncio.get_running_loop().call_later(self._desk.latency, self._answer_case, answer)
        elif head.startswith(b"GET /ledger "):
            self._answer(b"200 OK", json.dumps(asdict(self._desk.ledger)).encode())
        elif head.startswith(b"GET /arrivals "):
            self._answer(b"200 OK", json.dumps(self._desk.arrivals).encode())
        else:
            self._answer(b"404 Not Found", b"{}")

    def _answer_case(self, body: bytes) -> None:
        self._desk.in_flight -= 1
        self._answer(b"201 Created", body)

    def _answer(self, status: bytes, body: bytes) -> None:
        self._transport.write(
            b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)
        )


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def _serve(port: int, latency: float, *, hangs: bool) -> None:
    desk = _Desk(latency, hangs=hangs)
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(desk), "127.0.0.1", port, backlog=512)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--latency-ms", type=int, default=0)
    parser.add_argument("--hang", action="store_true")
    options = parser.parse_args()
    asyncio.run(_serve(options.port, options.latency_ms / 1000, hangs=options.hang))


if __name__ == "__main__":
    main()
