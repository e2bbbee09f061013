"""Who can sign in to the admin of a local system."""

import base64
from dataclasses import dataclass

from django.conf import settings

from services_catalog.models import Agency, Officer
from services_catalog.models.officers import AGENCY_ROLES
from superapp.sandbox.credentials import derived_bytes


@dataclass(frozen=True, slots=True)
class SandboxLogin:
    """Name and password of an officer, and what they are."""

    username: str
    password: str
    role: str


def sandbox_officers() -> list[SandboxLogin]:
    """A superuser, a reviewer, and an officer of one agency with all its roles; made where they are missing."""
    agency = Agency.objects.filter(services__publication="published").order_by("code").first()
    platform = SandboxLogin("platform", _password("platform"), "superuser")
    reviewer = SandboxLogin("reviewer", _password("reviewer"), "platform reviewer")
    _officer(platform, is_superuser=True)
    _officer(reviewer, roles=[Officer.Role.PLATFORM_REVIEWER])
    if agency is None:
        return [platform, reviewer]
    officer = SandboxLogin(f"officer-{agency.code}", _password(agency.code), f"officer of {agency.name_th}")
    _officer(officer, agency=agency, roles=AGENCY_ROLES)
    return [platform, reviewer, officer]


def _password(purpose: str) -> str:
    secret = derived_bytes(settings.SANDBOX_SECRET, f"officer/{purpose}")
    return base64.b32encode(secret).decode()[:16].lower()


def _officer(login: SandboxLogin, **fields: object) -> None:
    officer, made = Officer.objects.update_or_create(username=login.username, defaults={"is_staff": True, **fields})
    if made or not officer.check_password(login.password):
        officer.set_password(login.password)
        officer.save(update_fields=["password"])
