"""Who makes officers, and which rights they give: never more than those of their side, and none to themselves."""

from typing import Any

import pytest
from django.test import Client

from services_catalog.models import Officer
from tests.services_catalog.admin.conftest import AgencyRows, make_officer, signed_in
from tests.services_catalog.admin.pages import page

pytestmark = pytest.mark.django_db

PASSWORDS = {"password1": "a new long password", "password2": "a new long password"}


@pytest.fixture
def agency_administrator(own: AgencyRows) -> Client:
    return signed_in(make_officer("head", "agency_administrator", agency=own.agency))


@pytest.fixture
def platform_administrator(db: None) -> Client:
    return signed_in(make_officer("chief", "platform_administrator"))


def add(client: Client, **given: Any) -> Any:
    return client.post(
        page(Officer, "add"), {"username": "new", **PASSWORDS, **given}, headers={"accept-language": "en"}
    )


def change(client: Client, officer: Officer, **given: Any) -> Any:
    data = {"username": officer.username, "is_active": "on", "roles": officer.roles, **given}
    return client.post(page(Officer, "change", officer), data, headers={"accept-language": "en"})


def now_of(officer: Officer) -> Officer:
    return Officer.objects.get(pk=officer.pk)


def test_an_agencys_administrator_makes_officers_of_the_own_agency(
    agency_administrator: Client, own: AgencyRows, foreign: AgencyRows
) -> None:
    smuggled = {"agency": str(foreign.agency.pk), "is_superuser": "on"}
    assert add(agency_administrator, roles=["editor", "case_handler"], **smuggled).status_code == 302
    made = Officer.objects.get(username="new")
    assert (made.agency, made.roles, made.is_superuser) == (own.agency, ["editor", "case_handler"], False)
    new_one = Client()
    new_one.post("/admin/login/?next=/admin/", {"username": "new", "password": PASSWORDS["password1"]})
    assert new_one.get("/admin/").status_code == 200


@pytest.mark.parametrize("role", ["platform_administrator", "platform_reviewer", "operator", "emperor"])
def test_an_agencys_administrator_gives_roles_of_agencies_alone(
    agency_administrator: Client, own: AgencyRows, role: str
) -> None:
    assert "not one of the available choices" in add(agency_administrator, roles=[role]).text
    assert not Officer.objects.filter(username="new").exists()
    assert "not one of the available choices" in change(agency_administrator, own.officer, roles=[role]).text
    assert now_of(own.officer).roles == ["editor"]


def test_an_officer_stays_with_the_agency(agency_administrator: Client, own: AgencyRows, foreign: AgencyRows) -> None:
    smuggled = {"agency": str(foreign.agency.pk), "is_superuser": "on", "is_staff": ""}
    assert change(agency_administrator, own.officer, roles=["case_handler"], **smuggled).status_code == 302
    changed = now_of(own.officer)
    assert (changed.agency, changed.roles) == (own.agency, ["case_handler"])
    assert (changed.is_superuser, changed.is_staff) == (False, True)


def test_a_deactivated_officer_is_shut_out(agency_administrator: Client, own: AgencyRows) -> None:
    client = signed_in(own.officer)
    assert client.get("/admin/").status_code == 200
    change(agency_administrator, own.officer, is_active="")
    assert client.get("/admin/").status_code == 302


def test_a_neighbours_password_is_out_of_reach(agency_administrator: Client, foreign: AgencyRows) -> None:
    address = f"/admin/services_catalog/officer/{foreign.officer.pk}/password/"
    assert agency_administrator.get(address).status_code in (403, 404)
    assert agency_administrator.post(address, PASSWORDS).status_code in (403, 404)
    assert not now_of(foreign.officer).check_password(PASSWORDS["password1"])


@pytest.mark.parametrize(
    ("role", "of_agency"), [("editor", False), ("operator", True), ("agency_administrator", False)]
)
def test_roles_fit_the_employer(platform_administrator: Client, own: AgencyRows, role: str, of_agency: bool) -> None:
    answer = add(platform_administrator, roles=[role], agency=str(own.agency.pk) if of_agency else "")
    assert "Officers of an agency have an agency&#x27;s roles" in answer.text
    assert not Officer.objects.filter(username="new").exists()


def test_the_platforms_administrator_makes_officers_of_both_sides(
    platform_administrator: Client, own: AgencyRows
) -> None:
    assert add(platform_administrator, roles=["operator"]).status_code == 302
    data = {"username": "new-too", "roles": ["agency_administrator"], "agency": str(own.agency.pk)}
    assert add(platform_administrator, **data).status_code == 302
    assert Officer.objects.get(username="new").agency is None
    assert Officer.objects.get(username="new-too").agency == own.agency


def test_only_superusers_make_or_touch_a_superuser(platform_administrator: Client, superuser: Client) -> None:
    somebody, root = make_officer("somebody", "operator"), Officer.objects.get(username="root")
    change(platform_administrator, somebody, is_superuser="on")
    assert not now_of(somebody).is_superuser
    assert change(platform_administrator, root, is_active="").status_code == 403
    assert platform_administrator.get(page(Officer, "change", root)).status_code == 200
    address = f"/admin/services_catalog/officer/{root.pk}/password/"
    assert platform_administrator.post(address, PASSWORDS).status_code == 403
    data = {"action": "reset_second_factor", "_selected_action": str(root.pk), "confirmed": "1", "reason": "why not"}
    platform_administrator.post(page(Officer, "changelist"), data)
    assert "why not" not in superuser.get(page(Officer, "history", root)).text
    change(superuser, somebody, is_superuser="on")
    assert now_of(somebody).is_superuser


@pytest.mark.parametrize("who", ["head", "chief"])
def test_nobody_changes_their_own_rights(
    agency_administrator: Client, platform_administrator: Client, own: AgencyRows, who: str
) -> None:
    client = {"head": agency_administrator, "chief": platform_administrator}[who]
    officer = Officer.objects.get(username=who)
    more = {"roles": ["agency_administrator", "editor"], "agency": str(own.agency.pk), "is_superuser": "on"}
    assert change(client, officer, first_name="Somsri", **more).status_code == 302
    changed = now_of(officer)
    assert changed.first_name == "Somsri"
    assert (changed.roles, changed.agency, changed.is_superuser) == (officer.roles, officer.agency, False)


def test_weak_passwords_are_refused(agency_administrator: Client) -> None:
    for weak in ("short", "98989898989898", "password1234", "new"):
        assert add(agency_administrator, password1=weak, password2=weak).status_code == 200
    assert not Officer.objects.filter(username="new").exists()


def test_officers_are_found_by_their_role(platform_administrator: Client, own: AgencyRows) -> None:
    for role, found in {
        "editor": {own.officer.username},
        "platform_administrator": {"chief"},
        "operator": set(),
    }.items():
        answer = platform_administrator.get(page(Officer, "changelist"), {"role": role})
        assert {one.username for one in answer.context["cl"].result_list} == found
