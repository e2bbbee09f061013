"""Services go online and off from their list; the cap holds here as well."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from rest_framework.test import APIClient

from services_catalog.models import Agency, Officer, Service, ServiceDraft
from tests.counterparts import RECEIPT, http_server
from tests.services_catalog.admin.conftest import AgencyRows, make_officer, signed_in
from tests.services_catalog.admin.pages import page
from tests.services_catalog.drafting import COMPLETE, approve, make_reviewer, write

pytestmark = pytest.mark.django_db

CHANGELIST = reverse("admin:services_catalog_service_changelist")


def run(client: Client, action: str, *services: Service, language: str = "en") -> str:
    data = {"action": action, "_selected_action": [str(service.pk) for service in services]}
    return client.post(CHANGELIST, data, follow=True, headers={"accept-language": language}).text


def is_live(service: Service) -> bool:
    seen = APIClient().get(f"/api/v1/services/{service.code}").status_code == 200
    assert seen == (Service.objects.get(pk=service.pk).publication == "published")
    return seen


@pytest.fixture
def approved(editor: Client, own: AgencyRows) -> Iterator[ServiceDraft]:
    """The own agency's draft, complete and approved."""
    Agency.objects.filter(pk=own.agency.pk).update(contact_phone="1584")
    officer = Officer.objects.get(username="editor")
    with http_server(RECEIPT) as theirs:
        draft = write(own.service.draft, officer, **COMPLETE, adapter_options={"submit_url": theirs.url})
        yield approve(draft, officer, make_reviewer())


def test_an_editor_takes_a_service_off_and_puts_it_online_again(
    editor: Client, own: AgencyRows, approved: ServiceDraft
) -> None:
    assert "1 services unpublished." in run(editor, "unpublish", own.service)
    assert not is_live(own.service)
    assert "1 services published." in run(editor, "publish", own.service)
    assert is_live(own.service)
    history = editor.get(page(Service, "history", own.service), headers={"accept-language": "en"}).text
    assert history.count("Unpublished</del> → <ins>Published") == 2, "also as the test's service was made"
    assert history.count("Published</del> → <ins>Unpublished") == 1


def test_one_more_than_the_cap_is_refused_with_a_reason(
    editor: Client, own: AgencyRows, approved: ServiceDraft, settings: Settings
) -> None:
    run(editor, "unpublish", own.service)
    settings.PUBLISHED_SERVICES_CAP = 0
    assert "the cap is 0: unpublish one first" in run(editor, "publish", own.service)
    assert "จากที่เปิดได้ 0 บริการ" in run(editor, "publish", own.service, language="th")
    assert not is_live(own.service)


def test_what_nobody_approved_is_refused(editor: Client, own: AgencyRows) -> None:
    draft = Service.objects.create(code="own-draft", agency=own.agency, name_th="ร่าง")
    assert "own-draft: the draft is not approved." in run(editor, "publish", draft)
    assert not is_live(draft)


def test_officers_without_the_role_publish_nothing(own: AgencyRows) -> None:
    handler = signed_in(make_officer("handler", "case_handler", agency=own.agency))
    run(handler, "unpublish", own.service)
    assert is_live(own.service)


def test_a_neighbours_service_is_out_of_reach(editor: Client, own: AgencyRows, foreign: AgencyRows) -> None:
    run(editor, "unpublish", foreign.service)
    assert is_live(foreign.service)
