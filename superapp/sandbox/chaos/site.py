"""The system's processes and servers: each can be killed, and is brought back as a supervisor would."""

import os
import shutil
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from superapp.embedded.daemons import Daemon, wait_until
from superapp.embedded.postgres import EmbeddedPostgres
from superapp.embedded.stack import Stack
from superapp.embedded.valkey import EmbeddedValkey
from superapp.sandbox.chaos.plan import BROKER, BROKER_AND_DATA, POSTGRES

_SECONDS_TO_DIE = 10.0
# What a Celery worker says once it takes tasks.
_READY = b" ready."


class Site:
    """`commands` are the command lines of the stack's processes, whose logs are in <state>/logs; the servers are those
    of `state`.
    """

    def __init__(self, stack: Stack, commands: Mapping[str, Sequence[str]], state: Path) -> None:
        self._stack = stack
        self._commands = commands
        self._logs = state / "logs"
        # How long each process's log was when it was started.
        self._said_before: dict[str, int] = {}
        self._postgres = EmbeddedPostgres(state)
        self._valkey = EmbeddedValkey(state)

    def start_all(self) -> None:
        for name in self._commands:
            self.bring_back(name)

    def is_up(self, victim: str) -> bool:
        """Whether it has anything to lose: a worker that is still coming up holds no work."""
        if "worker" not in self._commands.get(victim, ()):
            return True
        said = (self._logs / f"{victim}.log").read_bytes()[self._said_before[victim] :]
        return _READY in said

    def kill(self, victim: str) -> None:
        """SIGKILL, to all of it at once; returns when it is gone."""
        if victim == POSTGRES:
            _kill(self._postgres.running())
        elif victim in (BROKER, BROKER_AND_DATA):
            _kill(self._valkey.running())
            if victim == BROKER_AND_DATA:
                shutil.rmtree(self._valkey.home / "appendonlydir")
        else:
            self._stack.kill(victim)

    def bring_back(self, victim: str) -> None:
        if victim == POSTGRES:
            self._postgres.start()
        elif victim in (BROKER, BROKER_AND_DATA):
            self._valkey.start()
        else:
            log = self._logs / f"{victim}.log"
            self._said_before[victim] = log.stat().st_size if log.exists() else 0
            self._stack.start(victim, *self._commands[victim])

    def restart_ended(self, *, but: str) -> list[str]:
        """Starts again what has ended by itself, and not what is meant to be away; returns its names."""
        ended = [name for name in self._commands if name != but and self._stack.has_ended(name)]
        for name in ended:
            self.bring_back(name)
        return ended


def _kill(server: Daemon | None) -> None:
    if server is None:
        raise RuntimeError("a server that should run does not")
    for pid in [server.pid, *_children(server.pid)]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    if not wait_until(lambda: not server.is_alive(), _SECONDS_TO_DIE):
        raise RuntimeError(f"process {server.pid} outlives SIGKILL")


def _children(parent: int) -> list[int]:
    """PostgreSQL's sessions are in groups of their own, so no signal reaches them all."""
    return [int(stat.parent.name) for stat in Path("/proc").glob("[0-9]*/stat") if _parent(stat) == parent]


def _parent(stat: Path) -> int | None:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None  # it has ended
