"""Containerfile and health check, as far as they can be tried without an engine."""

import http.client
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from superapp.embedded.local_secrets import new_secrets
from superapp.embedded.locations import PROJECT_ROOT
from superapp.embedded.stack import Stack
from superapp.sandbox.journey.system import free_ports
from tests.databases import suite_database_url
from tests.deploy.descriptions import DEPLOY, command_of, compose, with_this_python

CONTAINERFILE = (DEPLOY / "Containerfile").read_text()


def copied() -> list[str]:
    return [
        word for words in re.findall(r"^COPY (?!--)(.+) \S+$", CONTAINERFILE, re.MULTILINE) for word in words.split()
    ]


def test_what_it_copies_exists_and_is_in_the_build_context() -> None:
    assert {"manage.py", "requirements.txt", "superapp", "citizens", "services_catalog", "locale"} == set(copied())
    assert all((PROJECT_ROOT / one).exists() for one in copied())
    allowed = {line[1:] for line in (PROJECT_ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert allowed == set(copied())


def test_it_is_locked_by_hash_and_runs_as_nobody_in_particular() -> None:
    assert "--require-hashes" in CONTAINERFILE
    assert re.findall(r"^USER (\d+)$", CONTAINERFILE, re.MULTILINE) == ["10001"]
    assert "superapp.settings.production" in CONTAINERFILE
    names = re.findall(r"([A-Z_]+)=", CONTAINERFILE)
    assert set(names).isdisjoint({*new_secrets(), "DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL"})


def test_its_build_step_needs_neither_a_home_nor_secrets() -> None:
    [step] = re.findall(r"^RUN /venv/bin/python (.* collectstatic .*)$", CONTAINERFILE, re.MULTILINE)
    done = subprocess.run(
        [sys.executable, *step.split(), "--dry-run"],
        cwd=PROJECT_ROOT,
        env={"PATH": os.environ["PATH"], "HOME": "/proc/nowhere", "PYTHAINLP_READ_ONLY": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"\d{3,} static files", done.stdout)
    assert "Warning" not in done.stderr


@pytest.fixture
def production(django_db_setup: None) -> dict[str, str]:
    """The production settings on the suite's own servers, in a home that cannot be written to."""
    own = ("PATH", "CELERY_BROKER_URL", "CACHE_URL")
    return {
        "DATABASE_URL": suite_database_url(),
        **{name: os.environ[name] for name in own},
        **{name: value for name, value in new_secrets().items() if name != "SANDBOX_SECRET"},
        "DJANGO_SETTINGS_MODULE": "superapp.settings.production",
        "ALLOWED_HOSTS": "api.example.go.th,localhost",
        "PUBLIC_URL": "https://api.example.go.th",
        "PYTHAINLP_READ_ONLY": "1",
        "HOME": "/proc/nowhere",
    }


def test_the_health_check_asks_the_web_of_production(production: dict[str, str], tmp_path: Path) -> None:
    port = str(free_ports().web)
    check = [word.replace("8000", port) for word in compose()["services"]["web"]["healthcheck"]["test"][1:]]
    with Stack(tmp_path, production) as stack:
        assert not passes(check, production), "nobody listens yet"
        stack.start("web", *[word.replace("8000", port) for word in command_of("web")])
        stack.wait_until("web", lambda: passes(check, production))
        refused = asked_as("elsewhere.example", port)
    assert refused == 400
    log = (tmp_path / "web.log").read_text()
    assert "No directory at" not in log
    assert all(line.startswith("{") for line in log.splitlines()), log


def passes(check: list[str], environment: dict[str, str]) -> bool:
    return subprocess.run(with_this_python(check), env=environment, capture_output=True, check=False).returncode == 0


def asked_as(host: str, port: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=5)
    try:
        connection.request("GET", "/health/ready", headers={"Host": host})
        return connection.getresponse().status
    finally:
        connection.close()


def test_pre_commit_runs_what_make_lint_runs() -> None:
    [repository] = yaml.safe_load((PROJECT_ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert repository["repo"] == "local", "no network, no second set of versions"
    lint = (PROJECT_ROOT / "Makefile").read_text().replace("$(BIN)", ".venv/bin")
    for hook in repository["hooks"]:
        assert hook["entry"].removesuffix(" --force-exclude") in lint, hook["id"]
