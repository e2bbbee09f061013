"""Officers put services online and take them off; the cap holds here as well."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from rest_framework.test import APIClient

from services_catalog.models import Service
from tests.services_catalog.admin.conftest import AgencyRows
from tests.services_catalog.admin.pages import page

pytestmark = pytest.mark.django_db

CHANGELIST = reverse("admin:services_catalog_service_changelist")


def run(client: Client, action: str, *services: Service, language: str = "en") -> str:
    data = {"action": action, "_selected_action": [str(service.pk) for service in services]}
    return client.post(CHANGELIST, data, follow=True, headers={"accept-language": language}).text


def is_live(service: Service) -> bool:
    seen = APIClient().get(f"/api/v1/services/{service.code}").status_code == 200
    assert seen == (Service.objects.get(pk=service.pk).publication == "published")
    return seen


def test_an_officer_takes_a_service_off_and_puts_it_online_again(agency_officer: Client, own: AgencyRows) -> None:
    assert "1 services unpublished." in run(agency_officer, "unpublish", own.service)
    assert not is_live(own.service)
    assert "1 services published." in run(agency_officer, "publish", own.service)
    assert is_live(own.service)
    history = agency_officer.get(page(Service, "history", own.service), headers={"accept-language": "en"}).text
    assert history.count("Unpublished</del> → <ins>Published") == 2, "also as the test's service was made"
    assert history.count("Published</del> → <ins>Unpublished") == 1


def test_one_more_than_the_cap_is_refused_with_a_reason(
    agency_officer: Client, own: AgencyRows, settings: Settings
) -> None:
    run(agency_officer, "unpublish", own.service)
    settings.PUBLISHED_SERVICES_CAP = 0
    assert "the cap is 0: unpublish one first" in run(agency_officer, "publish", own.service)
    assert "จากที่เปิดได้ 0 บริการ" in run(agency_officer, "publish", own.service, language="th")
    assert not is_live(own.service)


def test_a_service_without_a_form_is_refused(agency_officer: Client, own: AgencyRows) -> None:
    draft = Service.objects.create(code="own-draft", agency=own.agency, name_th="ร่าง")
    assert "own-draft: there is no form yet." in run(agency_officer, "publish", draft)
    assert not is_live(draft)


def test_a_neighbours_service_is_out_of_reach(agency_officer: Client, own: AgencyRows, foreign: AgencyRows) -> None:
    run(agency_officer, "unpublish", foreign.service)
    assert is_live(foreign.service)
