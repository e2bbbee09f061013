"""One connection to an agency: HTTP/1.1 (RFC 9112) as h11 speaks it, on a socket that works for one call at a time."""

import select
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass

import h11

KEPT_SECONDS = 15.0
_READ_BYTES = 64 * 1024
_HEAD_LIMIT = 100 * 1024


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class AnswerTooLarge(Exception):
    """There is more of it than the caller takes."""


class Connection:
    """Carries calls one after the other. It does not know where it leads; whoever made it does.

    The socket never blocks: one with a timeout polls before each operation, those too that need not wait, and to set
    the timeout is a system call more. Each of them hands on Python's lock and queues for it again (ADR 29).
    """

    def __init__(self, connected: socket.socket) -> None:
        connected.setblocking(False)
        self._socket = connected
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD_LIMIT)
        self._something, self._room = select.poll(), select.poll()
        self._something.register(connected, select.POLLIN)
        self._room.register(connected, select.POLLOUT)
        self._idle_since = time.monotonic()

    def exchange(self, request: h11.Request, body: bytes | None, *, ends_at: float, limit: int) -> HttpAnswer:
        """Sends a request and reads the whole answer, a body of up to `limit` bytes; over at `ends_at` (monotonic).

        Raises TimeoutError when it is, AnswerTooLarge, OSError or h11.RemoteProtocolError when no answer can be read.
        """
        self._send(self._on_the_wire(request, body), ends_at)
        response = self._response(ends_at)
        content = self._body(ends_at, limit)
        if self._is_over():
            self._http.start_next_cycle()
            self._idle_since = time.monotonic()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in response.headers}
        return HttpAnswer(response.status_code, headers, content)

    def _is_over(self) -> bool:
        """Whether both sides are through, and nothing came that would be taken for the answer to the next request."""
        done = self._http.our_state is h11.DONE and self._http.their_state is h11.DONE
        return done and not self._http.trailing_data[0]

    def is_idle(self) -> bool:
        """Whether it may carry another call: it is new, or the last one came to its end in order."""
        return self._http.our_state is h11.IDLE

    def has_expired(self) -> bool:
        """Whether it was idle for long, or the other side has closed it: what else would there be to read?"""
        return time.monotonic() - self._idle_since > KEPT_SECONDS or bool(self._something.poll(0))

    def close(self) -> None:
        self._socket.close()

    def _on_the_wire(self, request: h11.Request, body: bytes | None) -> bytes:
        """As a whole: head and body one by one are two packets."""
        events: list[h11.Event] = [request, *([h11.Data(body)] if body else []), h11.EndOfMessage()]
        return b"".join(self._http.send(event) or b"" for event in events)

    def _response(self, ends_at: float) -> h11.Response:
        while not isinstance(event := self._event(ends_at), h11.Response):
            pass
        return event

    def _body(self, ends_at: float, limit: int) -> bytes:
        body = bytearray()
        while isinstance(event := self._event(ends_at), h11.Data):
            body += event.data
            if len(body) > limit:
                raise AnswerTooLarge
        return bytes(body)

    def _event(self, ends_at: float) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(self._read(ends_at))
        return event

    def _read(self, ends_at: float) -> bytes:
        wanted = self._something
        if isinstance(self._socket, ssl.SSLSocket):
            _left(ends_at)  # TLS may have something at hand that its socket does not show
        else:
            _wait(wanted, ends_at)
        while True:
            try:
                return self._socket.recv(_READ_BYTES)
            except (BlockingIOError, ssl.SSLWantReadError):
                wanted = self._something
            except ssl.SSLWantWriteError:
                wanted = self._room
            _wait(wanted, ends_at)

    def _send(self, what: bytes, ends_at: float) -> None:
        """What does not go through is no error: who closes before reading it all may have answered first."""
        unsent = memoryview(what)  # TLS takes 16 KiB at a time
        while unsent:
            wanted = self._room
            try:
                unsent = unsent[self._socket.send(unsent) :]
                continue
            except (BlockingIOError, ssl.SSLWantWriteError):
                pass
            except ssl.SSLWantReadError:
                wanted = self._something
            except OSError:
                return
            _wait(wanted, ends_at)


def _wait(wanted: select.poll, ends_at: float) -> None:
    """Until there is something to read, or room to write, however little. Raises TimeoutError at `ends_at`."""
    if not wanted.poll(_left(ends_at) * 1000):
        raise TimeoutError


def _left(ends_at: float) -> float:
    """Seconds until then. Raises TimeoutError when there are none."""
    if (left := ends_at - time.monotonic()) <= 0:
        raise TimeoutError
    return left
