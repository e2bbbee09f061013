"""What is offered while one types."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from services_catalog.models import Service, ServiceVersion
from services_catalog.search import suggest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_catalogue")]


@pytest.fixture(autouse=True)
def published(demo_catalogue: list[Service]) -> None:
    for version in ServiceVersion.objects.all():
        Service.objects.filter(pk=version.service_id).update(publication="published", current_version=version)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ใบขับ", "ใบอนุญาตขับรถ"),
        ("พาสป", "หนังสือเดินทาง"),
        ("หนังสือเดินท", "หนังสือเดินทาง"),
        ("passp", "หนังสือเดินทาง"),
        ("unemplo", "ว่างงาน"),
        ("เครื่องหมายก", "เครื่องหมายการค้า"),
    ],
)
def test_the_beginning_of_a_word_is_enough(typed: str, expected: str) -> None:
    assert any(expected in service.name_th for service in suggest(typed, limit=3))


def test_no_more_than_the_limit_and_nothing_for_nothing() -> None:
    assert len(suggest("ขอ", limit=4)) == 4
    assert len(suggest("ขอ")) == 8
    assert suggest(" \u200b") == []


def test_only_published_services_are_suggested() -> None:
    Service.objects.filter(name_th__contains="หนังสือเดินทาง").update(publication="unpublished")
    assert not any("หนังสือเดินทาง" in service.name_th for service in suggest("พาสปอร์ต"))


def test_agency_and_category_need_no_more_queries() -> None:
    services = suggest("พาสปอร์ต")
    with CaptureQueriesContext(connection) as captured:
        assert all(service.agency.name_th and service.category for service in services)
    assert len(captured) == 0
