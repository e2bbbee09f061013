"""The processes of a whole local system, as our children: for demo, chaos tests and benchmarks."""

import http.client
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from superapp.embedded.daemons import log_tail
from superapp.embedded.locations import PROJECT_ROOT

_GRACE_SECONDS = 10.0
_PAUSE = 0.05

# What a program cannot handle goes to its whole process group. All else it must pass on itself: a
# SIGTERM that reaches a Celery worker's children, too, kills the tasks it means to finish.
_WHOLE_GROUP = frozenset({signal.SIGKILL, signal.SIGSTOP, signal.SIGCONT})


class StackError(RuntimeError):
    """A process is not as it should be; the text ends with the end of its log."""


@dataclass
class _Child:
    process: subprocess.Popen[bytes]
    log: Path
    may_end: bool = False


class Stack:
    """Named processes; `environment` is all of theirs, <log_directory>/<name>.log has their output."""

    def __init__(self, log_directory: Path, environment: Mapping[str, str]) -> None:
        self._logs = log_directory
        self._environment = dict(environment)
        self._children: dict[str, _Child] = {}

    def start(self, name: str, *argv: str) -> None:
        """Start a process in the project's folder; a name is free again once its process has ended."""
        if name in self._children and self._children[name].process.poll() is None:
            raise StackError(f"{name} runs already")
        self._logs.mkdir(parents=True, exist_ok=True)
        log = self._logs / f"{name}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=PROJECT_ROOT,
                env=self._environment,
                start_new_session=True,
            )
        self._children.pop(name, None)  # a process that was started again is the youngest
        self._children[name] = _Child(process, log)

    def wait_until(self, name: str, ready: str | Callable[[], bool], timeout: float = 30.0) -> None:
        """Wait until `ready` is true, or, where it is a URL, answers 200.

        Raises StackError after `timeout` seconds, and at once when the process ends.
        """
        is_ready = partial(_answers, ready) if isinstance(ready, str) else ready
        end = time.monotonic() + timeout
        while not is_ready():
            self._check_child(name)
            if time.monotonic() > end:
                what = ready if isinstance(ready, str) else "its condition"
                raise self._error(name, f"is not ready after {timeout:g} s ({what})")
            time.sleep(_PAUSE)

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal; after SIGKILL, wait for the end. From now on the process may end unreported."""
        child = self._children[name]
        child.may_end = number is not signal.SIGSTOP and number is not signal.SIGCONT
        _send(child.process, number)
        if number is signal.SIGKILL:
            child.process.wait()

    def pid(self, name: str) -> int:
        """The process id, which is also its process group's."""
        return self._children[name].process.pid

    def has_ended(self, name: str) -> bool:
        """Whether the process is there no more, told to or not."""
        return self._children[name].process.poll() is not None

    def check(self) -> None:
        """Raise StackError when a process has ended that nobody has told to."""
        for name in self._children:
            self._check_child(name)

    def stop(self) -> None:
        """End all, the youngest first; what is left of their process groups after 10 s is killed."""
        children = [child.process for child in reversed(self._children.values())]
        self._children.clear()
        for process in children:
            if process.poll() is None:
                _send(process, signal.SIGTERM)
        end = time.monotonic() + _GRACE_SECONDS
        for process in children:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, end - time.monotonic()))
            _send(process, signal.SIGKILL)
            process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _check_child(self, name: str) -> None:
        child = self._children[name]
        status = child.process.poll()
        if status is not None and not child.may_end:
            raise self._error(name, f"has ended with status {status}")

    def _error(self, name: str, what: str) -> StackError:
        return StackError(f"{name} {what}; {log_tail(self._children[name].log)}")


def _send(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        if number in _WHOLE_GROUP:
            os.killpg(process.pid, number)
        else:
            os.kill(process.pid, number)


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=2)
    try:
        connection.request("GET", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
