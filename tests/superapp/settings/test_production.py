"""Production refuses to start half-configured, and says which variable is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from superapp.embedded.locations import PROJECT_ROOT
from superapp.embedded.production_example import make_production

REQUIRED = [
    "SECRET_KEY",
    "ENCRYPTION_KEYS",
    "LOOKUP_KEYS",
    "TOKEN_SIGNING_KEYS",
    "DATABASE_URL",
    "CELERY_BROKER_URL",
    "CACHE_URL",
    "ALLOWED_HOSTS",
    "PUBLIC_URL",
]


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    make_production(environment)
    return environment


def start(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import django; django.setup(); print('started')"],
        env=environment,
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def last_line(ended: subprocess.CompletedProcess[str]) -> str:
    return ended.stderr.strip().splitlines()[-1]


def test_a_whole_configuration_starts(production: dict[str, str]) -> None:
    ended = start(production)
    assert ended.stdout.strip() == "started", ended.stderr


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_variable_is_named(production: dict[str, str], name: str) -> None:
    del production[name]
    ended = start(production)
    assert ended.returncode != 0
    assert last_line(ended).startswith(f"django.core.exceptions.ImproperlyConfigured: The environment variable {name} ")


def test_an_empty_variable_counts_as_missing(production: dict[str, str]) -> None:
    production["LOOKUP_KEYS"] = ""
    assert "LOOKUP_KEYS is not set" in last_line(start(production))


def test_the_sandbox_is_refused(production: dict[str, str]) -> None:
    production["SANDBOX"] = "1"
    assert "SANDBOX is on" in last_line(start(production))


def test_a_public_address_without_tls_is_refused(production: dict[str, str]) -> None:
    production["PUBLIC_URL"] = "http://api.example.go.th"
    assert "PUBLIC_URL must begin with https://" in last_line(start(production))


def test_an_empty_folder_for_metrics_is_refused(production: dict[str, str]) -> None:
    """The library would count in whatever folder the process was started in."""
    production["PROMETHEUS_MULTIPROC_DIR"] = ""
    assert "PROMETHEUS_MULTIPROC_DIR is empty" in last_line(start(production))


def test_a_second_factor_is_required(production: dict[str, str]) -> None:
    code = (
        "import django; django.setup(); from django.conf import settings as s; print(s.OFFICER_SECOND_FACTOR_REQUIRED)"
    )
    printed = subprocess.check_output([sys.executable, "-c", code], env=production, cwd=PROJECT_ROOT, text=True)
    assert printed.strip() == "True"


def test_sandbox_commands_do_not_exist_in_production(production: dict[str, str]) -> None:
    ended = subprocess.run(
        [sys.executable, "manage.py", "sandbox_token", "--citizen", "1234567890121"],
        env=production,
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode != 0
    assert "Unknown command: 'sandbox_token'" in ended.stderr
