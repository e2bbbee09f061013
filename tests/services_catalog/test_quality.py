"""What a service must have to be published, and what happens when it is."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from services_catalog.models import Agency, AgencyCredential, LinkCheck, Officer, Service, ServiceDraft
from services_catalog.quality import quality_of
from services_catalog.search import search
from services_catalog.services.publishing import CannotPublish, draft_publish, places_left, service_unpublish
from services_catalog.snapshots import content_of
from superapp.sandbox.listener import Response, json_response
from tests.counterparts import Counterpart, http_server
from tests.services_catalog.drafting import (
    COMPLETE,
    approve,
    make_complete_draft,
    make_editor,
    make_reviewer,
    publish,
    write,
)

TEXT = {"th": "คำ", "en": "Word"}


@pytest.fixture
def their_system() -> Iterator[Counterpart]:
    with http_server(json_response(200, {})) as counterpart:
        yield counterpart


@pytest.fixture
def editor(agency: Agency) -> Officer:
    return make_editor(agency)


@pytest.fixture
def reviewer(db: None) -> Officer:
    return make_reviewer()


@pytest.fixture
def draft(editor: Officer, their_system: Counterpart) -> ServiceDraft:
    return make_complete_draft(editor, their_system.url)


def missing(draft: ServiceDraft) -> dict[str, int]:
    found = quality_of(ServiceDraft.objects.select_related("service__agency").get(pk=draft.pk)).missing
    assert all(one.text.th and one.text.en for one in found)
    return {one.code: one.points for one in found}


def why_not(draft: ServiceDraft) -> str:
    with pytest.raises(CannotPublish) as refusal:
        draft_publish(draft_id=draft.pk)
    assert refusal.value.text.th
    assert Service.objects.get(pk=draft.pk).publication == "unpublished"
    return refusal.value.text.en


def test_a_complete_draft_lacks_nothing(draft: ServiceDraft) -> None:
    assert missing(draft) == {}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name_en": " "}, "names"),
        ({"description_th": ""}, "descriptions"),
        ({"purpose_th": "เพื่อ"}, "other_texts"),
        ({"steps": [{"name": {"th": "ตรวจ"}}]}, "other_texts"),
        ({"steps": [{"name": TEXT, "duration": 1}]}, "manual"),
        ({"privacy_url": ""}, "privacy_url"),
        ({"documents": []}, "documents"),
        ({"decision_days": None}, "decision_days"),
        ({"claim_purposes": {"name_th": {"th": "เพื่อ"}}}, "claim_purposes"),
        ({"electronic_allowed": False, "not_electronic_reason_th": "กฎหมาย"}, "not_electronic_reason"),
        ({"form": {}}, "form"),
        ({"example": {"note": 1}}, "form"),
        ({"adapter": ""}, "adapter"),
        ({"adapter": "pigeon"}, "adapter"),
        ({"adapter_options": {}}, "adapter"),
        ({"adapter_options": {"submit_url": "nowhere"}}, "adapter"),
    ],
)
def test_each_thing_that_is_missing_counts(
    changes: dict[str, Any], code: str, draft: ServiceDraft, editor: Officer
) -> None:
    write(draft, editor, **changes)
    found = missing(draft)
    assert code in found
    assert set(found) <= {code, "other_texts"}


def test_all_weights_make_a_hundred(agency: Agency) -> None:
    Agency.objects.update(contact_phone="")
    empty = ServiceDraft(service=Service.objects.create(code="empty", agency=agency))
    empty.electronic_allowed, empty.claim_purposes = False, {"name_th": {}}
    empty.steps, empty.purpose_th = [{}], "เพื่อ"
    empty.save()
    assert sum(missing(empty).values()) == 100


def test_a_contact_must_answer(draft: ServiceDraft, editor: Officer) -> None:
    Agency.objects.update(contact_phone="")
    assert "contact" in missing(draft)
    write(draft, editor, contacts=[{"name": TEXT, "url": "https://agency.example.go.th"}])
    assert missing(draft) == {}
    check = LinkCheck.objects.create(
        url="https://agency.example.go.th", failure="cannot_connect", checked_at=timezone.now()
    )
    assert "contact" in missing(draft)
    check.failure = ""
    check.save()
    assert missing(draft) == {}


def test_a_privacy_notice_that_does_not_open_is_missing(draft: ServiceDraft) -> None:
    LinkCheck.objects.create(url=COMPLETE["privacy_url"], failure="http_404", checked_at=timezone.now())
    assert set(missing(draft)) == {"privacy_url"}


def test_publishing_makes_a_version_and_what_citizens_see(
    draft: ServiceDraft, editor: Officer, reviewer: Officer, anonymous: APIClient
) -> None:
    published = publish(draft, editor, reviewer)

    version = published.current_version
    assert version is not None
    assert (published.publication, version.number, version.claims) == ("published", 1, ["name_th"])
    approved = ServiceDraft.objects.get(pk=draft.pk)
    assert version.content == content_of(approved) == content_of(published)
    assert (version.form, version.example) == (COMPLETE["form"], COMPLETE["example"])
    assert published.reviewed_at == approved.reviewed_at
    assert anonymous.get("/api/v1/services/new-service").json()["description"]["en"] == "For tests"
    assert published in search(Service.objects.published(), "Service new-service")


def test_a_new_name_is_found_once_it_is_published(draft: ServiceDraft, editor: Officer, reviewer: Officer) -> None:
    publish(draft, editor, reviewer)
    write(draft, editor, name_en="Zanzibar")
    assert not list(search(Service.objects.published(), "zanzibar"))
    publish(draft, editor, reviewer)
    assert [one.code for one in search(Service.objects.published(), "zanzibar")] == ["new-service"]


def test_publishing_the_same_again_makes_no_version(draft: ServiceDraft, editor: Officer, reviewer: Officer) -> None:
    service_unpublish(service=publish(draft, editor, reviewer))
    again = draft_publish(draft_id=draft.pk)
    assert again.publication == "published"
    assert again.versions.count() == 1


def test_a_change_of_a_text_alone_makes_a_version(draft: ServiceDraft, editor: Officer, reviewer: Officer) -> None:
    publish(draft, editor, reviewer)
    write(draft, editor, description_en="Other words")
    version = publish(draft, editor, reviewer).current_version
    assert version is not None
    assert (version.number, version.content["description_en"]) == (2, "Other words")


def test_only_what_is_approved_is_published(draft: ServiceDraft, editor: Officer, reviewer: Officer) -> None:
    assert "not approved" in why_not(draft)
    approve(draft, editor, reviewer)
    write(draft, editor, name_en="Slipped in")
    assert "not approved" in why_not(draft)


def test_too_little_is_refused_with_all_that_is_missing(
    draft: ServiceDraft, editor: Officer, reviewer: Officer, settings: Settings
) -> None:
    write(draft, editor, privacy_url="", documents=[], decision_days=None)
    approve(draft, editor, reviewer)
    said = why_not(draft)
    assert "quality 70 of 100 (80 needed)" in said
    for what in ("privacy notice", "No documents", "days to decide"):
        assert what in said
    settings.QUALITY_THRESHOLD = 70
    assert draft_publish(draft_id=draft.pk).publication == "published"


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"example": {}}, "The form or its example cannot be used"),
        ({"adapter_options": {}}, "The adapter refuses these options: submit_url"),
        (
            {"adapter_options": {"submit_url": "http://127.0.0.1:9/cases"}},
            "did not answer the test call (cannot_connect)",
        ),
    ],
)
def test_what_is_essential_is_refused_whatever_the_score(
    changes: dict[str, Any], what: str, draft: ServiceDraft, editor: Officer, reviewer: Officer, settings: Settings
) -> None:
    settings.QUALITY_THRESHOLD = 0
    write(draft, editor, **changes)
    approve(draft, editor, reviewer)
    assert what in why_not(draft)


@pytest.mark.parametrize(("answer", "is_published"), [(500, False), (401, False), (404, True)])
def test_the_agencys_system_is_asked(answer: int, is_published: bool, editor: Officer, reviewer: Officer) -> None:
    with http_server(Response(answer)) as theirs:
        draft = make_complete_draft(editor, theirs.url)
        approve(draft, editor, reviewer)
        if is_published:
            assert draft_publish(draft_id=draft.pk).publication == "published"
        else:
            assert "did not answer the test call (health_refused)" in why_not(draft)
        assert [request.method for request in theirs.arrived] == ["GET"]


def test_an_agency_without_a_secret_cannot_be_called(
    draft: ServiceDraft, editor: Officer, reviewer: Officer, their_system: Counterpart
) -> None:
    AgencyCredential.objects.all().delete()
    approve(draft, editor, reviewer)
    assert "no secret yet" in why_not(draft)
    assert their_system.arrived == []


def test_an_old_review_does_not_count(
    draft: ServiceDraft, editor: Officer, reviewer: Officer, settings: Settings
) -> None:
    approve(draft, editor, reviewer)
    long_ago = timezone.now() - settings.REVIEW_EVERY - timedelta(minutes=1)
    ServiceDraft.objects.filter(pk=draft.pk).update(reviewed_at=long_ago)
    assert "submit it again" in why_not(draft)


def test_places_are_counted_for_the_whole_platform(
    draft: ServiceDraft, editor: Officer, reviewer: Officer, settings: Settings
) -> None:
    settings.PUBLISHED_SERVICES_CAP = 1
    assert places_left() == 1
    publish(draft, editor, reviewer)
    assert places_left() == 0
    settings.PUBLISHED_SERVICES_CAP = 0
    assert places_left() == 0


@pytest.mark.django_db(transaction=True)
def test_the_cap_holds_for_drafts_in_a_race(
    editor: Officer, reviewer: Officer, their_system: Counterpart, settings: Settings
) -> None:
    settings.PUBLISHED_SERVICES_CAP = 2
    drafts = [make_complete_draft(editor, their_system.url, f"racer-{number}") for number in range(6)]
    for draft in drafts:
        approve(draft, editor, reviewer)
    refusals: list[str] = []

    def race(draft: ServiceDraft) -> None:
        try:
            draft_publish(draft_id=draft.pk)
        except CannotPublish as refusal:
            refusals.append(refusal.text.en)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(race, drafts))

    assert Service.objects.published().count() == 2
    assert len(refusals) == 4
    assert all("the cap is 2" in one for one in refusals)
