"""PostgreSQL of one state directory: made, started and stopped; safe from many processes at once."""

import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from superapp.embedded.accounts import is_reachable, make_private, unprivileged_account
from superapp.embedded.daemons import Daemon, log_tail, start_daemon, wait_until
from superapp.embedded.locations import DATABASE_NAME, DATABASE_USER, path_digest, postgres_sockets
from superapp.embedded.locking import exclusive_lock
from superapp.embedded.postgres_binaries import postgres_programs
from superapp.embedded.postgres_cluster import check_version, make_cluster

_START_SECONDS = 90.0
_ORPHAN_SECONDS = 15.0  # how long backends of a killed postmaster may still hold its memory
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
}
_NO_PROCESS = 2**31 - 1  # above every system's highest process id


class EmbeddedPostgres:
    """The server below `state`; `settings` are postgresql.conf's, for this run."""

    def __init__(self, state: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.state = state.absolute()
        self.sockets = postgres_sockets(self.state)
        self.settings = {**_SETTINGS, "unix_socket_directories": str(self.sockets), **(settings or {})}
        self._account = unprivileged_account()

    @property
    def home(self) -> Path:
        """The folder of data and log: in the state directory unless the server's account cannot go there."""
        if self._account is None or is_reachable(self.state):
            return self.state / "postgres"
        return Path("/var/tmp") / f"superapp-{path_digest(self.state)}-postgres"  # noqa: S108 - made private

    def start(self) -> None:
        """Start it where it does not run, and create the database.

        Raises RuntimeError with the end of its log.
        """
        with exclusive_lock(self.state / "postgres.lock"):
            if not self.is_ready():
                self._launch(postgres_programs())
            self._create_database()

    def stop(self) -> None:
        """End it and every session in it; does nothing where it does not run."""
        with exclusive_lock(self.state / "postgres.lock"):
            if server := self.running():
                server.end((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0))  # "fast", then "immediate"

    def is_ready(self) -> bool:
        """Whether it answers."""
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def running(self) -> Daemon | None:
        """The living postmaster, if there is one, ready or not."""
        try:
            pid = int(self._pid_file.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None
        server = Daemon(pid, str(self._data))
        return server if server.is_alive() else None

    @property
    def _data(self) -> Path:
        return self.home / "data"

    @property
    def _pid_file(self) -> Path:
        return self._data / "postmaster.pid"

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.sockets), user=DATABASE_USER, dbname="postgres", connect_timeout=5, autocommit=True
        )

    def _launch(self, programs: Path) -> None:
        make_private(self.home, self._account)
        make_private(self.sockets, self._account)
        if not self._data.exists():
            make_cluster(programs, self._data, self._account)
        check_version(programs, self._data)
        log = self.home / "server.log"
        give_up = time.monotonic() + _ORPHAN_SECONDS
        while not self._comes_up(self.running() or self._spawn(programs, log)):
            if self.running() or time.monotonic() > give_up:
                raise RuntimeError(f"PostgreSQL did not start; {log_tail(log)}")
            time.sleep(1)

    def _comes_up(self, server: Daemon) -> bool:
        wait_until(lambda: self.is_ready() or not server.is_alive(), _START_SECONDS)
        return self.is_ready()

    def _spawn(self, programs: Path, log: Path) -> Daemon:
        self._disown_stale_files()
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        argv = [str(programs / "postgres"), "-D", str(self._data), *options]
        return start_daemon(argv, marker=str(self._data), log=log, account=self._account)

    def _disown_stale_files(self) -> None:
        """Make the lock files of a dead postmaster harmless, though its number still exists.

        It does as a zombie that nobody reaps, or as somebody else's process. The pid file stays, since with
        its help PostgreSQL finds orphaned backends that still write; only the number in it changes.
        """
        if self._pid_file.exists():
            # The folder is another account's when we are root: no link in it may lead us elsewhere.
            with os.fdopen(os.open(self._pid_file, os.O_RDWR | os.O_NOFOLLOW), "r+") as file:
                _, _, rest = file.read().partition("\n")
                file.seek(0)
                file.truncate()
                file.write(f"{_NO_PROCESS}\n{rest}")
        for socket_file in self.sockets.iterdir():
            socket_file.unlink()

    def _create_database(self) -> None:
        with self._connect() as connection:
            exists = "SELECT FROM pg_database WHERE datname = %s"
            if connection.execute(exists, [DATABASE_NAME]).fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE_NAME)))
