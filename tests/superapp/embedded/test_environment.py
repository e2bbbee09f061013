import base64
import hashlib
import json
import os
import stat
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from superapp.embedded import locations
from superapp.embedded.environment import set_local_defaults
from superapp.embedded.local_secrets import SECRET_NAMES, local_secrets
from superapp.embedded.production_example import make_production

from .conftest import StartPython

PRINT_SECRETS = """
import os, pathlib, sys
from superapp.embedded.local_secrets import local_secrets
print(sorted(local_secrets(pathlib.Path(os.environ["SUPERAPP_STATE"])).items()))
"""


def test_secrets_are_made_once_even_in_a_race(state: Path, start_python: StartPython) -> None:
    racers = [start_python(PRINT_SECRETS) for _ in range(6)]
    told = {racer.communicate()[0] for racer in racers}
    assert told == {f"{sorted(local_secrets(state).items())}\n"}
    assert stat.S_IMODE((state / "secrets.json").stat().st_mode) == 0o600


def test_secrets_have_the_shapes_the_settings_read(state: Path) -> None:
    secrets = local_secrets(state)
    assert secrets.keys() == SECRET_NAMES
    for ring in ("ENCRYPTION_KEYS", "LOOKUP_KEYS"):
        number, _, key = secrets[ring].partition(":")
        assert number == "1"
        assert len(base64.b64decode(key, validate=True)) == 32
    (signing_key,) = json.loads(secrets["TOKEN_SIGNING_KEYS"])
    assert signing_key["kid"]
    assert ECKey.import_key(signing_key).is_private


def test_a_secret_that_an_older_file_lacks_is_added(state: Path) -> None:
    (state / "secrets.json").write_text(json.dumps({"SECRET_KEY": "old"}))
    assert local_secrets(state)["SECRET_KEY"] == "old"
    assert local_secrets(state).keys() == SECRET_NAMES


def test_the_lookup_key_of_an_older_file_is_the_rings_first(state: Path) -> None:
    (state / "secrets.json").write_text(json.dumps({"LOOKUP_KEY": "abc="}))
    assert local_secrets(state)["LOOKUP_KEYS"] == "1:abc="
    assert local_secrets(state).keys() == SECRET_NAMES


def test_defaults_replace_nothing_and_start_nothing(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*SECRET_NAMES, "DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SUPERAPP_STATE", str(state))
    monkeypatch.setenv("CACHE_URL", "redis://cache.example/1")
    set_local_defaults()
    assert os.environ["CACHE_URL"] == "redis://cache.example/1"
    assert os.environ["DATABASE_URL"] == locations.database_url(state)
    assert os.environ["CELERY_BROKER_URL"] == locations.broker_url(state)
    assert os.environ.keys() >= SECRET_NAMES
    assert sorted(path.name for path in state.iterdir()) == ["secrets.json", "secrets.lock"]


def test_the_state_directory_follows_the_catalogue(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    var = locations.PROJECT_ROOT / "var"
    monkeypatch.delenv("SUPERAPP_STATE")
    monkeypatch.delenv("CATALOGUE", raising=False)
    assert locations.state_directory() == var / "demo"

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CATALOGUE", "../services.csv")
    digest = hashlib.sha256(bytes(tmp_path.parent / "services.csv")).hexdigest()[:8]
    assert locations.state_directory() == var / f"services-{digest}"

    monkeypatch.setenv("SUPERAPP_STATE", "var/other")
    assert locations.state_directory() == var / "other"


def test_sockets_of_the_longest_path_still_fit() -> None:
    state = Path("/" + "a" * 4000)
    assert len(bytes(locations.valkey_socket(state))) <= 107
    assert len(bytes(locations.postgres_sockets(state) / ".s.PGSQL.5432.lock")) <= 107


def test_the_production_example_has_no_sandbox() -> None:
    environment = {"SANDBOX": "1", "SANDBOX_SECRET": "x", "PATH": "/bin"}
    make_production(environment)
    assert environment.keys() >= {"SECRET_KEY", "DATABASE_URL", "PUBLIC_URL", "PATH"}
    assert environment.keys().isdisjoint({"SANDBOX", "SANDBOX_SECRET"})
