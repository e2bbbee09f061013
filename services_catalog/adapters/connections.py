"""Connections to agencies that are kept open between calls, by origin.

No limit and no queue is shared between origins: connections in use are as many as there are calls, and those are
bounded by slots. A shared pool would let one agency's calls wait for another's, and looks at every connection it
keeps for each call that it makes.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic
from typing import NamedTuple

from services_catalog.adapters.connection import KEPT_SECONDS, Connection

_KEPT_OF_EACH_ORIGIN = 64


class Origin(NamedTuple):
    """Where connections lead (RFC 6454, section 4)."""

    scheme: str
    host: str
    port: int


class Connections:
    """Lends connections, the one used last first. Safe for use by many threads.

    `connect` makes one that ends its attempt at the moment it is given.
    """

    def __init__(self, connect: Callable[[Origin, float], Connection]) -> None:
        self._connect = connect
        self._idle: dict[Origin, deque[Connection]] = {}
        self._lock = Lock()
        self._looked_through_at = monotonic()

    @contextmanager
    def lend(self, origin: Origin, ends_at: float) -> Iterator[Connection]:
        """A connection for one call; one that the call leaves in order is kept for the next."""
        connection = self._take(origin) or self._connect(origin, ends_at)
        try:
            yield connection
        finally:
            self._give_back(origin, connection)

    def close(self) -> None:
        """Closes all that are not in use."""
        with self._lock:
            idle, self._idle = self._idle, {}
        for connections in idle.values():
            for connection in connections:
                connection.close()

    def _take(self, origin: Origin) -> Connection | None:
        while connection := self._pop(origin):
            if not connection.has_expired():
                return connection
            connection.close()
        return None

    def _pop(self, origin: Origin) -> Connection | None:
        with self._lock:
            connections = self._idle.get(origin)
            return connections.pop() if connections else None

    def _give_back(self, origin: Origin, connection: Connection) -> None:
        surplus = self._expired()
        if not connection.is_idle():
            surplus.append(connection)
        else:
            with self._lock:
                connections = self._idle.setdefault(origin, deque())
                connections.append(connection)
                if len(connections) > _KEPT_OF_EACH_ORIGIN:
                    surplus.append(connections.popleft())
        for one in surplus:
            one.close()

    def _expired(self) -> list[Connection]:
        """Takes out what nobody has used for long, of agencies too that nobody calls any more; now and then."""
        with self._lock:
            if monotonic() - self._looked_through_at < KEPT_SECONDS:
                return []
            self._looked_through_at = monotonic()
            expired = []
            for origin, connections in list(self._idle.items()):
                while connections and connections[0].has_expired():
                    expired.append(connections.popleft())
                if not connections:
                    del self._idle[origin]
            return expired
