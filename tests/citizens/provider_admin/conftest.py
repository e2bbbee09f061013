"""The admin's page of digital IDs as one officer sees it."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from citizens.identity.providers.secret import secret_seal
from citizens.models import IdentityProvider
from services_catalog.models import Officer
from superapp.sandbox.credentials import client_secret
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.journey.providers import provider_row
from tests.citizens.identity.conftest import PUBLIC_URL, sandbox  # noqa: F401  (a fixture)
from tests.citizens.provider_admin.shown_form import shown_form
from tests.factories import SECRET, make_provider
from tests.services_catalog.admin.conftest import make_officer, signed_in
from tests.services_catalog.admin.pages import page


class Pages:
    """The pages as one officer sees them, in English."""

    def __init__(self, officer: Officer) -> None:
        self.client: Client = signed_in(officer)

    def get(self, name: str, row: IdentityProvider | None = None, language: str = "en") -> Any:
        return self.client.get(page(IdentityProvider, name, row), headers={"accept-language": language})

    def save(self, row: IdentityProvider, **changes: Any) -> Any:
        """Sends the form as it is shown, but for the changes; an option is named options-…, None leaves a field out."""
        data = {**shown_form(self.get("change", row).text, "identityprovider_form"), **changes}
        sent = {name: value for name, value in data.items() if value is not None}
        answer = self.client.post(page(IdentityProvider, "change", row), sent, headers={"accept-language": "en"})
        row.refresh_from_db()
        return answer

    def try_it(self, row: IdentityProvider, language: str = "en") -> str:
        here = page(IdentityProvider, "change", row)
        asked = {"action": "try_it", "_selected_action": [row.pk], "next": here}
        spoken = {"accept-language": language}
        answer = self.client.post(page(IdentityProvider, "changelist"), asked, headers=spoken)
        assert answer["Location"] == here
        shown = self.client.get(here, headers=spoken)
        return "\n".join(str(message) for message in shown.context["messages"])


def errors_of(answer: Any) -> dict[str, list[str]]:
    """What a form that was refused says, by field; of an option, by options-…, as it stands beside its input."""
    assert answer.status_code == 200, "it was saved"
    said = {name: list(errors) for name, errors in answer.context["adminform"].form.errors.items()}
    beside = re.findall(r'<div class="wrong" id="id_(options-\w+)-wrong"><p>(.*?)</p></div>', answer.text)
    return said | {name: unescape(errors).split("</p><p>") for name, errors in beside}


def make_sandbox_row(provider: ProviderCode, url: str) -> IdentityProvider:
    """A digital ID of the sandbox, as the sandbox writes it."""
    secret = secret_seal(provider, client_secret(provider, secret=SECRET))
    return IdentityProvider.objects.create(**provider_row(provider, url), secret_encrypted=secret)


@pytest.fixture
def pages() -> Pages:
    return Pages(make_officer("head", "platform_administrator"))


@pytest.fixture
def thaid() -> IdentityProvider:
    return make_provider("https://thaid.example")


@pytest.fixture
def known_address(settings: Settings) -> None:
    """What the sandbox sends people back to."""
    settings.PUBLIC_URL = PUBLIC_URL
