"""The command line of each kind of process, for `Stack.start`."""

import sys
from collections.abc import Sequence
from pathlib import Path

from superapp.embedded.locations import PROJECT_ROOT

# Quiet: without the banner every line is JSON.
_CELERY = [sys.executable, "-m", "celery", "-A", "superapp.celery", "--quiet"]


def web(*, host: str, port: int, workers: int = 1, blocking_threads: int = 8) -> list[str]:
    """The API and the admin: `workers` processes with `blocking_threads` requests at a time in each."""
    # A pool of connections, and a broker that must answer at once: both are for processes that serve requests.
    argv = ["env", "DATABASE_POOL=1", f"DATABASE_POOL_SIZE={blocking_threads}", "BROKER_SOCKET_TIMEOUT=0.3"]
    argv += [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    argv += ["--workers", str(workers), "--blocking-threads", str(blocking_threads)]
    argv += ["--log-config", "superapp/logs/granian.json"]
    return [*argv, "superapp.wsgi:application"]


def worker(*, queues: Sequence[str], pool: str, concurrency: int, hostname: str) -> list[str]:
    """A Celery worker; `hostname` is its node name, like `routing@%h`."""
    argv = [*_CELERY, "worker", "--queues", ",".join(queues)]
    argv += ["--pool", pool, "--concurrency", str(concurrency), "--hostname", hostname]
    return [*argv, "--without-gossip", "--without-mingle", "--loglevel", "INFO"]


def beat(*, state: Path) -> list[str]:
    """Celery's clock; it keeps its schedule in the state directory, and no pid file."""
    argv = [*_CELERY, "beat", "--loglevel", "INFO"]
    return [*argv, "--schedule", str(state / "celerybeat-schedule"), "--pidfile="]


def sandbox(*, port: int) -> list[str]:
    """The local identity providers and agencies."""
    return [sys.executable, str(PROJECT_ROOT / "manage.py"), "sandbox_serve", "--port", str(port)]


def flower(*, port: int) -> list[str]:
    """Celery's own pages, on loopback only. Its password is FLOWER_BASIC_AUTH (`name:password`) in the environment,
    which Flower reads by itself; without one it does not start, because it would be open to whoever is on the machine.
    """
    argv = ["sh", "-c", ': "${FLOWER_BASIC_AUTH:?gives the name:password of Flower}"; exec "$@"', "flower"]
    argv += [sys.executable, "-m", "celery", "-A", "superapp.celery", "flower"]
    return [*argv, "--address=127.0.0.1", f"--port={port}"]
