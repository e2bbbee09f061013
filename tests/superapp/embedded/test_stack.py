import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from superapp.embedded.daemons import Daemon, wait_until
from superapp.embedded.stack import Stack, StackError

SLEEP = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"
PARENT = (
    "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(child.pid, flush=True); child.wait()"
)


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with Stack(tmp_path / "logs", os.environ) as stack:
        yield stack


def first_line(log: Path) -> str:
    assert wait_until(lambda: log.exists() and log.read_text().endswith("\n"), 10)
    return log.read_text().splitlines()[0]


def test_waits_for_a_url_to_answer(stack: Stack) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    stack.start("web", sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port))
    stack.wait_until("web", f"http://127.0.0.1:{port}/")
    stack.check()
    with pytest.raises(StackError, match=r"is not ready after 0.2 s \(http://(?s:.*)404"):
        stack.wait_until("web", f"http://127.0.0.1:{port}/missing", timeout=0.2)


def test_tells_of_a_process_that_died_with_the_end_of_its_log(stack: Stack) -> None:
    stack.start("broken", sys.executable, "-c", "raise SystemExit('no such table')")
    with pytest.raises(StackError, match=r"broken has ended with status 1; (?s:.*)no such table"):
        stack.wait_until("broken", lambda: False)
    with pytest.raises(StackError, match="broken has ended"):
        stack.check()


def test_a_killed_process_may_start_again_under_its_name(stack: Stack, tmp_path: Path) -> None:
    stack.start("worker", sys.executable, "-c", SLEEP)
    first = stack.pid("worker")
    with pytest.raises(StackError, match="runs already"):
        stack.start("worker", sys.executable, "-c", SLEEP)
    stack.kill("worker")
    stack.check()
    stack.start("worker", sys.executable, "-c", SLEEP)
    assert stack.pid("worker") != first
    assert first_line(tmp_path / "logs" / "worker.log") == "up"


def test_kill_takes_the_children_too(stack: Stack, tmp_path: Path) -> None:
    stack.start("parent", sys.executable, "-c", PARENT)
    child = Daemon(int(first_line(tmp_path / "logs" / "parent.log")), "time.sleep")
    assert child.is_alive()
    stack.kill("parent", signal.SIGKILL)
    assert wait_until(lambda: not child.is_alive(), 5)


def test_stop_ends_all_with_what_they_left_behind(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("superapp.embedded.stack._GRACE_SECONDS", 0.5)
    stack.start("parent", sys.executable, "-c", PARENT)
    stack.start("stubborn", sys.executable, "-c", STUBBORN)
    orphan = Daemon(int(first_line(tmp_path / "logs" / "parent.log")), "time.sleep")
    first_line(tmp_path / "logs" / "stubborn.log")
    stubborn = Daemon(stack.pid("stubborn"), "time.sleep")
    begin = time.monotonic()
    stack.stop()
    assert time.monotonic() - begin < 5
    assert wait_until(lambda: not (orphan.is_alive() or stubborn.is_alive()), 5)
