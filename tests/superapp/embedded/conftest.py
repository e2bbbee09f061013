import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from superapp.embedded.clean import remove_state
from superapp.embedded.locations import PROJECT_ROOT

_SET_BY_DEFAULTS = {"DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL"}
StartPython = Callable[[str], subprocess.Popen[str]]


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """A state directory that, when we are root, the servers' account cannot reach."""
    folder = tmp_path / "state"
    folder.mkdir()
    yield folder
    assert remove_state(folder)


@pytest.fixture
def reachable_state() -> Iterator[Path]:
    """A state directory everybody can reach, with a space in its name."""
    with tempfile.TemporaryDirectory(prefix="superapp test ") as parent:
        Path(parent).chmod(0o755)
        folder = Path(parent) / "a state"
        folder.mkdir()
        folder.chmod(0o755)
        yield folder
        assert remove_state(folder)


@pytest.fixture
def local_environment(state: Path) -> dict[str, str]:
    """An environment in which nothing but `state` is chosen."""
    kept = {name: value for name, value in os.environ.items() if name not in _SET_BY_DEFAULTS}
    return kept | {"SUPERAPP_STATE": str(state), "PYTHONPATH": str(PROJECT_ROOT)}


@pytest.fixture
def start_python(local_environment: dict[str, str]) -> Iterator[StartPython]:
    """Starts a Python program that we talk to by its pipes."""
    started: list[subprocess.Popen[str]] = []

    def start(code: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            env=local_environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
