"""The password alone opens nothing; the app's code or a recovery code does, once each."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib import admin
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from services_catalog.models import Officer
from tests.superapp.officer_sign_in.conftest import ENGLISH, Desk, app_code, desk_of

pytestmark = pytest.mark.django_db


def test_the_password_alone_opens_no_page(desk: Desk) -> None:
    assert desk.give_password().status_code == 302
    pages = ["/admin/", "/admin/operations/", "/admin/password_change/", "/admin/autocomplete/", "/admin/search/?s=a"]
    pages += [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist") for model in admin.site._registry
    ]
    for address in pages:
        for answer in (desk.client.get(address), desk.client.post(address, {"action": "pause"})):
            assert answer.status_code == 302, address
            assert answer["Location"].startswith("/admin/second-factor/"), address


def test_without_the_password_there_is_no_second_factor_to_set_up() -> None:
    for address in ("/admin/second-factor/", "/admin/second-factor/enrol/"):
        assert Client().get(address)["Location"].startswith("/admin/login/")


def test_the_first_sign_in_sets_it_up(desk: Desk) -> None:
    desk.give_password()
    page = desk.client.get("/admin/", follow=True, headers=ENGLISH).text
    assert "Set up your second factor" in page
    assert 'src="data:image/svg+xml' in page
    codes = desk.enrol()
    assert len(set(codes)) == 10
    assert desk.is_in()


def test_recovery_codes_and_the_secret_are_shown_once(desk: Desk) -> None:
    desk.give_password()
    codes = desk.enrol()
    for address in ("/admin/second-factor/enrol/", "/admin/second-factor/", "/admin/"):
        page = desk.client.get(address, follow=True).text
        assert not [one for one in (desk.secret, *codes) if one in page]


def test_a_secret_that_somebody_saw_before_is_worth_nothing(desk: Desk) -> None:
    desk.give_password()
    seen = desk.client.get("/admin/second-factor/enrol/").context["secret"]
    desk.client.post("/admin/second-factor/enrol/", {"code": "000000"})
    assert TOTPDevice.objects.get().config_url.count(seen.replace(" ", "")) == 1
    desk.enrol()
    assert desk.secret != seen
    assert desk.is_in()


def test_a_code_without_a_secret_is_refused(desk: Desk) -> None:
    desk.give_password()
    assert desk.client.post("/admin/second-factor/enrol/", {"code": "123456"}).status_code == 200
    assert not desk.is_in()


def test_a_wrong_code_sets_nothing_up(desk: Desk) -> None:
    desk.give_password()
    desk.client.get("/admin/second-factor/enrol/")
    answer = desk.client.post("/admin/second-factor/enrol/", {"code": "000000"}, headers=ENGLISH)
    assert "This code is wrong" in answer.text
    assert not desk.is_in()
    assert not TOTPDevice.objects.filter(confirmed=True).exists()


def test_whoever_knows_the_password_cannot_add_an_app_of_their_own(desk: Desk) -> None:
    desk.give_password()
    desk.enrol()
    thief = Desk(desk.officer, Client())
    thief.give_password()
    for answer in (
        thief.client.get("/admin/second-factor/enrol/"),
        thief.client.post("/admin/second-factor/enrol/", {"code": "000000"}),
    ):
        assert answer["Location"] == "/admin/second-factor/"
    assert TOTPDevice.objects.count() == 1


def test_later_sign_ins_ask_for_the_apps_code_and_lead_on(desk: Desk) -> None:
    desk.give_password()
    desk.enrol()
    again = Desk(desk.officer, Client())
    again.give_password()
    asked = again.client.get("/admin/services_catalog/agency/?q=x")
    assert asked["Location"] == "/admin/second-factor/?next=%2Fadmin%2Fservices_catalog%2Fagency%2F%3Fq%3Dx"
    key = again.client.session.session_key
    answer = again.give_code(app_code(desk.officer, later=1), next="/admin/services_catalog/agency/?q=x")
    assert answer["Location"] == "/admin/services_catalog/agency/?q=x"
    assert again.client.session.session_key != key
    assert again.is_in()


def test_it_leads_on_to_our_own_pages_alone(desk: Desk) -> None:
    desk.give_password()
    desk.enrol()
    again = Desk(desk.officer, Client())
    again.give_password()
    answer = again.give_code(app_code(desk.officer, later=1), next="https://evil.example/")
    assert answer["Location"] == "/admin/"


def test_a_code_works_once(desk: Desk) -> None:
    desk.give_password()
    codes = desk.enrol()
    for code in (app_code(desk.officer, later=1), codes[0]):
        first, second = Desk(desk.officer, Client()), Desk(desk.officer, Client())
        for one in (first, second):
            one.give_password()
            one.give_code(code)
        assert (first.is_in(), second.is_in()) == (True, False)


def test_a_recovery_code_is_read_as_people_type_it_and_says_how_many_are_left(desk: Desk) -> None:
    desk.give_password()
    code = desk.enrol()[3]
    again = Desk(desk.officer, Client())
    again.give_password()
    again.give_code(f" {code[:4].upper()} {code[4:]} ")
    assert "9 recovery codes are left." in again.client.get("/admin/", headers=ENGLISH).text


def test_guessing_is_slowed_down(desk: Desk) -> None:
    desk.give_password()
    desk.enrol()
    again = Desk(desk.officer, Client())
    again.give_password()
    for guess in ("000001", "000002", "000003"):
        again.give_code(guess)
    assert "wait a moment" in again.give_code(app_code(desk.officer, later=1)).text
    assert not again.is_in()
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
        again.give_code(app_code(desk.officer))
    assert again.is_in()


@pytest.mark.parametrize("code", ["", "abc", "๑๒๓๔๕๖", "1234567", "x" * 30, "-12345", "1e5\u200b"])
def test_what_is_no_code_is_refused(desk: Desk, code: str) -> None:
    desk.give_password()
    desk.enrol()
    again = Desk(desk.officer, Client())
    again.give_password()
    assert again.give_code(code).status_code == 200
    assert not again.is_in()


def test_a_colleagues_code_is_worth_nothing(desk: Desk) -> None:
    colleague = desk_of("malee")
    for one in (desk, colleague):
        one.give_password()
        codes = one.enrol()
    again = Desk(desk.officer, Client())
    again.give_password()
    again.give_code(codes[0])
    assert not again.is_in()


def test_an_administrator_resets_it_and_the_history_says_so(desk: Desk) -> None:
    colleague = desk_of("malee", roles=["operator"])
    for one in (desk, colleague):
        one.give_password()
        one.enrol()
    data = {"action": "reset_second_factor", "_selected_action": str(colleague.officer.pk)}
    asked = desk.client.post("/admin/services_catalog/officer/", data, headers=ENGLISH)
    assert 'name="reason"' in asked.text
    assert colleague.is_in()
    desk.client.post("/admin/services_catalog/officer/", {**data, "confirmed": "1", "reason": "she lost her phone"})
    assert not colleague.is_in()
    history = desk.client.get(f"/admin/services_catalog/officer/{colleague.officer.pk}/history/", headers=ENGLISH)
    assert "she lost her phone" in history.text
    assert len(colleague.enrol()) == 10
    assert colleague.is_in()


def test_the_last_administrator_is_rescued_from_the_command_line(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.give_password()
    desk.enrol()
    call_command("officer_second_factor_reset", "somchai")
    assert "somchai" in capsys.readouterr().out
    assert not desk.is_in()
    assert desk.enrol()
    with pytest.raises(CommandError, match="no officer nobody"):
        call_command("officer_second_factor_reset", "nobody")


def test_nothing_that_opens_a_door_is_logged(desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    desk.give_password("a wrong password")
    desk.give_password()
    codes = desk.enrol()
    desk.give_code("135790")
    logged = capfd.readouterr()
    assert not [
        one
        for one in (desk.secret, desk.secret.replace(" ", ""), "a wrong password", "135790", *codes)
        if one in logged.out + logged.err
    ]


def test_the_sandbox_goes_without(desk: Desk, settings: Settings) -> None:
    settings.OFFICER_SECOND_FACTOR_REQUIRED = False
    desk.give_password()
    assert desk.is_in()


@pytest.mark.parametrize(("language", "words"), [("th", "ตั้งค่าปัจจัยที่สอง"), ("en", "Set up your second factor")])
def test_it_speaks_both_languages(desk: Desk, language: str, words: str) -> None:
    desk.give_password()
    assert words in desk.client.get("/admin/", follow=True, headers={"accept-language": language}).text


def test_an_officer_who_is_deactivated_is_out_at_once(desk: Desk) -> None:
    desk.give_password()
    desk.enrol()
    Officer.objects.update(is_active=False)
    assert not desk.is_in()
