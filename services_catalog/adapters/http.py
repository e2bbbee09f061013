"""The one way out of the house (architecture, rule 12).

A name is resolved once and the connection goes to the address that was checked, so that a rebinding name cannot
reach an inner network. There are no redirects, no proxies and no cookies, answers are bounded in size, and a call
ends at its total deadline however slowly the other side drips.
"""

import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from urllib.parse import quote, urlsplit

import h11

from services_catalog.adapters.addresses import AddressRefused, checked_address
from services_catalog.adapters.connection import AnswerTooLarge, Connection, HttpAnswer
from services_catalog.adapters.connections import Connections, Origin

_ANSWER_LIMIT = 1024 * 1024
_CONNECT_LIMIT = 5.0
_DEFAULT_PORTS = {"http": 80, "https": 443}


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


class _CannotConnect(Exception):
    """Nobody answers there, or not as the certificate of that name would have it."""


@dataclass(frozen=True, slots=True)
class _Target:
    """An address, as its parts go into a request."""

    origin: Origin
    host_header: bytes
    path: bytes


def _connect(origin: Origin, ends_at: float) -> Connection:
    """To the checked address of the name; TLS still verifies the name. Raises AddressRefused and _CannotConnect."""
    left = max(0.001, min(_CONNECT_LIMIT, ends_at - time.monotonic()))
    try:
        address = checked_address(origin.host, origin.port)
        connected = socket.create_connection((address, origin.port), timeout=left)
    except (OSError, UnicodeError):  # the latter of a name with a label that is empty or too long
        raise _CannotConnect from None
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Connection(_secured(connected, origin.host, ends_at) if origin.scheme == "https" else connected)


def _secured(connected: socket.socket, host: str, ends_at: float) -> ssl.SSLSocket:
    try:
        connected.settimeout(max(0.001, ends_at - time.monotonic()))
        return _tls().wrap_socket(connected, server_hostname=host)
    except OSError:
        connected.close()
        raise _CannotConnect from None


@cache
def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


_connections = Connections(_connect)


def call(
    method: str, url: str | SecretUrl, *, deadline: timedelta, headers: Mapping[str, str], body: bytes | None = None
) -> HttpAnswer:
    """One request and its whole answer, whatever its status.

    Raises NotSent when nothing can have reached the other side, MaybeSent when something may have.
    """
    outcome = _exchange(method, url, headers, body, time.monotonic() + deadline.total_seconds())
    if isinstance(outcome, HttpAnswer):
        return outcome
    raise outcome


def _exchange(
    method: str, url: str | SecretUrl, headers: Mapping[str, str], body: bytes | None, ends_at: float
) -> HttpAnswer | NotSent | MaybeSent:
    """Failures are returned and raised by the caller: an exception keeps the frames that it came through."""
    try:
        target = _target(url.whole() if isinstance(url, SecretUrl) else url)
        request = _request(method, target, headers, body)
    except (ValueError, h11.LocalProtocolError):
        return NotSent("bad_request_made")
    try:
        with _connections.lend(target.origin, ends_at) as connection:
            return connection.exchange(request, body, ends_at=ends_at, limit=_ANSWER_LIMIT)
    except AddressRefused:
        return NotSent("address_refused")
    except _CannotConnect:
        return NotSent("cannot_connect")
    except TimeoutError:
        return MaybeSent("no_answer_in_time")
    except (OSError, h11.RemoteProtocolError):
        return MaybeSent("connection_lost")
    except AnswerTooLarge:
        return MaybeSent("answer_too_large")


def _target(url: str) -> _Target:
    """Raises ValueError where no request can be made of the address: it is not in ASCII, its port is none, its scheme
    another.
    """
    parts = urlsplit(url)
    default_port = _DEFAULT_PORTS.get(parts.scheme)
    if default_port is None or not parts.hostname:
        raise ValueError("no address of a web server")
    port = default_port if parts.port is None else parts.port
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _Target(
        Origin(parts.scheme, parts.hostname, port),
        (host if port == default_port else f"{host}:{port}").encode("ascii"),
        path.encode("ascii"),
    )


def _request(method: str, target: _Target, headers: Mapping[str, str], body: bytes | None) -> h11.Request:
    """Raises h11.LocalProtocolError where a header holds what no request can carry."""
    sent = {"Accept": "application/json", "User-Agent": "superapp/1", **headers}
    # As bytes: h11 takes text in ASCII only, and a trace id comes from a phone.
    encoded = [(b"Host", target.host_header), *((name.encode(), value.encode()) for name, value in sent.items())]
    if body is not None:
        encoded.append((b"Content-Length", b"%d" % len(body)))
    return h11.Request(method=method, target=target.path, headers=encoded)


def close_idle_connections() -> None:
    """For tests, whose servers come and go on the same ports."""
    _connections.close()
