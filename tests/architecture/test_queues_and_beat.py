"""Every queue named once and routed; the beat schedule names existing tasks (rule 1)."""

import ast
from collections import Counter
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from services_catalog import queues
from services_catalog.queues import ROUTES, Queue
from superapp.celery import app
from superapp.embedded.locations import PROJECT_ROOT
from superapp.sandbox.journey import system

PACKAGES = ("superapp", "citizens", "services_catalog")
SCHEDULE: dict[str, dict[str, Any]] = settings.CELERY_BEAT_SCHEDULE


@pytest.fixture(scope="module")
def our_tasks() -> set[str]:
    """The tasks that a worker of ours registers, Celery's own left out."""
    app.loader.import_default_modules()
    return {name for name, task in app.tasks.items() if task.__module__.split(".")[0] in PACKAGES}


def sources() -> list[Path]:
    return [path for package in PACKAGES for path in (PROJECT_ROOT / package).rglob("*.py")]


def test_every_task_is_routed_and_every_route_leads_to_a_task(our_tasks: set[str]) -> None:
    assert our_tasks
    assert our_tasks == set(ROUTES)
    assert {name: {"queue": queue.value} for name, queue in ROUTES.items()} == settings.CELERY_TASK_ROUTES


def test_every_queue_is_declared_once_and_used() -> None:
    declared = [queue.name for queue in settings.CELERY_TASK_QUEUES]
    assert Counter(declared) == Counter(queue.value for queue in Queue)
    assert set(ROUTES.values()) == set(Queue)
    assert app.conf.task_default_queue in declared
    assert app.conf.task_create_missing_queues is False, "a misspelt queue is an error and not a new queue"


def test_every_queue_has_a_worker_in_a_local_system() -> None:
    """The names after `Queue.` in the module that starts the processes."""
    tree = ast.parse(Path(system.__file__).read_text())
    consumed = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Queue"
    }
    assert consumed == set(Queue.__members__)


def test_every_name_is_written_once() -> None:
    """Elsewhere in the product a task or queue is named by its constant (the settings' beat schedule apart)."""
    names = {value for name, value in vars(queues).items() if name.isupper() and isinstance(value, str)}
    assert names == set(ROUTES)
    beat = PROJECT_ROOT / "superapp" / "settings" / "tasks.py"
    written = Counter(
        node.value
        for path in sources()
        if path != beat
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value in names
    )
    assert written == Counter(names)


def test_the_beat_schedule_names_existing_tasks(our_tasks: set[str]) -> None:
    scheduled = {entry["task"] for entry in SCHEDULE.values()}
    assert scheduled
    assert scheduled <= our_tasks


def test_the_queue_keeps_moving_by_the_clock_alone() -> None:
    every = {entry["task"]: entry["schedule"] for entry in SCHEDULE.values()}
    assert every[queues.SWEEP] <= timedelta(seconds=1)
    assert every[queues.NOTIFY_PENDING] <= timedelta(seconds=1)


def test_a_stopped_worker_finds_no_heap_of_scheduled_messages() -> None:
    for name, entry in SCHEDULE.items():
        assert 0 < entry["options"]["expires"] <= entry["schedule"].total_seconds(), name


def test_results_are_never_kept() -> None:
    """A citizen's status is never derived from Celery."""
    assert app.conf.task_ignore_result is True
    assert app.conf.result_backend is None


def test_messages_hold_data_and_never_pickles() -> None:
    assert app.conf.task_serializer == "json"
    assert app.conf.accept_content == ["json"]


def test_no_task_holds_logic() -> None:
    """Style: a task body is at most 25 lines; ours fetch nothing and call one service."""
    bodies = list(
        chain.from_iterable(
            (node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef))
            for path in sources()
            if path.name == "tasks.py" and path.parent.name != "settings"
        )
    )
    assert bodies
    assert {body.name: (body.end_lineno or 0) - body.lineno for body in bodies if len(body.body) > 3} == {}
