"""Open-loop HTTP load from a process of its own: each submission goes out at its moment, however slow the answers are.

Run as a program: reads a pickled `Schedule` from standard input and prints a JSON result.
"""

import json
import pickle
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from threading import Lock, Thread
from types import TracebackType
from typing import Self

from benchmarks.load import read_answer
from superapp.embedded.locations import PROJECT_ROOT

# The least that must have gone out within this time of its moment, or the load was not what it says.
_ON_TIME_SHARE = 0.99
_ON_TIME_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Schedule:
    """Submissions with the seconds after the start at which each is due, over at most `connections` at a time."""

    port: int
    requests: list[tuple[float, bytes]]
    connections: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """A request's id, and when its 202 had arrived, in seconds since the epoch."""

    reference: str
    at: float
    late_seconds: float


class SteadyLoad:
    """A schedule under way. Leaving the block ends it."""

    def __init__(self, schedule: Schedule) -> None:
        argv = [sys.executable, "-m", "benchmarks.steady_load"]
        self._process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT_ROOT)
        assert self._process.stdin is not None
        self._process.stdin.write(pickle.dumps(schedule))
        self._process.stdin.close()
        self._process.stdin = None

    def finish(self) -> list[Accepted]:
        """All that were accepted, once the last is. Raises RuntimeError when not all were, or not in time."""
        answered, _ = self._process.communicate()
        if self._process.returncode:
            raise RuntimeError("the load failed")
        accepted = [Accepted(**one) for one in json.loads(answered)]
        on_time = sum(one.late_seconds <= _ON_TIME_SECONDS for one in accepted)
        if on_time < _ON_TIME_SHARE * len(accepted):
            raise RuntimeError(f"{len(accepted) - on_time} of {len(accepted)} went out late")
        return accepted

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()


def steadily(requests: Iterator[bytes], per_second: float) -> list[tuple[float, bytes]]:
    """One after the other, at the same distance."""
    return [(number / per_second, request) for number, request in enumerate(requests)]


class _Sender:
    """Takes the submissions in their order, each when it is due, whichever connection is free."""

    def __init__(self, schedule: Schedule) -> None:
        self._port = schedule.port
        self._waiting = iter(schedule.requests)
        self._lock = Lock()
        self._started = time.perf_counter()
        self.accepted: list[Accepted] = []
        self.refused: list[str] = []

    def run(self) -> None:
        with socket.create_connection(("127.0.0.1", self._port)) as stream:
            stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while due := self._next_due():
                late, request = due
                stream.sendall(request)
                answer = read_answer(stream)
                self._note(answer, time.time(), late)

    def _next_due(self) -> tuple[float, bytes] | None:
        with self._lock:
            at, request = next(self._waiting, (0.0, b""))
            if not request:
                return None
            time.sleep(max(0.0, at - (time.perf_counter() - self._started)))
            return time.perf_counter() - self._started - at, request

    def _note(self, answer: bytes, at: float, late: float) -> None:
        head, _, body = answer.partition(b"\r\n\r\n")
        if head.startswith(b"HTTP/1.1 202 "):
            self.accepted.append(Accepted(json.loads(body)["id"], at, late))
        else:
            self.refused.append(head[:20].decode() + body[:400].decode())


def main() -> int:
    schedule: Schedule = pickle.load(sys.stdin.buffer)  # noqa: S301  (from our own parent process)
    sender = _Sender(schedule)
    threads = [Thread(target=sender.run) for _ in range(schedule.connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(sender.accepted) < len(schedule.requests):
        sys.stderr.write(f"{len(sender.accepted)} of {len(schedule.requests)} accepted; {sender.refused[:1]}\n")
        return 1
    print(json.dumps([asdict(one) for one in sender.accepted]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
