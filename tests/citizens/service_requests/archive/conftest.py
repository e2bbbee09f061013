from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from services_catalog.models import Service
from tests.citizens.service_requests.making import make_service


@pytest.fixture
def service(db: None) -> Service:
    return make_service()


@pytest.fixture
def directory(settings: Settings, tmp_path: Path) -> Path:
    """Where the archive's files go."""
    settings.ARCHIVE_DIRECTORY = str(tmp_path)
    return tmp_path


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """later(timedelta(days=1)) moves the clock on."""
    real_now = timezone.now

    def move(by: timedelta) -> None:
        monkeypatch.setattr(timezone, "now", lambda: real_now() + by)

    return move


@pytest.fixture
def four_years_later(later: Callable[[timedelta], None]) -> Callable[[], None]:
    """Past the age of everything that was made before it is called."""
    return lambda: later(timedelta(days=4 * 365))
