"""What operators did can be read by whom it concerns, and changed by nobody."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from django.test import Client

from services_catalog.admin.action_names import ACTION_NAMES
from services_catalog.models import OperatorAction
from tests.services_catalog.admin.conftest import AgencyRows
from tests.services_catalog.admin.pages import page

pytestmark = pytest.mark.django_db
LIST = page(OperatorAction, "changelist")


def test_it_says_who_did_what_to_which_and_why(agency_officer: Client, own: AgencyRows, foreign: AgencyRows) -> None:
    text = agency_officer.get(LIST, headers={"accept-language": "en"}).text
    for words in ("somebody of the platform", "Outage planned", "own-licence", "they move own-licence"):
        assert words in text
    assert "foreign-licence" not in text


def test_it_is_found_by_what_it_is_about_and_by_kind(superuser: Client, own: AgencyRows, foreign: AgencyRows) -> None:
    for query in ({"q": "own-licence"}, {"agency__id__exact": str(own.agency.pk)}):
        assert [row.pk for row in superuser.get(LIST, query).context["cl"].result_list] == [own.action.pk]
    assert not superuser.get(LIST, {"action": "lane_pause"}).context["cl"].result_list
    assert len(superuser.get(LIST, {"action": "outage_announce"}).context["cl"].result_list) == 2


def test_nobody_changes_it(superuser: Client, own: AgencyRows) -> None:
    assert superuser.post(page(OperatorAction, "change", own.action), {"reason": "another"}).status_code == 403
    assert superuser.post(page(OperatorAction, "delete", own.action), {"post": "yes"}).status_code == 403
    assert superuser.get(page(OperatorAction, "add")).status_code == 403
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        OperatorAction.objects.filter(pk=own.action.pk).update(reason="another")


def test_every_action_has_a_name() -> None:
    sources = [
        *Path(settings.BASE_DIR, "services_catalog", "services").glob("*.py"),
        Path(settings.BASE_DIR, "citizens", "service_requests", "operating.py"),
    ]
    written = {
        name
        for path in sources
        for name in re.findall(r'"((?:lane|outage|request)_(?!_)[a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert written >= {"lane_pause", "outage_force", "request_requeue"}
    assert written - ACTION_NAMES.keys() == set()
