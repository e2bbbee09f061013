"""The one way out of the house (architecture, rule 12).

A name is resolved once and the connection goes to the address that was checked, so that a rebinding name cannot
reach an inner network. There are no redirects, no proxies and no cookies, answers are bounded in size, and a call
ends at its total deadline however slowly the other side drips.
"""

import ssl
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

import httpcore2

from services_catalog.adapters.addresses import AddressRefused, checked_address
from services_catalog.adapters.connections import Connections

_ANSWER_LIMIT = 1024 * 1024
_CONNECT_LIMIT = 5.0
_ends_at: ContextVar[float] = ContextVar("egress_ends_at")


class NotSent(Exception):
    """Nothing reached the other side. `code` is stable and holds no address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class MaybeSent(Exception):
    """The request left, and no whole answer came back. `code` is stable and holds no address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class SecretUrl:
    """An address of which one part of the path is for the other side alone: it is shown nowhere.

    A log, a trace, a metric or an exception has it as str() and repr() do, with the part left out; frames that know
    the whole of it are in no traceback of `call`.
    """

    __slots__ = ("_after", "_before", "_secret")

    def __init__(self, before: str, secret: str, after: str = "") -> None:
        self._before = before
        self._secret = quote(secret, safe="")
        self._after = after

    def __repr__(self) -> str:
        return f"{self._before}[secret]{self._after}"

    def whole(self) -> str:
        return f"{self._before}{self._secret}{self._after}"


def _time_left(limit: float | None = None) -> float:
    left = _ends_at.get() - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("total deadline")
    return left if limit is None else min(left, limit)


class _DeadlineStream(httpcore2.NetworkStream):
    """A socket whose every operation ends at the deadline of the call it serves.

    A request leaves as a whole, when its answer is asked for: head and body one by one are two packets.
    """

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream
        self._unsent = bytearray()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._unsent:
            unsent, self._unsent = bytes(self._unsent), bytearray()
            # Who closes before reading it all may have answered first.
            with suppress(httpcore2.WriteError):
                self._stream.write(unsent, _time_left())
        return self._stream.read(max_bytes, _time_left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._unsent += buffer

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, _time_left()))

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


class _PinnedBackend(httpcore2.NetworkBackend):
    """Connects to the checked address of a name; TLS still verifies the name."""

    def __init__(self) -> None:
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        try:
            address = checked_address(host, port)
        except (OSError, UnicodeError):  # the latter of a name with a label that is empty or too long
            raise httpcore2.ConnectError("name does not resolve") from None
        stream = self._backend.connect_tcp(address, port, _time_left(_CONNECT_LIMIT), local_address, socket_options)
        return _DeadlineStream(stream)


_connections = Connections(_PinnedBackend(), httpcore2.default_ssl_context())


def call(
    method: str, url: str | SecretUrl, *, deadline: timedelta, headers: Mapping[str, str], body: bytes | None = None
) -> Answer:
    """One request and its whole answer, whatever its status.

    Raises NotSent when nothing can have reached the other side, MaybeSent when something may have.
    """
    _ends_at.set(time.monotonic() + deadline.total_seconds())
    outcome = _exchange(method, url, headers, body)
    if isinstance(outcome, Answer):
        return outcome
    raise outcome


def _exchange(
    method: str, url: str | SecretUrl, headers: Mapping[str, str], body: bytes | None
) -> Answer | NotSent | MaybeSent:
    """Failures are returned and raised by the caller: an exception keeps the frames that it came through."""
    sent = {"Accept": "application/json", "User-Agent": "superapp/1", **headers}
    # As bytes: httpcore takes text in ASCII only, and a trace id comes from a phone.
    encoded = [(name.encode(), value.encode()) for name, value in sent.items()]
    target = _target(url)
    if target is None:
        return NotSent("bad_request_made")
    try:
        with (
            _connections.lend(target.origin) as connection,
            connection.stream(method, target, headers=encoded, content=body) as response,
        ):
            whole = _bounded_body(response)
            return MaybeSent("answer_too_large") if whole is None else _answer(response, whole)
    except AddressRefused:
        return NotSent("address_refused")
    except (httpcore2.UnsupportedProtocol, httpcore2.LocalProtocolError):
        return NotSent("bad_request_made")
    except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
        return NotSent("cannot_connect")
    except httpcore2.TimeoutException:
        return MaybeSent("no_answer_in_time")
    except (httpcore2.NetworkError, httpcore2.ProtocolError):
        return MaybeSent("connection_lost")


def _target(url: str | SecretUrl) -> httpcore2.URL | None:
    """None where no request can be made of the address: it is not in ASCII, its port is none, its scheme another."""
    try:
        target = httpcore2.URL(url.whole() if isinstance(url, SecretUrl) else url)
    except (TypeError, ValueError):
        return None
    return target if target.scheme in (b"http", b"https") else None


def close_idle_connections() -> None:
    """For those who know that what is kept open leads nowhere any more."""
    _connections.close()


def _answer(response: httpcore2.Response, body: bytes) -> Answer:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
    return Answer(response.status, headers, body)


def _bounded_body(response: httpcore2.Response) -> bytes | None:
    """None when it is too large."""
    body = bytearray()
    for chunk in response.iter_stream():
        body += chunk
        if len(body) > _ANSWER_LIMIT:
            return None
    return bytes(body)
