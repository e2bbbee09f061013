"""The table itself; what comes of it in the admin: tests/services_catalog/admin/test_rights_matrix.py."""

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser

from services_catalog.models import AgencyCredential, Officer, ServiceStats
from services_catalog.rights import RIGHTS, may


def test_it_names_models_that_are_there_and_every_role() -> None:
    assert [label for label in RIGHTS if apps.get_model(label)._meta.label_lower != label] == []
    assert {role for roles in RIGHTS.values() for role in roles} == set(Officer.Role)


def test_nobody_may_change_or_delete_without_seeing() -> None:
    assert [verbs for roles in RIGHTS.values() for verbs in roles.values() if "view" not in verbs] == []


def test_several_roles_add_up() -> None:
    both = Officer(is_staff=True, roles=["editor", "agency_administrator"])
    assert may(both, "rotate", AgencyCredential)
    assert not may(Officer(is_staff=True, roles=["editor"]), "rotate", AgencyCredential)


def test_a_model_that_is_not_named_is_for_superusers_alone() -> None:
    assert ServiceStats._meta.label_lower not in RIGHTS
    for role in Officer.Role:
        assert not may(Officer(is_staff=True, roles=[role]), "view", ServiceStats)
    assert may(Officer(is_staff=True, is_superuser=True), "view", ServiceStats)


def test_superusers_may_nothing_that_nobody_may() -> None:
    assert not may(Officer(is_staff=True, is_superuser=True), "delete", AgencyCredential)


@pytest.mark.parametrize("fields", [{"is_staff": False}, {"is_active": False}])
def test_who_has_left_may_nothing(fields: dict[str, bool]) -> None:
    former = Officer(**{"is_staff": True, "is_superuser": True, "roles": ["operator"], **fields})
    assert not may(former, "view", Officer)
    assert not may(AnonymousUser(), "view", Officer)


def test_djangos_own_permissions_grant_nothing() -> None:
    operator = Officer(is_staff=True, roles=["operator"])
    assert not operator.has_perm("services_catalog.view_lane")
    assert not operator.has_module_perms("services_catalog")
