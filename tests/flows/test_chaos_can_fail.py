"""Chaos finds what is broken: it goes red without leases, the `sending` mark or the stable key, and green with them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from superapp.embedded.clean import remove_state
from superapp.embedded.locations import PROJECT_ROOT

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(240)]

# The suite's own.
_NOT_THEIRS = {"DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "DJANGO_SETTINGS_MODULE"}
_WORKERS_DIE = ["--victims", "delivery-1", "delivery-2", "--kills", "6", "--characters", "neither", "--requests", "80"]
_NOBODY_DIES = ["--kills", "0", "--characters", "hanging-key", "--requests", "16"]


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("chaos") / "chaos"
    yield folder
    assert remove_state(folder)


def chaos(state: Path, sabotage: str, how: list[str], *, quiet_within: int) -> tuple[int, dict[str, Any]]:
    """The exit status, and the figures that it printed."""
    # With this seed the two workers fall in turns: one drains the lane and the other one does nothing.
    size = ["--seed", "44", "--short", "--citizens", "16", "--seconds", "12"]
    # Leases last 8 seconds with these settings.
    settings = ["--processes-settings", "tests.flows.sabotage.settings", "--late-news", "30"]
    done = subprocess.run(
        [sys.executable, "manage.py", "chaos", *size, *settings, "--quiet-within", str(quiet_within), *how],
        cwd=PROJECT_ROOT,
        env={name: value for name, value in os.environ.items() if name not in _NOT_THEIRS}
        | {"SUPERAPP_STATE": str(state), "SABOTAGE": sabotage},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.count("\n"), done.stderr
    return done.returncode, json.loads(done.stdout.splitlines()[-1])


def broken_bars(told: dict[str, Any]) -> set[str]:
    return {name for name, bar in told["bars"].items() if not bar["holds"]}


@pytest.mark.parametrize("how", [_WORKERS_DIE, _NOBODY_DIES], ids=["workers-die", "nobody-dies"])
def test_with_nothing_broken_it_is_green(state: Path, how: list[str]) -> None:
    status, told = chaos(state, "", how, quiet_within=120)
    assert (status, broken_bars(told)) == (0, set()), told
    assert told["figures"]["completed"] + told["figures"]["parked"] == told["figures"]["requests"]


def test_without_an_end_of_leases_killed_workers_leak_slots(state: Path) -> None:
    status, told = chaos(state, "lease", _WORKERS_DIE, quiet_within=20)
    assert status == 1
    assert {"leaked"} <= broken_bars(told) <= {"leaked", "lost"}, told


def test_without_the_sending_mark_killed_workers_send_twice(state: Path) -> None:
    status, told = chaos(state, "sending", _WORKERS_DIE, quiet_within=120)
    assert (status, broken_bars(told)) == (1, {"duplicated"}), told


def test_with_another_key_at_each_attempt_a_hanging_agency_opens_two_cases(state: Path) -> None:
    status, told = chaos(state, "key", _NOBODY_DIES, quiet_within=120)
    assert (status, broken_bars(told)) == (1, {"duplicated"}), told
