"""env.example names what the settings read, no more and no less, and is an example that works."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from citizens.identity.providers.presets import presets
from superapp.embedded.local_secrets import new_secrets
from superapp.embedded.locations import PROJECT_ROOT
from superapp.embedded.production_example import make_production
from tests.deploy.descriptions import DEPLOY, example_variables

# Read by Django and by Flower themselves.
READ_BY_OTHERS = {"DJANGO_SETTINGS_MODULE", "FLOWER_BASIC_AUTH"}
SECRETS = {"SECRET_KEY", "ENCRYPTION_KEYS", "LOOKUP_KEYS", "TOKEN_SIGNING_KEYS"}
LOAD = "import django; django.setup(); from django.conf import settings; print(settings.SETTINGS_MODULE)"


def read_by(source: Path) -> Iterator[str]:
    """First arguments of calls of required() and of env's methods."""
    for node in ast.walk(ast.parse(source.read_text())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = ast.unparse(node.func)
        if (called == "required" or called.startswith("env.")) and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)


def read_by_compose() -> set[str]:
    return set(re.findall(r"\$\{([A-Z_]+)", (DEPLOY / "compose.yaml").read_text()))


def load_production(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LOAD],
        cwd=PROJECT_ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def example() -> dict[str, str]:
    return {name: value for name, value in example_variables().items() if value is not None}


def test_it_names_every_variable_of_the_settings_and_no_other() -> None:
    settings = sorted((PROJECT_ROOT / "superapp" / "settings").glob("*.py"))
    read = {name for source in settings for name in read_by(source)}
    assert len(read) > 20
    of_digital_ids = {row["secret_variable"] for row in presets().values()}
    assert set(example_variables()) == read | read_by_compose() | READ_BY_OTHERS | of_digital_ids


def test_it_holds_no_secret() -> None:
    for name in (*SECRETS, "METRICS_TOKEN"):
        assert example_variables()[name] == ""


def test_production_refuses_it_as_it_is_and_says_what_is_missing() -> None:
    refused = load_production(**example())
    assert refused.returncode != 0
    assert re.search(r"ImproperlyConfigured: The environment variable [A-Z_]+ is not set", refused.stderr)


def test_production_takes_it_once_the_secrets_are_filled_in() -> None:
    secrets = {name: value for name, value in new_secrets().items() if name in SECRETS}
    loaded = load_production(**{**example(), **secrets})
    assert loaded.stdout == "superapp.settings.production\n", loaded.stderr


def test_the_defaults_it_shows_are_the_defaults() -> None:
    """Commented-out lines, switched on as they stand, change nothing."""
    shown = re.findall(r"^# ([A-Z_]+)=(.+)$", (DEPLOY / "env.example").read_text(), re.MULTILINE)
    environment: dict[str, str] = {"PATH": os.environ["PATH"]}
    make_production(environment)
    code = (
        "from django.conf import settings as s; print(s.PHONE_REDIRECT_URIS, s.EGRESS_HOSTS, s.PUBLISHED_SERVICES_CAP,"
        " s.DELIVERY_CALLS_IN_FLIGHT, s.PROVIDER_CALLS_IN_FLIGHT, s.DATABASES, s.CELERY_BROKER_TRANSPORT_OPTIONS,"
        " s.SESSION_COOKIE_AGE, s.AXES_COOLOFF_TIME)"
    )
    outputs = [
        subprocess.check_output([sys.executable, "-c", code], cwd=PROJECT_ROOT, env=one, text=True)
        for one in (environment, environment | dict(shown))
    ]
    assert outputs[0] == outputs[1]


def test_the_readmes_command_makes_the_secrets() -> None:
    [command] = re.findall(r"^ *(python -c .*new_secrets.*)$", (DEPLOY / "README.md").read_text(), re.MULTILINE)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    printed = subprocess.check_output(["bash", "-c", command], cwd=PROJECT_ROOT, env=environment, text=True)
    made = dict(line.split("=", 1) for line in printed.splitlines())
    assert set(made) == SECRETS | {"FLOWER_BASIC_AUTH", "METRICS_TOKEN"}
    secrets = {name: value.strip("'") for name, value in made.items()}
    assert load_production(**{**example(), **secrets}).returncode == 0


@pytest.mark.parametrize("name", ["ALLOWED_HOSTS", "DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "PUBLIC_URL"])
def test_what_it_calls_required_is(name: str) -> None:
    environment = {**example(), **{secret: value for secret, value in new_secrets().items() if secret in SECRETS}}
    refused = load_production(**{**environment, name: ""})
    assert f"The environment variable {name} is not set" in refused.stderr
