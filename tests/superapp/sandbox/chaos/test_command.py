from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from superapp.embedded import locations


def test_it_does_not_empty_a_system_that_is_not_its_own(settings: Settings, tmp_path: Path) -> None:
    settings.STATE_DIRECTORY = tmp_path / "demo"
    with pytest.raises(CommandError, match="a folder called chaos"):
        call_command("chaos")


def test_it_does_not_kill_servers_that_somebody_else_has_started(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STATE_DIRECTORY = tmp_path / "chaos"
    monkeypatch.setenv("CELERY_BROKER_URL", locations.broker_url(settings.STATE_DIRECTORY))
    monkeypatch.setenv("CACHE_URL", locations.cache_url(settings.STATE_DIRECTORY))
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@database.invalid/superapp")
    with pytest.raises(CommandError, match="unset DATABASE_URL"):
        call_command("chaos")
