"""A whole system on one machine: catalogue loaded, web, workers, beat and the sandbox running."""

import os
import shutil
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from services_catalog.models import Service
from services_catalog.queues import Queue
from services_catalog.services.demo_catalogue import aliases_load, demo_catalogue_load
from services_catalog.services.moving.national_list import read_services_csv, services_import
from superapp.embedded import processes
from superapp.embedded.stack import Stack
from superapp.sandbox.agencies.behaviours import AgencyKind
from superapp.sandbox.journey.connect import connect
from superapp.sandbox.journey.providers import sandbox_providers_write
from superapp.sandbox.ports import all_ports

DEMO = "demo"
# Ports of one system, with some to spare.
_ROOM = 40


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the web listens, and the first of the sandbox's ports."""

    web: int
    sandbox: int

    @property
    def web_url(self) -> str:
        return f"http://127.0.0.1:{self.web}"


def free_ports(agencies: Iterable[StrEnum] = AgencyKind) -> Ports:
    """Ports that nobody listens on, for a system beside others: the web's, the providers' and the agencies'.

    Each process begins to look at another place: two that start at once would both find the same ports free, and two
    webs can listen on one port.
    """
    kinds = list(agencies)
    bases = range(18100, 28100, _ROOM)
    first = os.getpid() % len(bases)
    for base in (*bases[first:], *bases[:first]):
        if all(_is_free(port) for port in (base, *all_ports(base + 1, kinds))):
            return Ports(web=base, sandbox=base + 1)
    raise RuntimeError("No free ports between 18100 and 28100.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def load_catalogue(catalogue: str, ports: Ports) -> list[Service]:
    """Migrates, loads `demo` or a services.csv, and connects it to the sandbox. Raises NotTheList or OSError."""
    rows = None if catalogue == DEMO else read_services_csv(Path(catalogue))
    call_command("migrate", verbosity=0)
    if rows is None:
        demo_catalogue_load()
    else:
        aliases_load()
        services_import(rows)
    sandbox_providers_write(base_port=ports.sandbox)
    return connect(base_port=ports.sandbox)


@contextmanager
def running_system(ports: Ports, *, logs: Path | None = None, workers: int = 2) -> Iterator[Stack]:
    """Every process of the system until the block ends. Their logs are in the state directory."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "superapp.settings.local",
        "PUBLIC_URL": ports.web_url,
        "SANDBOX_PORT": str(ports.sandbox),
        "PROMETHEUS_MULTIPROC_DIR": str(_empty_metrics_directory()),
    }
    with Stack(logs or settings.STATE_DIRECTORY / "logs", environment) as stack:
        for name, argv in system_processes(ports, workers=workers).items():
            stack.start(name, *argv)
        wait_until_ready(stack, ports)
        yield stack


def _empty_metrics_directory() -> Path:
    """Where all processes count together, from 0: what a system before this one counted is thrown away."""
    directory: Path = settings.STATE_DIRECTORY / "metrics"
    shutil.rmtree(directory, ignore_errors=True)
    return directory


def system_processes(ports: Ports, *, workers: int = 2) -> dict[str, list[str]]:
    """The command line of each process of the system, by its name."""
    return {
        "sandbox": processes.sandbox(port=ports.sandbox),
        "web": processes.web(host="127.0.0.1", port=ports.web, workers=2, blocking_threads=8),
        **{
            f"delivery-{number}": _worker([Queue.DELIVERY], 16, f"delivery-{number}@%h")
            for number in range(1, workers + 1)
        },
        "worker": _worker([Queue.MAINTENANCE, Queue.NOTIFICATIONS], 6, "worker@%h"),
        "identity": _worker([Queue.IDENTITY], 4, "identity@%h"),
        "beat": processes.beat(state=settings.STATE_DIRECTORY),
    }


def wait_until_ready(stack: Stack, ports: Ports) -> None:
    """Returns when people can sign in and send; raises StackError."""
    stack.wait_until("sandbox", f"http://127.0.0.1:{ports.sandbox}/.well-known/openid-configuration")
    stack.wait_until("web", f"{ports.web_url}/health/ready")


def _worker(queues: list[Queue], concurrency: int, hostname: str) -> list[str]:
    return processes.worker(
        queues=[queue.value for queue in queues], pool="threads", concurrency=concurrency, hostname=hostname
    )
