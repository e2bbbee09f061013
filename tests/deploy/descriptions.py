"""deploy/ as programs read it."""

import re
import shlex
import sys
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from superapp.embedded import processes
from superapp.embedded.locations import PROJECT_ROOT

DEPLOY = PROJECT_ROOT / "deploy"
# What the same commands are in a local system.
START_COMMANDS = {
    "web": processes.web(host="0.0.0.0", port=8000, workers=4, blocking_threads=8),
    "delivery": processes.worker(queues=["delivery"], pool="threads", concurrency=16, hostname="delivery@%h"),
    "worker": processes.worker(
        queues=["maintenance", "notifications"], pool="threads", concurrency=6, hostname="worker@%h"
    ),
    "identity": processes.worker(queues=["identity"], pool="threads", concurrency=4, hostname="identity@%h"),
    "beat": processes.beat(state=Path("/var/lib/superapp")),
}


@cache
def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return content


def command_of(service: str) -> list[str]:
    """The service's command with this machine's Python."""
    return with_this_python(compose()["services"][service]["command"])


def procfile() -> dict[str, list[str]]:
    lines = (DEPLOY / "Procfile").read_text().splitlines()
    named = (line.partition(": ") for line in lines)
    return {name: with_this_python(shlex.split(command)) for name, _, command in named}


def with_this_python(argv: list[str]) -> list[str]:
    return [sys.executable if word == "python" else word for word in argv]


def example_variables() -> dict[str, str | None]:
    """Variables of env.example → their values; None for those that are commented out."""
    found = re.findall(r"^(# )?([A-Z_]+)=(.*)$", (DEPLOY / "env.example").read_text(), re.MULTILINE)
    names = [name for _, name, _ in found]
    assert len(names) == len(set(names))
    return {name: None if commented else value for commented, name, value in found}
