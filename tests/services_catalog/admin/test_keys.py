"""An agency's keys: made anew by its administrators, shown once, and the former ones work until they are withdrawn."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from services_catalog.models import Agency, AgencyCredential
from services_catalog.services.credentials import callback_secrets, credential_by_api_key, outgoing_secret
from tests import factories
from tests.services_catalog.admin.conftest import AgencyRows, make_officer, signed_in
from tests.services_catalog.admin.pages import page

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def administrator(own: AgencyRows) -> Client:
    return signed_in(make_officer("head", "agency_administrator", agency=own.agency))


def address_of(agency: Agency) -> str:
    return reverse("admin:services_catalog_agency_keys", args=[agency.pk])


def press(client: Client, agency: Agency, button: str, **given: str) -> Any:
    return client.post(address_of(agency), {button: "", **given}, headers=ENGLISH)


def credential_of(rows: AgencyRows) -> AgencyCredential:
    return AgencyCredential.objects.get(agency=rows.agency)


def shown(answer: Any) -> str:
    [secret] = re.findall(r"<code>([^<]+)</code>", answer.text)
    return str(secret)


def test_a_new_api_key_works_and_the_former_one_until_it_is_withdrawn(administrator: Client, own: AgencyRows) -> None:
    former = factories.credentials_of(own.agency).api_key
    key = shown(press(administrator, own.agency, "new_api_key"))
    for one in (key, former):
        found = credential_by_api_key(one)
        assert found is not None
        assert found.agency == own.agency
    press(administrator, own.agency, "withdraw_former")
    assert credential_by_api_key(former) is None
    assert credential_by_api_key(key) is not None


def test_a_new_callback_secret_works_beside_the_former_one(administrator: Client, own: AgencyRows) -> None:
    former = factories.credentials_of(own.agency)
    secret = shown(press(administrator, own.agency, "new_callback_secret"))
    assert secret.startswith("whsec_")
    assert callback_secrets(credential_of(own)) == [secret, former.callback_secret]
    press(administrator, own.agency, "withdraw_former")
    assert callback_secrets(credential_of(own)) == [secret]
    assert credential_by_api_key(former.api_key) is not None


def test_an_agency_without_any_gets_its_first(own: AgencyRows) -> None:
    agency = Agency.objects.create(code="young", name_th="กรมใหม่")
    client = signed_in(make_officer("first", "agency_administrator", agency=agency))
    assert client.get(address_of(agency)).status_code == 200
    assert credential_by_api_key(shown(press(client, agency, "new_api_key"))) is not None


def test_the_agency_tells_what_we_show_its_system(administrator: Client, own: AgencyRows) -> None:
    for wrong in ("", "two words", "ความลับ", "line\nbreak"):
        answer = press(administrator, own.agency, "set_outgoing_secret", secret=wrong)
        assert answer.status_code == 200
        assert 'role="alert"' in answer.text
    assert press(administrator, own.agency, "set_outgoing_secret", secret="their-secret").status_code == 302
    assert outgoing_secret(credential_of(own)) == "their-secret"


def test_a_secret_is_shown_once_and_kept_nowhere_readable(administrator: Client, own: AgencyRows) -> None:
    secrets = [shown(press(administrator, own.agency, button)) for button in ("new_api_key", "new_callback_secret")]
    press(administrator, own.agency, "set_outgoing_secret", secret="their-secret")
    pages = [address_of(own.agency), page(Agency, "change", own.agency), page(Agency, "history", own.agency)]
    text = "".join(administrator.get(address, headers=ENGLISH).text for address in pages)
    assert not [one for one in (*secrets, "their-secret") if one in text]
    for done in ("New API key", "New callback secret", "Secret for the agency&#x27;s system set"):
        assert done in text


def test_a_neighbours_keys_are_out_of_reach(administrator: Client, foreign: AgencyRows) -> None:
    before = AgencyCredential.objects.filter(agency=foreign.agency).values().get()
    assert administrator.get(address_of(foreign.agency)).status_code == 403
    for button in ("new_api_key", "new_callback_secret", "withdraw_former", "set_outgoing_secret"):
        assert press(administrator, foreign.agency, button, secret="taken").status_code == 403
    assert AgencyCredential.objects.filter(agency=foreign.agency).values().get() == before


@pytest.mark.parametrize("role", ["editor", "case_handler"])
def test_other_officers_of_the_agency_neither_see_nor_change_them(own: AgencyRows, role: str) -> None:
    client = signed_in(make_officer("somebody", role, agency=own.agency))
    assert client.get(address_of(own.agency)).status_code == 403
    assert press(client, own.agency, "new_api_key").status_code == 403
    assert address_of(own.agency) not in client.get(page(Agency, "change", own.agency)).text


def test_the_platform_sees_which_there_are_and_makes_none(own: AgencyRows) -> None:
    client = signed_in(make_officer("chief", "platform_administrator"))
    assert "new_api_key" not in client.get(address_of(own.agency)).text
    assert press(client, own.agency, "new_api_key").status_code == 403


def test_an_address_of_nobody_leads_nowhere(administrator: Client) -> None:
    for key in ("0190b4a2-0000-7000-8000-000000000000", "x"):
        address = reverse("admin:services_catalog_agency_keys", args=[key])
        assert administrator.get(address).status_code == 403
