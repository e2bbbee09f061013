import json
import subprocess
import sys

import pytest

from services_catalog.queues import Queue
from superapp.embedded.locations import PROJECT_ROOT
from tests.flows.conftest import System

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("flows")]


def test_doctor_finds_a_running_system_well(system: System) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "doctor", "--json"],
        cwd=PROJECT_ROOT,
        env=system.stack._environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    report = json.loads(done.stdout)
    troubles = [one["check"] for one in report["findings"] if one["level"] != "ok"]
    assert (done.returncode, report["ok"], troubles) == (0, True, ["sandbox"]), report
    assert {f"queue {queue.value}" for queue in Queue} <= {one["check"] for one in report["findings"]}
