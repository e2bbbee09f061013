"""The rows that a deployment begins with."""

import pytest
from django.core.management import call_command
from pytest_django import Settings
from rest_framework.test import APIClient

from citizens.identity.providers.presets import presets
from citizens.identity.providers.registry import built_from
from citizens.models import IdentityProvider
from services_catalog.models import AuditEvent
from services_catalog.services.operator_actions import doer_at_the_command_line

pytestmark = pytest.mark.django_db


def test_presets_are_off_and_without_secrets() -> None:
    call_command("identity_providers_load")
    rows = IdentityProvider.objects.all()
    assert {row.code for row in rows} == set(presets())
    assert not any(row.is_on or row.secret_encrypted for row in rows)
    assert APIClient().get("/api/v1/auth/providers").json() == []


def test_the_trail_says_that_somebody_at_the_command_line_wrote_them() -> None:
    call_command("identity_providers_load")
    written = AuditEvent.objects.filter(subject="identityprovider")
    assert {event.by for event in written} == {doer_at_the_command_line().name}


def test_what_staff_have_changed_stays() -> None:
    call_command("identity_providers_load")
    IdentityProvider.objects.filter(code="thaid").update(is_on=True, max_ial="2.1")
    call_command("identity_providers_load")
    kept = IdentityProvider.objects.get(code="thaid")
    assert (kept.is_on, str(kept.max_ial)) == (True, "2.1")


@pytest.mark.parametrize("code", sorted(presets()))
def test_options_of_a_preset_are_valid_in_production(code: str, settings: Settings) -> None:
    settings.SANDBOX = False
    call_command("identity_providers_load")
    assert built_from(IdentityProvider.objects.get(code=code)).code == code
