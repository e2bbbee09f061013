"""The admin's style sheets: from the apps as they are, or compressed by collectstatic; the same addresses."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from superapp.static_files import StaticFiles

# An answer that is closed looks at the connections that are open.
pytestmark = pytest.mark.django_db

SHEET = "admin/css/base.css"


def asked(accept_encoding: str = "") -> HttpResponse:
    def nothing(request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=404)

    request = RequestFactory().get(f"/static/{SHEET}", HTTP_ACCEPT_ENCODING=accept_encoding)
    answer: HttpResponse = StaticFiles(nothing)(request)
    return answer


def test_nobody_has_collected_them(settings: Settings, tmp_path: Path) -> None:
    """No warning either: the suite turns each into an error."""
    settings.STATIC_ROOT = tmp_path / "missing"
    settings.WHITENOISE_USE_FINDERS = True
    answer = asked()
    assert (answer.status_code, answer["Content-Type"]) == (200, 'text/css; charset="utf-8"')
    answer.close()


def test_collected_they_are_compressed(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.WHITENOISE_USE_FINDERS = False
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / f"{SHEET}.gz").exists()
    answer = asked("gzip")
    assert (answer.status_code, answer["Content-Encoding"]) == (200, "gzip")
    answer.close()
