"""The sandbox's digital IDs as rows of the platform."""

import pytest

from citizens.identity.providers.registry import built_from
from citizens.models import IdentityProvider
from superapp.sandbox.journey.providers import sandbox_providers_write, usable_providers

pytestmark = pytest.mark.django_db


def test_every_row_is_one_that_its_protocol_takes() -> None:
    sandbox_providers_write(base_port=9000)
    rows = {row.code: row for row in IdentityProvider.objects.filter(is_on=True)}
    assert set(rows) == set(usable_providers()) >= {"thaid", "moprom", "paotang", "dga"}
    assert all(built_from(row).code == code for code, row in rows.items())
    assert [code for code, row in rows.items() if row.is_primary] == ["thaid"]


def test_what_staff_changed_stays_and_another_port_is_written() -> None:
    sandbox_providers_write(base_port=9000)
    IdentityProvider.objects.filter(code="moprom").update(is_on=False)
    sandbox_providers_write(base_port=9000)
    assert not IdentityProvider.objects.get(code="moprom").is_on
    sandbox_providers_write(base_port=9100)
    assert ":9101/" in IdentityProvider.objects.get(code="moprom").options["token_url"]
