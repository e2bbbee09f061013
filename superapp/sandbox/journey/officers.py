"""Who can sign in to the admin of a local system."""

import base64
from dataclasses import dataclass

from django.conf import settings

from services_catalog.models import Agency, Officer
from superapp.sandbox.credentials import derived_bytes


@dataclass(frozen=True, slots=True)
class SandboxLogin:
    """Name and password of an officer, and what they are."""

    username: str
    password: str
    role: str


def sandbox_officers() -> list[SandboxLogin]:
    """A platform administrator, a reviewer, and an officer of one agency; made where they are missing."""
    agency = Agency.objects.filter(services__publication="published").order_by("code").first()
    logins = [SandboxLogin("platform", _password("platform"), "platform administrator")]
    _officer(logins[0], is_superuser=True)
    logins.append(SandboxLogin("reviewer", _password("reviewer"), "platform reviewer"))
    _officer(logins[1], roles=[Officer.Role.PLATFORM_REVIEWER])
    if agency is not None:
        logins.append(SandboxLogin(f"officer-{agency.code}", _password(agency.code), f"officer of {agency.name_th}"))
        _officer(logins[2], agency=agency, roles=[Officer.Role.AGENCY_ADMINISTRATOR, Officer.Role.EDITOR])
    return logins


def _password(purpose: str) -> str:
    secret = derived_bytes(settings.SANDBOX_SECRET, f"officer/{purpose}")
    return base64.b32encode(secret).decode()[:16].lower()


def _officer(login: SandboxLogin, **fields: object) -> None:
    officer, made = Officer.objects.get_or_create(username=login.username, defaults={"is_staff": True, **fields})
    if made or not officer.check_password(login.password):
        officer.set_password(login.password)
        officer.save(update_fields=["password"])
