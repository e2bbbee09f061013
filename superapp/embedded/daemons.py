"""Starting, watching and ending a server that outlives the process that started it."""

import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from superapp.embedded.accounts import identity

_PAUSE = 0.02

# A shell in between makes the server an orphan at once: it leaves no zombie in us and no Ctrl-C reaches it.
_ORPHAN = 'exec "$@" </dev/null >>"$0" 2>&1 & echo $!'


@dataclass(frozen=True)
class Daemon:
    """A process id, and text in its command line that tells it from a later process of that number."""

    pid: int
    marker: str

    def is_alive(self) -> bool:
        """Whether it runs; a zombie that nobody reaps (containers without an init) does not."""
        process = Path("/proc") / str(self.pid)
        try:
            state = (process / "stat").read_text().rpartition(")")[2].split()[0]
            command = (process / "cmdline").read_bytes()
        except OSError:
            return False
        # A command line is empty for the moment in which a program takes the shell's place.
        return state not in "ZX" and (not command or os.fsencode(self.marker) in command)

    def end(self, *steps: tuple[signal.Signals, float]) -> None:
        """Send each signal in turn, with its seconds to obey, until the process is gone.

        Raises TimeoutError when it outlives them all.
        """
        for number, seconds in steps:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)
            if wait_until(lambda: not self.is_alive(), seconds):
                return
        raise TimeoutError(f"process {self.pid} does not end")


def start_daemon(argv: Sequence[str], *, marker: str, log: Path, account: pwd.struct_passwd | None) -> Daemon:
    """Start a program in its own session, as `account` (None: as we are), its output appended to `log`."""
    shell = subprocess.run(
        ["/bin/sh", "-c", _ORPHAN, str(log), *argv],
        **identity(account),
        stdout=subprocess.PIPE,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        start_new_session=True,
        check=True,
    )
    return Daemon(int(shell.stdout), marker)


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    """Whether `done` came true in time."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(_PAUSE)
    return True


def log_tail(log: Path, lines: int = 25) -> str:
    """The last lines of a log, for an error message."""
    try:
        text = log.read_text(errors="replace")
    except FileNotFoundError:
        text = ""
    return f"the end of {log}:\n" + "\n".join(text.splitlines()[-lines:])
