import os
import signal
from pathlib import Path

import psycopg
import pytest

from superapp.embedded.locations import DATABASE_NAME, DATABASE_USER, database_url, postgres_sockets
from superapp.embedded.postgres import EmbeddedPostgres

from .conftest import StartPython

START = """
import os, pathlib
from superapp.embedded.postgres import EmbeddedPostgres
server = EmbeddedPostgres(pathlib.Path(os.environ["SUPERAPP_STATE"]))
server.start()
print(server.running().pid)
"""


def query(state: Path, statement: str) -> object:
    with psycopg.connect(
        host=str(postgres_sockets(state)), user=DATABASE_USER, dbname=DATABASE_NAME, autocommit=True
    ) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchone() if cursor.description else None


def test_starts_once_and_keeps_its_data_over_a_restart(state: Path) -> None:
    server = EmbeddedPostgres(state)
    server.start()
    first = server.running()
    server.start()
    assert server.running() == first
    query(state, "CREATE TABLE kept AS SELECT 7 AS number")

    server.stop()
    assert server.running() is None
    assert not server.is_ready()
    server.stop()
    server.start()
    assert query(state, "SELECT number FROM kept") == (7,)
    assert query(state, "SHOW max_connections") == ("200",)


def test_finds_trigrams_in_thai_text_in_a_folder_with_a_space(reachable_state: Path) -> None:
    server = EmbeddedPostgres(reachable_state)
    server.start()
    assert server.home.is_relative_to(reachable_state)
    query(reachable_state, "CREATE EXTENSION pg_trgm")
    assert query(reachable_state, "SELECT cardinality(show_trgm('กข')) > 0") == (True,)


def test_eight_starts_at_once_give_one_server(state: Path, start_python: StartPython) -> None:
    starters = [start_python(START) for _ in range(8)]
    pids = {starter.communicate()[0] for starter in starters}
    server = EmbeddedPostgres(state).running()
    assert server is not None
    assert pids == {f"{server.pid}\n"}


def test_starts_again_after_kill_9(state: Path) -> None:
    server = EmbeddedPostgres(state)
    server.start()
    query(state, "CREATE TABLE kept AS SELECT 7 AS number")
    killed = server.running()
    assert killed is not None
    os.kill(killed.pid, signal.SIGKILL)
    server.start()
    assert server.running() not in (None, killed)
    assert query(state, "SELECT number FROM kept") == (7,)


def test_a_pid_file_with_the_number_of_another_program_does_no_harm(state: Path) -> None:
    server = EmbeddedPostgres(state)
    server.start()
    pid_file = server.home / "data" / "postmaster.pid"
    left_behind = pid_file.read_text().partition("\n")[2]
    server.stop()
    pid_file.write_text(f"{os.getpid()}\n{left_behind}")
    os.chown(pid_file, pid_file.parent.stat().st_uid, -1)
    assert server.running() is None
    server.start()
    assert server.is_ready()


def test_refuses_the_data_of_another_version(state: Path) -> None:
    server = EmbeddedPostgres(state)
    server.start()
    server.stop()
    (server.home / "data" / "PG_VERSION").write_text("17\n")
    with pytest.raises(RuntimeError, match="made by PostgreSQL 17 and this is 18"):
        server.start()


def test_the_url_names_the_socket_folder_percent_encoded(state: Path) -> None:
    assert database_url(state).startswith("postgresql://app@%2Ftmp%2Fsuperapp-")
    assert database_url(state).endswith("-postgres/superapp")
