"""What the pages let people do, and what they never show."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from citizens.models import Citizen
from citizens.service_requests.models import ServiceRequest
from services_catalog.models import Agency, Lane, Officer, OperatorAction, Outage, Service, ServiceVersion
from tests import factories
from tests.services_catalog.admin.conftest import AgencyRows, make_rows, plan_outage, signed_in
from tests.services_catalog.admin.pages import page

pytestmark = pytest.mark.django_db


def test_a_renamed_agency_is_found_by_its_new_name(superuser: Client, own: AgencyRows) -> None:
    data = {"code": "own", "name_th": "กรม", "name_en": "Zanzibar", "contact_url": "example.go.th"}
    assert superuser.post(page(Agency, "change", own.agency), data).status_code == 302
    assert "zanzibar" in Service.objects.get(pk=own.service.pk).search_words
    assert Agency.objects.get(pk=own.agency.pk).contact_url == "https://example.go.th"


def test_requests_show_no_citizen_and_no_answers(superuser: Client) -> None:
    rows = make_rows("own")
    citizen = rows.request.citizen
    for address in (page(ServiceRequest, "changelist"), page(ServiceRequest, "change", rows.request)):
        text = superuser.get(address).content.decode()
        assert rows.request.receipt_number in text
        assert str(citizen.pk) not in text
        assert "เชียงใหม่" not in text


def test_nobody_changes_or_deletes_a_request(superuser: Client, own: AgencyRows) -> None:
    assert superuser.post(page(ServiceRequest, "change", own.request), {"status": "completed"}).status_code == 403
    assert superuser.post(page(ServiceRequest, "delete", own.request), {"post": "yes"}).status_code == 403
    assert superuser.get(page(ServiceRequest, "add")).status_code == 403
    assert ServiceRequest.objects.get(pk=own.request.pk).status == "received"


def test_the_number_of_a_citizen_is_never_shown(superuser: Client) -> None:
    number = factories.national_id()
    citizen = factories.make_citizen(number)
    for address in (page(Citizen, "changelist"), page(Citizen, "change", citizen)):
        text = superuser.get(address).content.decode()
        assert str(citizen.pk) in text
        assert "thaid" in text
        assert number not in text


def test_central_staff_without_a_role_see_nothing(central_officer: Officer, own: AgencyRows) -> None:
    client = signed_in(central_officer)
    for model in (Agency, Service, ServiceRequest, Citizen, Officer):
        assert client.get(page(model, "changelist")).status_code == 403


def test_central_staff_see_the_rows_of_all_agencies(operator: Client, own: AgencyRows, foreign: AgencyRows) -> None:
    response = operator.get(page(Service, "changelist"))
    assert {row.pk for row in response.context["cl"].result_list} == {own.service.pk, foreign.service.pk}
    assert operator.post(page(Service, "change", own.service), {"name_th": "x"}).status_code == 403


def test_an_officer_who_left_the_staff_is_shut_out(own: AgencyRows) -> None:
    client = signed_in(Officer.objects.create(username="former", is_staff=False, agency=own.agency))
    assert client.get(page(Service, "changelist")).status_code == 302


def test_what_citizens_see_is_written_by_publishing_alone(superuser: Client, own: AgencyRows) -> None:
    assert superuser.post(page(Service, "change", own.service), {"name_th": "อื่น"}).status_code == 403
    assert superuser.get(page(Service, "add")).status_code == 403
    assert Service.objects.get(pk=own.service.pk).name_th == own.service.name_th


def test_versions_are_read_only_for_everybody(superuser: Client, own: AgencyRows) -> None:
    version = own.by_model()[ServiceVersion]
    assert superuser.post(page(ServiceVersion, "change", version), {"number": "9"}).status_code == 403
    assert superuser.post(page(ServiceVersion, "delete", version), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(("language", "heading"), [("th", "บริการ"), ("en", "Services")])
def test_pages_speak_both_languages(superuser: Client, language: str, heading: str) -> None:
    response = superuser.get(page(Service, "changelist"), headers={"accept-language": language})
    assert str(response.context["cl"].opts.verbose_name_plural).capitalize() == heading
    assert f'lang="{language}"' in response.content.decode()


def test_lists_cost_the_same_however_long(superuser: Client) -> None:
    agency = factories.make_agency()
    for model in (Service, Lane, ServiceRequest, Outage, OperatorAction):
        counts = []
        for number in range(2):
            service = factories.make_service(agency, f"{model._meta.model_name}-{number}")
            factories.make_request(factories.make_citizen(), service)
            plan_outage(service)
            counts.append(_queries(superuser, page(model, "changelist")))
        assert counts[0] == counts[1]


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)
