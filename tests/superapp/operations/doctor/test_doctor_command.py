"""`manage.py doctor` as an operator runs it, above all when things are down."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

from superapp.embedded import locations, processes
from superapp.embedded.clean import remove_state
from superapp.embedded.production_example import make_production
from superapp.embedded.stack import Stack
from superapp.embedded.valkey import EmbeddedValkey
from tests.counterparts import tcp_server, unused_port

PASSWORD = "not-to-be-shown"


def doctor(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "manage.py", "doctor", *options],
        cwd=locations.PROJECT_ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "superapp.settings.local", **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    return done


def findings(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    """Check → finding; the exit code and `ok` must say the same as the findings do."""
    report = json.loads(done.stdout)
    has_failed = any(one["level"] == "failed" for one in report["findings"])
    assert (report["ok"], done.returncode) == ((False, 1) if has_failed else (True, 0))
    assert all(bool(one["advice"]) == (one["level"] != "ok") for one in report["findings"]), report
    return {one["check"]: one for one in report["findings"]}


def urls(port: int) -> dict[str, str]:
    return {
        "DATABASE_URL": f"postgresql://app:{PASSWORD}@127.0.0.1:{port}/superapp",
        "CELERY_BROKER_URL": f"amqp://app:{PASSWORD}@127.0.0.1:{port}//",
        "CACHE_URL": f"redis://:{PASSWORD}@127.0.0.1:{port}/1",
    }


@pytest.mark.parametrize("broker", ["amqp", "redis"])
def test_servers_that_refuse_us(broker: str) -> None:
    with unused_port() as port:
        addresses = urls(port)
        addresses["CELERY_BROKER_URL"] = addresses["CELERY_BROKER_URL"].replace("amqp", broker).rstrip("/")
        found = findings(doctor("--json", **addresses))
    assert {check for check, one in found.items() if one["level"] == "failed"} == {"database", "cache", "broker"}
    assert found["rows"]["level"] == "warning"


def listen_only(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def test_servers_that_never_answer_are_not_waited_for() -> None:
    with tcp_server(listen_only) as port:
        began = time.monotonic()
        found = findings(doctor("--json", **urls(port)))
        assert time.monotonic() - began < 20
    assert {check for check, one in found.items() if one["level"] == "failed"} == {"database", "cache", "broker"}


def test_for_people_each_trouble_comes_with_what_to_do() -> None:
    with unused_port() as port:
        done = doctor(**urls(port))
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    [database] = [number for number, line in enumerate(lines) if line.startswith("failed   database ")]
    assert "Connection refused" in lines[database]
    assert lines[database + 1].strip() == "→ Start PostgreSQL or mend DATABASE_URL."


def test_settings_that_do_not_load_name_the_variable() -> None:
    environment: dict[str, str] = {}
    make_production(environment)
    found = findings(doctor("--json", **{**environment, "CACHE_URL": "", "SANDBOX": ""}))
    assert list(found) == ["settings"]
    assert "CACHE_URL" in found["settings"]["meaning"]


def test_a_variable_that_cannot_be_read_is_named_by_its_place_and_not_shown() -> None:
    found = findings(doctor("--json", ENCRYPTION_KEYS=f"1:{PASSWORD}a"))
    assert "superapp/settings/keys.py, line " in found["settings"]["meaning"]


@pytest.fixture
def broker_url(tmp_path: Path) -> Iterator[str]:
    """A broker that nobody else uses."""
    EmbeddedValkey(tmp_path).start()
    yield locations.broker_url(tmp_path)
    assert remove_state(tmp_path)


def test_a_queue_without_a_worker(broker_url: str, tmp_path: Path) -> None:
    environment = {"DJANGO_SETTINGS_MODULE": "superapp.settings.local", "CELERY_BROKER_URL": broker_url}
    with Stack(tmp_path / "logs", os.environ | environment) as stack:
        argv = processes.worker(queues=["delivery"], pool="threads", concurrency=1, hostname="only@%h")
        stack.start("delivery", *argv)
        stack.wait_until("delivery", lambda: " ready." in (tmp_path / "logs" / "delivery.log").read_text())
        found = findings(doctor("--json", **environment))
    assert found["broker"]["level"] == "ok"
    assert found["queue delivery"]["level"] == "ok"
    assert "only@" in found["queue delivery"]["meaning"]
    assert [found[f"queue {queue}"]["level"] for queue in ("maintenance", "notifications")] == ["failed", "failed"]


@pytest.fixture
def database_without_thai() -> Iterator[str]:
    """A database that was made with LC_CTYPE C and has the extension, but no tables."""
    name = f"doctor_{uuid4().hex}"
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    with ExitStack() as cleanup:
        maintenance = urlsplit(os.environ["DATABASE_URL"])._replace(path="/postgres").geturl()
        server = cleanup.enter_context(psycopg.connect(maintenance, autocommit=True))
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
        cleanup.callback(server.execute, f"DROP DATABASE {name} WITH (FORCE)")
        with psycopg.connect(url, autocommit=True) as database:
            database.execute("CREATE EXTENSION pg_trgm")
        yield url


def test_a_database_that_was_made_the_wrong_way(database_without_thai: str) -> None:
    found = findings(doctor("--json", DATABASE_URL=database_without_thai))
    assert found["database"]["level"] == "ok"
    assert found["thai search"]["level"] == "failed"
    assert "C.UTF-8" in found["thai search"]["advice"]
    assert found["migrations"]["level"] == "failed"
    assert found["due requests"]["level"] == "failed"
