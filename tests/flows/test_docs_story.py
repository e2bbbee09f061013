"""docs/api.md, run as a reader would: the system with real processes, and every sh block in order."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from superapp.embedded.clean import remove_state
from superapp.embedded.locations import PROJECT_ROOT
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.identity.ndid.bank_app import BANK_PATH
from superapp.sandbox.journey.system import Ports, free_ports
from superapp.sandbox.ports import provider_port

_STORY = PROJECT_ROOT / "docs" / "api.md"
_READERS_ADDRESS = "http://127.0.0.1:8000"
_READERS_BANK_APP = "http://127.0.0.1:8104/bank"
# The suite's own: the reader's shell has none of them.
_NOT_THE_READERS = {
    *("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "DJANGO_SETTINGS_MODULE"),
    *("CATALOGUE", "SANDBOX_PORT", "PUBLISHED_SERVICES_CAP"),
}
# manage.py run has its sandbox this far above the web.
_SANDBOX_OFFSET = 100


def story_blocks() -> list[str]:
    """The fenced sh blocks of docs/api.md."""
    return re.findall(r"^```sh\n(.*?)^```$", _STORY.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def story_environment(state: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_THE_READERS}
    return kept | {"SUPERAPP_STATE": str(state), "PUBLIC_URL": f"http://127.0.0.1:{port}"}


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "state"
    yield folder
    assert remove_state(folder)


@pytest.fixture
def system(state: Path) -> Iterator[Ports]:
    """`make run` on ports of its own, from "starting" to Ctrl-C."""
    port = free_ports().web
    argv = [sys.executable, "manage.py", "run", "--port", str(port)]
    process = subprocess.Popen(
        argv, cwd=PROJECT_ROOT, env=story_environment(state, port), stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("Ctrl-C"):
                break
        assert process.poll() is None, "".join(said)
        yield Ports(web=port, sandbox=port + _SANDBOX_OFFSET)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0


@pytest.mark.timeout(300)
def test_the_story_runs_as_written(system: Ports, state: Path) -> None:
    story = "\n".join(story_blocks())
    assert f"API={_READERS_ADDRESS}\n" in story
    assert f"BANK_APP={_READERS_BANK_APP}\n" in story
    node = f"http://127.0.0.1:{provider_port(system.sandbox, ProviderCode.NDID)}"
    script = story.replace(_READERS_ADDRESS, system.web_url).replace(_READERS_BANK_APP, node + BANK_PATH)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=PROJECT_ROOT,
        env=story_environment(state, system.web),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    assert done.stdout.splitlines()[-1] == "The story ends: completed"
