"""Keeps the embedded servers running for as long as anybody uses them, and no longer."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import unquote

from superapp.embedded import locations
from superapp.embedded.locking import exclusive_lock
from superapp.embedded.postgres import EmbeddedPostgres
from superapp.embedded.valkey import EmbeddedValkey


@contextmanager
def running_servers() -> Iterator[None]:
    """Within this block run those embedded servers that the URLs in `os.environ` point at.

    Users in any number of processes share them (a shared lock each, which a killed process cannot leave
    behind); the last one out stops them. Where all URLs point elsewhere nothing happens at all.
    """
    state = locations.state_directory()
    servers = _wanted_servers(state)
    if not servers:
        yield
        return
    state.mkdir(parents=True, exist_ok=True)
    process = os.getpid()
    with (state / "users.lock").open("a") as users:
        try:
            with _decision(state):
                fcntl.flock(users, fcntl.LOCK_SH)
                for server in servers:
                    server.start()
            yield
        finally:
            if os.getpid() == process:  # a forked child that leaves here shares its parent's lock
                _leave(state, users)


def stop_if_unused(state: Path) -> bool:
    """Stop the servers of a state directory unless somebody uses them; whether nobody did."""
    with (state / "users.lock").open("a") as users:
        return _leave(state, users)


def _leave(state: Path, users: IO[str]) -> bool:
    with _decision(state):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            # Both, whichever this user wanted: another user, gone before, may have wanted the other one.
            EmbeddedValkey(state).stop()
            EmbeddedPostgres(state).stop()
            return True
        finally:
            fcntl.flock(users, fcntl.LOCK_UN)


def _decision(state: Path) -> AbstractContextManager[None]:
    """Held while somebody decides to start or stop, so that last one out and next one in take turns."""
    return exclusive_lock(state / "servers.lock")


def _wanted_servers(state: Path) -> list[EmbeddedPostgres | EmbeddedValkey]:
    wanted: list[EmbeddedPostgres | EmbeddedValkey] = []
    if _points_at(locations.postgres_sockets(state), "DATABASE_URL"):
        wanted.append(EmbeddedPostgres(state))
    if _points_at(locations.valkey_socket(state), "CELERY_BROKER_URL", "CACHE_URL"):
        wanted.append(EmbeddedValkey(state))
    return wanted


def _points_at(socket: Path, *names: str) -> bool:
    return any(str(socket) in unquote(os.environ.get(name, "")) for name in names)
