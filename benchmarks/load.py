"""Closed-loop HTTP load from a process of its own: prepared requests over keep-alive sockets, answers read, not parsed.

Run as a program: reads a pickled `Work` from standard input and prints a JSON result.
"""

import json
import math
import pickle
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import cycle, islice
from threading import Thread

from superapp.embedded.locations import PROJECT_ROOT


@dataclass(frozen=True, slots=True)
class Work:
    """Send `requests` round-robin over `connections` for `seconds`, or each of them once where that is None.

    Each answer must have `status`.
    """

    port: int
    requests: list[bytes]
    connections: int
    seconds: float | None
    status: int


@dataclass(frozen=True, slots=True)
class Measured:
    """Answers with the right status per second, the other answers, and latencies in milliseconds."""

    per_second: float
    wrong: int
    median_ms: float
    p99_ms: float


def measure(work: Work) -> Measured:
    """Runs the load in a fresh process, so that its cost is the same for every leg."""
    argv = [sys.executable, "-m", "benchmarks.load"]
    done = subprocess.run(argv, input=pickle.dumps(work), stdout=subprocess.PIPE, cwd=PROJECT_ROOT, check=True)
    return Measured(**json.loads(done.stdout))


def _connection(work: Work, share: list[bytes], ends_at: float, latencies: list[float], wrong: list[bytes]) -> None:
    expected = f"HTTP/1.1 {work.status} ".encode()
    with socket.create_connection(("127.0.0.1", work.port)) as stream:
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in share if work.seconds is None else cycle(share):
            started = time.perf_counter()
            if started >= ends_at:
                return
            stream.sendall(request)
            head = read_answer(stream)
            latencies.append(time.perf_counter() - started)
            if not head.startswith(expected):
                wrong.append(head)


def read_answer(stream: socket.socket) -> bytes:
    """A whole answer, with its head. Raises ConnectionError when the other side closes before."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _receive(stream)
    head, _, body = data.partition(b"\r\n\r\n")
    lower = head.lower() + b"\r\n"
    at = lower.find(b"content-length:") + 15
    length = int(lower[at : lower.index(b"\r\n", at)]) if at >= 15 else 0  # without a body, as 304 is
    while len(body) < length:
        body += _receive(stream)
    return head + b"\r\n\r\n" + body


def _receive(stream: socket.socket) -> bytes:
    if not (chunk := stream.recv(65536)):
        raise ConnectionError("the server closed the connection")
    return chunk


def main() -> None:
    work: Work = pickle.load(sys.stdin.buffer)  # noqa: S301  (from our own parent process)
    latencies: list[float] = []
    wrong: list[bytes] = []
    started = time.perf_counter()
    ends_at = math.inf if work.seconds is None else started + work.seconds
    shares = [list(islice(work.requests, first, None, work.connections)) for first in range(work.connections)]
    threads = [Thread(target=_connection, args=(work, share, ends_at, latencies, wrong)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    if wrong:
        sys.stderr.write(f"{len(wrong)} wrong answers, such as {wrong[0][:400]!r}\n")
    ordered = sorted(latencies)
    result = {
        "per_second": (len(latencies) - len(wrong)) / took,
        "wrong": len(wrong),
        "median_ms": ordered[len(ordered) // 2] * 1000,
        "p99_ms": ordered[int(len(ordered) * 0.99)] * 1000,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
