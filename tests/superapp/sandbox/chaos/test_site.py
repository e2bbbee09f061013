"""What is killed is gone at once, and comes back with what it had, or without it."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import redis

from superapp.embedded import locations
from superapp.embedded.clean import remove_state
from superapp.embedded.daemons import wait_until
from superapp.embedded.postgres import EmbeddedPostgres
from superapp.embedded.stack import Stack
from superapp.embedded.valkey import EmbeddedValkey
from superapp.sandbox.chaos.plan import BROKER, BROKER_AND_DATA, POSTGRES
from superapp.sandbox.chaos.site import Site


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    assert remove_state(tmp_path)


_SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
_LATE_STARTER = [
    *(sys.executable, "-u", "-c", "import time; time.sleep(0.5); print('delivery-1@here ready.'); time.sleep(60)"),
    "worker",
]


@pytest.fixture
def site(state: Path) -> Iterator[Site]:
    with Stack(state / "logs", os.environ) as stack:
        made = Site(stack, {"web": _SLEEPER, "delivery-1": _LATE_STARTER}, state)
        made.start_all()
        yield made


def test_postgres_dies_with_its_sessions_and_keeps_what_was_committed(site: Site, state: Path) -> None:
    EmbeddedPostgres(state).start()
    url = locations.database_url(state)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (number int)")
    with closing(psycopg.connect(url)) as connection:
        session = connection.info.backend_pid
        site.kill(POSTGRES)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    assert _ends(session)
    site.bring_back(POSTGRES)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


@pytest.mark.parametrize(("victim", "left"), [(BROKER, b"here"), (BROKER_AND_DATA, None)])
def test_the_broker_comes_back_with_its_data_or_without(
    site: Site, state: Path, victim: str, left: bytes | None
) -> None:
    EmbeddedValkey(state).start()
    with closing(redis.Redis(unix_socket_path=str(locations.valkey_socket(state)))) as client:
        client.set("something", "here")
        time.sleep(1.2)  # its file is flushed each second
        site.kill(victim)
        with pytest.raises(redis.ConnectionError):
            client.ping()
        site.bring_back(victim)
        assert client.get("something") == left


def test_a_process_that_ended_is_started_again_unless_it_is_meant_to_be_away(site: Site) -> None:
    assert site.restart_ended(but="") == []
    site.kill("web")
    assert site.restart_ended(but="web") == []
    assert site.restart_ended(but="") == ["web"]
    assert site.restart_ended(but="") == []


def test_a_worker_is_up_once_it_says_so_after_each_start(site: Site) -> None:
    assert site.is_up("web")
    assert site.is_up(POSTGRES)
    for _ in range(2):
        assert not site.is_up("delivery-1")
        assert wait_until(lambda: site.is_up("delivery-1"), 10)
        site.kill("delivery-1")
        site.bring_back("delivery-1")


def _ends(pid: int) -> bool:
    """Within a few seconds: the kernel takes its time with a killed process."""
    give_up = time.monotonic() + 5
    while _is_alive(pid) and time.monotonic() < give_up:
        time.sleep(0.02)
    return not _is_alive(pid)


def _is_alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
