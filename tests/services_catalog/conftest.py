from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from services_catalog.models import Agency, Service
from services_catalog.search import index_fields
from services_catalog.services.demo_catalogue import demo_catalogue_load


@pytest.fixture(scope="module")
def demo_catalogue(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[Service]]:
    """The demo catalogue, loaded once for the tests of a module and gone after them; they only read."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield demo_catalogue_load()
        transaction.set_rollback(True)


@pytest.fixture
def an_agency(db: None) -> Agency:
    return Agency.objects.create(code="office", name_th="สำนักงานทดสอบ", ministry_th="กระทรวงทดสอบ")


@pytest.fixture
def draft(an_agency: Agency) -> Service:
    """An unpublished service without a version."""
    return make_draft(an_agency, "draft")


def make_draft(agency: Agency, code: str) -> Service:
    service = Service(
        code=code,
        agency=agency,
        name_th=f"บริการทดสอบ {code}",
        adapter="rest_json",
        adapter_options={"submit_url": "https://agency.example.go.th/cases"},
    )
    index_fields(service)
    service.save()
    return service
