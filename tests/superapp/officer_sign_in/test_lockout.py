"""Wrong passwords: a name is refused from that address for a while, and from no other."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from superapp.settings import officers
from tests.superapp.officer_sign_in.conftest import PASSWORD, Desk, desk_of

pytestmark = pytest.mark.django_db


def guess(desk: Desk, times: int, **how: str) -> list[int]:
    return [desk.give_password(f"wrong {number}", **how).status_code for number in range(times)]


def test_the_fifth_wrong_password_locks_the_name_out(desk: Desk) -> None:
    assert guess(desk, 5) == [200, 200, 200, 200, 429]
    locked = desk.give_password()
    assert locked.status_code == 429
    assert "Nobody can sign in with this name from your address for 15 minutes." in locked.text
    assert locked["Retry-After"] == "900"
    assert not desk.client.session.keys()


def test_another_browser_on_that_address_is_locked_out_as_well(desk: Desk) -> None:
    guess(desk, 5, HTTP_USER_AGENT="one")
    assert Desk(desk.officer, Client()).give_password(HTTP_USER_AGENT="another").status_code == 429


def test_a_stranger_locks_out_no_officer_who_sits_elsewhere(desk: Desk, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    guess(desk, 6, HTTP_X_FORWARDED_FOR="203.0.113.9")
    officer = Desk(desk.officer, Client())
    assert officer.give_password(HTTP_X_FORWARDED_FOR="198.51.100.7").status_code == 302


def test_another_address_of_the_same_network_is_locked_out_as_well(desk: Desk) -> None:
    for number in range(5):
        desk.give_password("wrong", REMOTE_ADDR=f"2001:db8::{number}")
    assert desk.give_password(REMOTE_ADDR="2001:db8::99").status_code == 429
    assert desk.give_password(REMOTE_ADDR="2001:db8:0:1::99").status_code == 302


def test_a_made_up_address_is_not_believed(desk: Desk) -> None:
    for number in range(5):
        desk.give_password("wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
    assert desk.give_password(HTTP_X_FORWARDED_FOR="203.0.113.99").status_code == 429


def test_a_colleague_in_the_same_office_signs_in(desk: Desk) -> None:
    guess(desk, 5)
    assert desk_of("malee").give_password().status_code == 302


def test_it_is_over_after_a_while_however_often_somebody_tried(desk: Desk) -> None:
    guess(desk, 5)
    with time_machine.travel(timezone.now() + timedelta(minutes=14), tick=True):
        assert desk.give_password().status_code == 429
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=True):
        assert desk.give_password().status_code == 302


def test_a_right_password_forgives_the_wrong_ones(desk: Desk) -> None:
    guess(desk, 4)
    assert desk.give_password().status_code == 302
    assert guess(Desk(desk.officer, Client()), 4) == [200] * 4


def test_it_says_the_same_of_names_that_nobody_has(desk: Desk) -> None:
    """Else the page tells who works here."""
    desk.officer.username = "nobody"
    assert guess(desk, 5) == [200, 200, 200, 200, 429]


def test_it_speaks_thai(desk: Desk) -> None:
    guess(desk, 5)
    data = {"username": "somchai", "password": "wrong"}
    page = desk.client.post("/admin/login/", data, headers={"accept-language": "th"})
    assert "ใส่รหัสผ่านผิดหลายครั้งเกินไป" in page.text


def test_passwords_are_kept_by_argon2(desk: Desk, settings: Settings) -> None:
    """The suite itself hashes more cheaply."""
    settings.PASSWORD_HASHERS = officers.PASSWORD_HASHERS
    desk.officer.set_password(PASSWORD)
    desk.officer.save()
    assert desk.officer.password.startswith("argon2$argon2id$")
    assert desk.give_password().status_code == 302
