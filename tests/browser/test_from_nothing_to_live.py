"""From nothing to live, walked as three people: an editor, a reviewer, a citizen. In both languages."""

import json
from collections.abc import Iterator

import pytest
from rest_framework.test import APIClient

from citizens.service_requests.routing.drain import drain_lane
from services_catalog.models import Agency, Service
from tests.browser.conftest import SignIn
from tests.browser.walk import Hands, Take, change_form, publish, register, review
from tests.citizens.service_requests.submitting import submission, submit
from tests.counterparts import RECEIPT, Counterpart, http_server
from tests.services_catalog.drafting import make_editor, make_reviewer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CODE = "dlt-plate-reservation"


@pytest.fixture
def their_system() -> Iterator[Counterpart]:
    with http_server(RECEIPT) as counterpart:
        yield counterpart


@pytest.mark.parametrize("language", ["en", "th"])
def test_from_nothing_to_live(
    language: str,
    agency: Agency,
    api: APIClient,
    anonymous: APIClient,
    their_system: Counterpart,
    sign_in: SignIn,
    take: Take,
    complaints: list[str],
) -> None:
    editor = Hands(sign_in(make_editor(agency), language), language)
    reviewer = sign_in(make_reviewer(), language)

    register(editor, CODE, their_system.url, take)
    assert editor.done < 25
    take(editor.page, "submitted")
    service = Service.objects.get(code=CODE)
    assert service.draft.lifecycle == "submitted"
    assert anonymous.get(f"/api/v1/services/{CODE}").status_code == 404

    review(reviewer, take, "review", "Reserve a number for a new car.", "plate: ทะเบียน / Plate")
    publish(editor.page, service.pk)
    take(editor.page, "published")
    assert anonymous.get(f"/api/v1/services/{CODE}").json()["version"] == 1

    assert submit(api, submission({"plate": "กก 1"}, service=CODE)).status_code == 202
    drain_lane(service.pk)
    assert their_system.submissions == 1
    running = submit(api, submission({"plate": "กก 2"}, service=CODE), key="key-2")

    change_form(editor, service.pk)
    review(reviewer, take, "review-of-a-change", "province")
    publish(editor.page, service.pk)
    assert anonymous.get(f"/api/v1/services/{CODE}").json()["version"] == 2
    assert api.get(running["Location"]).json()["version"] == 1
    drain_lane(service.pk)
    posted = [json.loads(request.body) for request in their_system.arrived if request.method == "POST"]
    assert [(one["version"], one["data"]["plate"]) for one in posted] == [(1, "กก 1"), (1, "กก 2")]
    editor.page.goto(f"/admin/services_catalog/service/{service.pk}/change/")
    take(editor.page, "live")
    editor.page.goto(f"/admin/services_catalog/serviceversion/{service.versions.get(number=2).pk}/difference/")
    take(editor.page, "difference")
    assert complaints == []
