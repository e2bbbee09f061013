"""The lanes as a table on the command line."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from services_catalog.models import Agency, Lane
from tests import factories

pytestmark = pytest.mark.django_db


def run(*codes: str, **options: Any) -> list[str]:
    out = StringIO()
    call_command("lanes", *codes, **options, stdout=out)
    return [" ".join(line.split()) for line in out.getvalue().splitlines()]


def test_it_lists_what_is_not_quiet(agency: Agency) -> None:
    quiet, busy, held = (factories.make_service(agency, code) for code in ("quiet", "busy", "held"))
    factories.make_request(factories.make_citizen(), busy)
    Lane.objects.filter(pk=held.pk).update(breaker_override="open")
    assert run() == [
        "lane waiting oldest parked in flight breaker standing",
        "busy 1 0:00:00 0 0/8 closed running",
        "held 0 - 0 0/0 held open breaker_open",
        "1 more are quiet; --all lists them.",
    ]
    assert len(run(all=True)) == 4
    assert run(quiet.code)[1:] == ["quiet 0 - 0 0/8 closed running"]


def test_an_unknown_code_is_said(agency: Agency) -> None:
    with pytest.raises(CommandError, match="No service has the code nobody"):
        run("nobody")
