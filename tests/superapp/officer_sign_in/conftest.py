"""An officer with a password, and the ways into the admin."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from services_catalog.models import Officer

PASSWORD = "correct horse battery"
ENGLISH = {"accept-language": "en"}


@dataclass
class Desk:
    """An officer at a browser."""

    officer: Officer
    client: Client
    secret: str = ""

    def give_password(self, password: str = PASSWORD, **how: Any) -> Any:
        data = {"username": self.officer.username, "password": password}
        return self.client.post("/admin/login/?next=/admin/", data, headers=ENGLISH, **how)

    def enrol(self) -> list[str]:
        """Sets up the app; the recovery codes."""
        self.secret = self.client.get("/admin/second-factor/enrol/").context["secret"]
        answer = self.client.post("/admin/second-factor/enrol/", {"code": app_code(self.officer)}, headers=ENGLISH)
        return re.findall(r"<li><code>(\w+)</code>", answer.text)

    def give_code(self, code: str, **data: str) -> Any:
        return self.client.post("/admin/second-factor/", {"code": code, **data}, headers=ENGLISH)

    def is_in(self) -> bool:
        return self.client.get("/admin/").status_code == 200


def app_code(officer: Officer, *, later: int = 0) -> str:
    """What the officer's authenticator app shows, so many half minutes from now."""
    device = TOTPDevice.objects.get(user=officer)
    code = TOTP(device.bin_key, device.step, device.t0, device.digits)
    code.t0 = -later * device.step
    return f"{code.token():06d}"


def desk_of(username: str, **fields: Any) -> Desk:
    officer = Officer.objects.create(username=username, is_staff=True, **fields)
    officer.set_password(PASSWORD)
    officer.save()
    return Desk(officer, Client())


@pytest.fixture(autouse=True)
def _as_in_production(settings: Settings) -> None:
    settings.OFFICER_SECOND_FACTOR_REQUIRED = True


@pytest.fixture
def desk(db: None) -> Desk:
    return desk_of("somchai", roles=["platform_administrator"])
