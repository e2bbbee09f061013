"""Too weak a sign-in: the phone is told which digital IDs are enough, and nothing typed is lost (RFC 9470)."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from citizens.identity.providers import registry
from citizens.models import Citizen
from citizens.service_requests.models import RequestDraft
from services_catalog.models import Agency, Service
from tests.citizens.service_requests.drafting import PATH, keep, listed, send, signed_in_with
from tests.citizens.service_requests.submitting import NO_ROWS, ONE_REQUEST, assert_problem, rows, submission, submit
from tests.conftest import phone_with
from tests.factories import ANSWERS, make_provider, make_service

UNREACHABLE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def providers_as_they_are(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The rows of this test, not what the process remembers of another's."""
    monkeypatch.setattr(registry, "_memory", registry._Memory())
    yield
    registry._memory.read_at = float("-inf")


@pytest.fixture
def strong_service(agency: Agency) -> Service:
    return make_service(agency, min_ial="2.3", min_aal="2.2")


@pytest.fixture
def weak(citizen: Citizen, strong_service: Service) -> APIClient:
    return signed_in_with(citizen, ial="2.1")


def test_the_providers_that_reach_the_level_are_named_in_their_order(weak: APIClient) -> None:
    make_provider(
        UNREACHABLE,
        "second",
        is_primary=False,
        position=2,
        max_ial="2.3",
        max_aal="3.0",
        name_th="ที่สอง",
        name_en="Second",
    )
    make_provider(
        UNREACHABLE,
        "first",
        is_primary=False,
        position=1,
        max_ial="3.0",
        max_aal="2.2",
        name_th="ที่หนึ่ง",
        name_en="First",
    )
    make_provider(UNREACHABLE, "low", is_primary=False, max_ial="2.1", max_aal="3.0", default_ial="1.1")
    make_provider(UNREACHABLE, "off", is_primary=False, max_ial="3.0", max_aal="3.0", is_on=False)

    refused = submit(weak)

    body = assert_problem(refused, 401, "insufficient_user_authentication")
    assert refused["WWW-Authenticate"] == (
        'Bearer error="insufficient_user_authentication", acr_values="ial2.3 aal2.2"'
    )
    assert body["required"] == {"ial": "2.3", "aal": "2.2"}
    assert [one for one in body["providers"] if one["code"] in ("first", "second", "low", "off")] == [
        {"code": "first", "name": {"th": "ที่หนึ่ง", "en": "First"}, "reaches": {"ial": "3.0", "aal": "2.2"}},
        {"code": "second", "name": {"th": "ที่สอง", "en": "Second"}, "reaches": {"ial": "2.3", "aal": "3.0"}},
    ]


def test_where_no_provider_reaches_the_level_the_sentence_says_so(citizen: Citizen, agency: Agency) -> None:
    make_service(agency, min_ial="3.0", min_aal="3.0")
    make_provider(UNREACHABLE, max_ial="2.3", max_aal="2.2")

    body = assert_problem(submit(signed_in_with(citizen, ial="2.3")), 401, "insufficient_user_authentication")

    assert body["providers"] == []
    assert "no digital ID that is available now reaches it" in body["message"]["en"]


def test_what_was_typed_goes_through_after_the_step_up(weak: APIClient, citizen: Citizen) -> None:
    draft = assert_problem(submit(weak), 401, "insufficient_user_authentication")["draft"]
    assert draft["href"] == f"{PATH}/{draft['id']}"
    assert rows() == NO_ROWS

    strong = signed_in_with(citizen, ial="2.3")

    assert strong.get(draft["href"]).json()["data"] == ANSWERS
    assert send(strong, draft["id"]).status_code == 202
    assert rows() == ONE_REQUEST
    assert listed(strong) == []


def test_a_draft_sent_too_weakly_stays_and_is_named(weak: APIClient, citizen: Citizen) -> None:
    draft_id = keep(weak).json()["id"]

    body = assert_problem(send(weak, draft_id), 401, "insufficient_user_authentication")

    assert body["draft"]["id"] == draft_id
    assert listed(weak) == [draft_id]
    assert send(signed_in_with(citizen, ial="2.3"), draft_id).status_code == 202


def test_repeating_a_refused_submission_heaps_up_no_drafts(weak: APIClient) -> None:
    drafts = {submit(weak, key=key).json()["draft"]["id"] for key in ("one", "one", "another")}

    assert len(drafts) == 1
    assert RequestDraft.objects.count() == 1


def test_a_full_shelf_costs_no_other_draft(weak: APIClient, settings: Settings) -> None:
    settings.DRAFTS_PER_CITIZEN = 1
    kept = keep(weak, submission({"copies": 1})).json()["id"]

    assert assert_problem(submit(weak), 401, "insufficient_user_authentication")["draft"] is None
    assert listed(weak) == [kept]


@pytest.mark.parametrize("change", [{"service": "unknown"}, {"version": 7}])
def test_what_nobody_offers_is_not_kept(weak: APIClient, change: dict[str, object]) -> None:
    submit(weak, {**submission(), **change})
    assert not RequestDraft.objects.exists()


def test_a_step_up_by_another_person_does_not_find_the_draft(weak: APIClient, stranger: APIClient) -> None:
    """Somebody else signs in on the same phone: the answers stay with whoever typed them."""
    draft = submit(weak).json()["draft"]

    assert_problem(send(stranger, draft["id"]), 404, "not_found")
    assert_problem(stranger.get(draft["href"]), 404, "not_found")
    assert rows() == NO_ROWS


def test_other_refusals_keep_nothing(api: APIClient, service: Service) -> None:
    assert_problem(submit(api, submission({"licence": "submarine"})), 422, "invalid_data")
    assert not RequestDraft.objects.exists()
    assert_problem(submit(phone_with("made-up")), 401, "token_not_accepted")
