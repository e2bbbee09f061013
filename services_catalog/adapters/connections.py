"""Connections to agencies that are kept open between calls, by origin.

No limit and no queue is shared between origins: connections in use are as many as there are calls, and those are
bounded by slots. A shared pool would let one agency's calls wait for another's, and looks at every connection it
keeps for each call that it makes.
"""

import ssl
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic

import httpcore2

_KEPT_SECONDS = 15.0
_KEPT_OF_EACH_ORIGIN = 64


_Key = tuple[bytes, bytes, int]


class Connections:
    """Lends connections, the one used last first. Safe for use by many threads."""

    def __init__(self, backend: httpcore2.NetworkBackend, ssl_context: ssl.SSLContext) -> None:
        self._backend = backend
        self._ssl_context = ssl_context
        self._idle: dict[_Key, deque[httpcore2.HTTPConnection]] = {}
        self._lock = Lock()
        self._looked_through_at = monotonic()

    @contextmanager
    def lend(self, origin: httpcore2.Origin) -> Iterator[httpcore2.HTTPConnection]:
        """A connection for one call; one that the call leaves in order is kept for the next."""
        key = (origin.scheme, origin.host, origin.port)
        connection = self._take(key) or self._new(origin)
        try:
            yield connection
        finally:
            self._give_back(key, connection)

    def close(self) -> None:
        """Closes all that are not in use."""
        with self._lock:
            idle, self._idle = self._idle, {}
        for connections in idle.values():
            for connection in connections:
                connection.close()

    def _take(self, key: _Key) -> httpcore2.HTTPConnection | None:
        while connection := self._pop(key):
            if not connection.has_expired():
                return connection
            connection.close()
        return None

    def _new(self, origin: httpcore2.Origin) -> httpcore2.HTTPConnection:
        return httpcore2.HTTPConnection(
            origin, ssl_context=self._ssl_context, keepalive_expiry=_KEPT_SECONDS, network_backend=self._backend
        )

    def _pop(self, key: _Key) -> httpcore2.HTTPConnection | None:
        with self._lock:
            connections = self._idle.get(key)
            return connections.pop() if connections else None

    def _give_back(self, key: _Key, connection: httpcore2.HTTPConnection) -> None:
        surplus = self._expired()
        if not connection.is_idle() or connection.is_closed():
            surplus.append(connection)
        else:
            with self._lock:
                connections = self._idle.setdefault(key, deque())
                connections.append(connection)
                if len(connections) > _KEPT_OF_EACH_ORIGIN:
                    surplus.append(connections.popleft())
        for one in surplus:
            one.close()

    def _expired(self) -> list[httpcore2.HTTPConnection]:
        """Takes out what nobody has used for long, of agencies too that nobody calls any more; now and then."""
        with self._lock:
            if monotonic() - self._looked_through_at < _KEPT_SECONDS:
                return []
            self._looked_through_at = monotonic()
            expired = []
            for key, connections in list(self._idle.items()):
                while connections and connections[0].has_expired():
                    expired.append(connections.popleft())
                if not connections:
                    del self._idle[key]
            return expired
