"""Lanes paused and resumed from the command line."""

import getpass
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from services_catalog.models import Lane, OperatorAction, Service

pytestmark = pytest.mark.django_db


def run(command: str, code: str, reason: str = "they move") -> str:
    out = StringIO()
    call_command(command, code, reason=reason, stdout=out)
    return out.getvalue()


def test_a_lane_is_paused_and_resumed(service: Service) -> None:
    assert run("lane_pause", service.code) == "dlt-licence is paused.\n"
    assert Lane.objects.get(pk=service.pk).paused
    assert run("lane_pause", service.code) == "dlt-licence was paused already.\n"
    assert run("lane_resume", service.code) == "dlt-licence is resumed.\n"
    assert not Lane.objects.get(pk=service.pk).paused
    assert run("lane_resume", service.code) == "dlt-licence was not paused.\n"


def test_it_is_kept_under_the_account_of_the_operating_system(service: Service) -> None:
    run("lane_pause", service.code, "their cables are cut")
    [kept] = OperatorAction.objects.all()
    assert (kept.action, kept.by, kept.officer, kept.reason) == (
        "lane_pause",
        getpass.getuser(),
        None,
        "their cables are cut",
    )


def test_an_account_without_a_name_is_its_number(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 1001")

    monkeypatch.setattr(getpass, "getuser", nameless)
    run("lane_pause", service.code)
    assert OperatorAction.objects.get().by.startswith("uid ")


@pytest.mark.parametrize("command", ["lane_pause", "lane_resume"])
@pytest.mark.parametrize(
    ("code", "reason", "sentence"),
    [("unknown", "they move", "No service has the code unknown"), ("dlt-licence", "  ", "A reason is needed.")],
)
def test_what_cannot_be_done_is_said(service: Service, command: str, code: str, reason: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(command, code, reason)
    assert not OperatorAction.objects.exists()
