"""A session ends when nobody uses it, and not before."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from tests.superapp.officer_sign_in.conftest import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(desk: Desk) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        desk.give_password()
        desk.enrol()
        yield clock


def test_half_an_hour_without_a_page_ends_it(desk: Desk, clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(minutes=31))
    assert desk.client.get("/admin/")["Location"].startswith("/admin/login/")


def test_every_page_prolongs_it(desk: Desk, clock: time_machine.Traveller) -> None:
    for _page in range(3):
        clock.shift(timedelta(minutes=29))
        assert desk.is_in()


def test_a_page_that_renews_itself_does_not(desk: Desk, clock: time_machine.Traveller) -> None:
    for _minute in range(31):
        clock.shift(timedelta(minutes=1))
        answer = desk.client.get("/admin/", headers={"X-Renews-Itself": "1"})
    assert answer["Location"].startswith("/admin/login/")


def test_the_api_has_no_session(db: None) -> None:
    answer = Client().get("/api/v1/services")
    assert "sessionid" not in answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")
