"""Pages about citizens say what their digital IDs are called."""

from typing import Any

import pytest
from django.test import Client

from citizens.models import Citizen, HeldIdentity, IdentityProvider
from superapp.sandbox.identity.codes import ProviderCode
from tests.citizens.provider_admin.conftest import make_sandbox_row
from tests.factories import make_held
from tests.services_catalog.admin.conftest import make_officer, signed_in
from tests.services_catalog.admin.pages import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def held() -> HeldIdentity:
    """A citizen with ThaID, whose Mor Prom is held."""
    for provider in (ProviderCode.THAID, ProviderCode.MOPROM):
        make_sandbox_row(provider, "https://id.example")
    return make_held()


@pytest.fixture
def operator() -> Client:
    return signed_in(make_officer("watch", "operator"))


def text_of(client: Client, address: str, language: str) -> str:
    answer: Any = client.get(address, headers={"accept-language": language})
    assert answer.status_code == 200
    return str(answer.text)


@pytest.mark.parametrize(
    ("language", "thaid", "moprom"),
    [("th", "ThaID (จำลอง)", "หมอพร้อม (จำลอง)"), ("en", "ThaID (sandbox)", "Mor Prom (sandbox)")],
)
def test_digital_ids_have_names_in_the_language_of_who_reads(
    held: HeldIdentity, operator: Client, language: str, thaid: str, moprom: str
) -> None:
    assert thaid in text_of(operator, page(Citizen, "changelist"), language)
    of_citizen = text_of(operator, page(Citizen, "change", held.citizen), language)
    assert thaid in of_citizen
    assert moprom in of_citizen, "as an event"
    assert moprom in text_of(operator, page(HeldIdentity, "changelist"), language)
    both_sides = text_of(operator, page(HeldIdentity, "change", held), language)
    assert thaid in both_sides
    assert moprom in both_sides


def test_one_whose_row_is_gone_is_told_by_its_code(held: HeldIdentity, operator: Client) -> None:
    IdentityProvider.objects.all().delete()
    assert ">thaid</td>" in text_of(operator, page(Citizen, "changelist"), "en")
    assert ">moprom</td>" in text_of(operator, page(HeldIdentity, "changelist"), "en")


def test_lists_ask_no_more_for_more_rows(
    held: HeldIdentity, operator: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        make_held()
    for model in (Citizen, HeldIdentity):
        with django_assert_max_num_queries(10):
            text_of(operator, page(model, "changelist"), "en")
