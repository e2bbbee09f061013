"""What people and programs are shown where there is nothing."""

import pytest
from django.test import Client

from services_catalog.models import Officer

pytestmark = pytest.mark.django_db


def test_officers_get_a_page_in_both_languages() -> None:
    client = Client()
    client.force_login(Officer.objects.create(username="root", is_staff=True, is_superuser=True))
    answer = client.get("/admin/nothing/here/")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")
    assert "ไม่พบข้อมูล · Not found" in answer.text


def test_programs_get_a_problem() -> None:
    answer = Client().get("/api/v1/nothing")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"
