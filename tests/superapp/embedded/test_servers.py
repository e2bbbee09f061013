import os
import subprocess
import sys
from pathlib import Path

import pytest

import manage
from superapp.embedded import locations
from superapp.embedded.locations import PROJECT_ROOT
from superapp.embedded.postgres import EmbeddedPostgres
from superapp.embedded.servers import running_servers
from superapp.embedded.valkey import EmbeddedValkey

from .conftest import StartPython

USE = """
from superapp.embedded.environment import set_local_defaults
from superapp.embedded.servers import running_servers
set_local_defaults()
with running_servers():
    print("in", flush=True)
    input()
"""


def running(state: Path) -> list[bool]:
    return [EmbeddedPostgres(state).is_ready(), EmbeddedValkey(state).is_ready()]


def enter(start_python: StartPython) -> subprocess.Popen[str]:
    user = start_python(USE)
    assert user.stdout is not None
    assert user.stdout.readline() == "in\n"
    return user


def leave(user: subprocess.Popen[str]) -> None:
    user.communicate("\n")
    assert user.returncode == 0


def test_the_last_user_stops_them(state: Path, start_python: StartPython) -> None:
    first, second = enter(start_python), enter(start_python)
    leave(first)
    assert running(state) == [True, True]
    leave(second)
    assert running(state) == [False, False]


def test_a_killed_user_no_longer_counts(state: Path, start_python: StartPython) -> None:
    killed, other = enter(start_python), enter(start_python)
    killed.kill()
    killed.wait()
    assert running(state) == [True, True]
    leave(other)
    assert running(state) == [False, False]


def test_users_that_come_and_go_at_once_always_find_them(state: Path, start_python: StartPython) -> None:
    for _ in range(2):
        users = [start_python(USE) for _ in range(4)]
        assert [user.communicate("\n")[0] for user in users] == ["in\n"] * 4
        assert [user.returncode for user in users] == [0] * 4
    assert running(state) == [False, False]


def test_only_what_a_url_points_at_is_started(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPERAPP_STATE", str(state))
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@database.example/superapp")
    monkeypatch.setenv("CELERY_BROKER_URL", "amqp://broker.example")
    monkeypatch.setenv("CACHE_URL", locations.cache_url(state))
    with running_servers():
        with running_servers():
            pass
        assert running(state) == [False, True]
    assert running(state) == [False, False]

    monkeypatch.setenv("CACHE_URL", "redis://cache.example/1")
    with running_servers():
        assert running(state) == [False, False]


def test_a_forked_child_that_leaves_stops_nothing(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPERAPP_STATE", str(state))
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("CELERY_BROKER_URL", "")
    monkeypatch.setenv("CACHE_URL", locations.cache_url(state))
    block = running_servers()
    with block:
        if (child := os.fork()) == 0:
            block.__exit__(None, None, None)
            os._exit(0)
        os.waitpid(child, 0)
        assert running(state) == [False, True]


def test_a_command_that_only_tells_something_starts_nothing(state: Path, local_environment: dict[str, str]) -> None:
    environment = local_environment | {"DJANGO_SETTINGS_MODULE": "superapp.settings.local"}
    argv = [sys.executable, str(PROJECT_ROOT / "manage.py"), "help"]
    subprocess.run(argv, env=environment, check=False, capture_output=True)
    assert not (state / "users.lock").exists()
    assert running(state) == [False, False]


@pytest.mark.parametrize(
    ("command_line", "expected"),
    [
        ("", False),
        ("help migrate", False),
        ("--version", False),
        ("check --help", False),
        ("spectacular --validate", False),
        ("migrate", True),
        ("migrate --settings superapp.settings.production", False),
        ("migrate --settings=superapp.settings.production", False),
    ],
)
def test_only_commands_that_need_servers_get_them(
    monkeypatch: pytest.MonkeyPatch, command_line: str, expected: bool
) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "superapp.settings.local")
    assert manage.needs_servers(["manage.py", *command_line.split()]) is expected
