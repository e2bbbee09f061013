"""compose.yaml and Procfile start what a local system starts. No engine runs here: they are read, not built."""

import re
from itertools import chain
from typing import Any

import pytest

from services_catalog.queues import Queue
from tests.deploy.descriptions import DEPLOY, START_COMMANDS, command_of, compose, procfile

SERVICES: dict[str, dict[str, Any]] = compose()["services"]


@pytest.mark.parametrize("process", START_COMMANDS)
def test_each_process_starts_as_in_a_local_system(process: str) -> None:
    assert command_of(process) == START_COMMANDS[process]
    assert procfile()[process] == START_COMMANDS[process]


def test_no_process_is_left_out() -> None:
    assert set(SERVICES) == {"postgres", "rabbitmq", "cache", "migrate", *START_COMMANDS}
    assert set(procfile()) == set(START_COMMANDS)


def test_every_queue_is_consumed() -> None:
    queues = chain.from_iterable(
        argv[argv.index("--queues") + 1].split(",") for argv in map(command_of, ("delivery", "worker", "identity"))
    )
    assert sorted(queues) == sorted(queue.value for queue in Queue)


def test_our_processes_wait_for_the_migration_and_have_no_rights() -> None:
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in START_COMMANDS:
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    for name in ("migrate", *START_COMMANDS):
        assert (SERVICES[name]["read_only"], SERVICES[name]["cap_drop"]) == (True, ["ALL"])


def test_there_is_one_clock() -> None:
    assert SERVICES["beat"]["deploy"]["replicas"] == 1
    mounted = [volume.partition(":")[2] for volume in SERVICES["beat"]["volumes"]]
    assert mounted == ["/var/lib/superapp"]


def test_postgresql_is_new_enough_and_knows_thai() -> None:
    version = re.search(r"postgres:(\d+)", SERVICES["postgres"]["image"])
    assert version
    assert int(version[1]) >= 15
    assert "--locale=C.UTF-8" in SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]


def test_no_secret_is_written_down() -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    assert all("${" in line for line in text.splitlines() if "PASS" in line)
