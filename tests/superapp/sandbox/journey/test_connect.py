"""Connecting a catalogue to the sandbox, and what people who try the API with curl use."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from citizens.identity.tokens import access_token_check
from citizens.models import Citizen
from services_catalog.models import Agency, Service, ServiceVersion
from services_catalog.search import index_fields
from services_catalog.services.credentials import credential_by_api_key
from superapp.sandbox.agencies.behaviours import AgencyKind
from superapp.sandbox.credentials import agency_credentials
from superapp.sandbox.journey.connect import connect
from superapp.sandbox.ports import agency_ports

pytestmark = pytest.mark.django_db


def national_list(names: list[tuple[str, str]]) -> None:
    agency = Agency.objects.create(code="AGY001", name_th="กรมทดสอบ")
    for number, (name, status) in enumerate(names):
        service = Service(code=f"SVC{number:04d}", agency=agency, name_th=name, source_status=status)
        index_fields(service)
        service.save()


def test_live_services_are_published_up_to_the_cap_driving_licences_first(settings: Settings) -> None:
    settings.PUBLISHED_SERVICES_CAP = 2
    national_list([("บริการ ก", "STA01"), ("บริการ ข", "STA02"), ("ต่ออายุใบอนุญาตขับรถ", "STA01"), ("บริการ ค", "STA01")])
    connect(base_port=9000)
    published = Service.objects.published().values_list("code", flat=True)
    assert set(published) == {"SVC0000", "SVC0002"}


def test_each_kind_of_agency_gets_its_share_and_its_secrets(settings: Settings) -> None:
    national_list([(f"บริการ {number}", "STA01") for number in range(len(AgencyKind) * 2)])
    connect(base_port=9000)
    ports = [int(one.adapter_options["submit_url"].split(":")[2].split("/")[0]) for one in Service.objects.published()]
    assert sorted(ports) == sorted([*agency_ports(9000, AgencyKind).values()] * 2)
    secrets = agency_credentials("AGY001", secret=settings.SANDBOX_SECRET)
    credential = credential_by_api_key(secrets.api_key)
    assert credential is not None
    assert credential.agency.code == "AGY001"


def test_connecting_again_changes_nothing() -> None:
    national_list([("ต่ออายุใบอนุญาตขับรถ", "STA01"), ("บริการ ก", "STA01")])
    connect(base_port=9000)
    before = list(Service.objects.values_list("code", "updated_at", "current_version"))
    connect(base_port=9000)
    assert list(Service.objects.values_list("code", "updated_at", "current_version")) == before
    assert ServiceVersion.objects.count() == 2


def test_sandbox_token_prints_a_token_of_that_citizen() -> None:
    printed = StringIO()
    call_command("sandbox_token", citizen="1234567890121", stdout=printed)
    signed_in = access_token_check(printed.getvalue().strip())
    assert Citizen.objects.get().pk == signed_in.id
    assert str(signed_in.assurance.ial) == "2.3"


def test_sandbox_token_can_be_that_of_a_weak_sign_in() -> None:
    printed = StringIO()
    call_command("sandbox_token", citizen="1234567890121", ial="1.1", stdout=printed)
    assert str(access_token_check(printed.getvalue().strip()).assurance.ial) == "1.1"


def test_sandbox_token_refuses_a_number_with_a_wrong_check_digit() -> None:
    with pytest.raises(CommandError):
        call_command("sandbox_token", citizen="1234567890123")
    assert not Citizen.objects.exists()
