"""Versions, and what may be live."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from pytest_django import Settings

from services_catalog.models import Agency, Lane, Service, ServiceVersion
from services_catalog.schemas import InvalidForm
from services_catalog.services.publishing import (
    CannotPublish,
    UnknownClaim,
    service_publish,
    service_unpublish,
    service_version_create,
)
from tests.services_catalog.conftest import make_draft

FORM: dict[str, Any] = {"type": "object", "properties": {"name": {"type": "string"}}}
EXAMPLE = {"name": "ก"}


def with_property(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {"name": schema}}


def version_of(service: Service) -> ServiceVersion:
    return service_version_create(service=service, form=FORM, example=EXAMPLE)


def test_versions_are_immutable(draft: Service) -> None:
    version = version_of(draft)
    version.example = {"name": "ข"}

    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        version.save()
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        draft.versions.update(claims=["national_id"])


def test_equal_content_makes_no_new_version(draft: Service) -> None:
    first = service_version_create(service=draft, form=FORM, example=EXAMPLE, claims=["name_th", "birthdate"])
    same = service_version_create(service=draft, form=FORM, example=EXAMPLE, claims=["birthdate", "name_th"])

    assert same == first
    assert draft.versions.count() == 1


def test_new_content_gets_the_next_number_and_does_not_go_live(draft: Service) -> None:
    service_publish(service=draft, version=version_of(draft))

    second = service_version_create(service=draft, form=FORM, example={"name": "ข"})

    draft.refresh_from_db()
    assert second.number == 2
    assert draft.current_version is not None
    assert draft.current_version.number == 1


def test_a_claim_that_does_not_exist_is_refused(draft: Service) -> None:
    with pytest.raises(UnknownClaim, match="blood_type"):
        service_version_create(service=draft, form=FORM, example=EXAMPLE, claims=["name_th", "blood_type"])
    assert not draft.versions.exists()


@pytest.mark.parametrize(
    "form",
    [
        [],
        {"type": "string"},
        with_property({"type": "text"}),
        with_property({"minLength": -1}),
        with_property({"$ref": "https://example.com/name.json"}),
        with_property({"$ref": "file:///etc/passwd"}),
        with_property({"$ref": "#/$defs/missing"}),
        with_property({"pattern": "(?=.*a)b"}),
        with_property({"pattern": "(a)\\1"}),
        with_property({"pattern": "("}),
    ],
)
def test_a_form_that_cannot_be_used_is_refused(draft: Service, form: Any) -> None:
    with pytest.raises(InvalidForm):
        service_version_create(service=draft, form=form, example=EXAMPLE)
    assert not draft.versions.exists()


def test_nested_repetition_takes_linear_time(draft: Service) -> None:
    form = with_property({"type": "string", "pattern": "^(a+)+$"})

    with pytest.raises(InvalidForm, match=r"/name \(pattern\)"):
        service_version_create(service=draft, form=form, example={"name": "a" * 5000 + "!"})


def test_an_example_that_does_not_fit_is_refused_and_not_printed(draft: Service) -> None:
    with pytest.raises(InvalidForm, match=r"/name \(type\)") as refused:
        service_version_create(service=draft, form=FORM, example={"name": 1101700234568})
    assert "1101700234568" not in str(refused.value)


def test_publishing_makes_a_version_live_with_a_lane(draft: Service) -> None:
    version = version_of(draft)

    published = service_publish(service=draft, version=version)

    assert (published.publication, published.current_version) == ("published", version)
    assert published.published_at is not None
    assert Lane.objects.filter(service=draft).exists()


def test_publishing_a_newer_version_keeps_the_date_and_takes_no_place(draft: Service, settings: Settings) -> None:
    settings.PUBLISHED_SERVICES_CAP = 1
    since = service_publish(service=draft, version=version_of(draft)).published_at
    second = service_version_create(service=draft, form=FORM, example={"name": "ข"})

    published = service_publish(service=draft, version=second)

    assert (published.current_version, published.published_at) == (second, since)


@pytest.mark.parametrize(
    ("adapter", "options", "reason"),
    [
        ("", {}, "not said how requests reach"),
        ("pigeon", {}, "no adapter called 'pigeon'"),
        ("rest_json", {}, "submit_url"),
        ("rest_json", {"submit_url": "ftp//nowhere"}, "submit_url"),
        ("rest_json", {"submit_url": "https://a.example/", "colour": "red"}, "colour"),
    ],
)
def test_publishing_needs_an_adapter_with_valid_options(
    draft: Service, adapter: str, options: dict[str, str], reason: str
) -> None:
    draft.adapter, draft.adapter_options = adapter, options
    draft.save()

    with pytest.raises(CannotPublish, match=reason):
        service_publish(service=draft, version=version_of(draft))

    draft.refresh_from_db()
    assert (draft.publication, draft.current_version) == ("unpublished", None)


def test_a_version_of_another_service_is_refused(draft: Service, an_agency: Agency) -> None:
    with pytest.raises(CannotPublish, match="another service"):
        service_publish(service=draft, version=version_of(make_draft(an_agency, "other")))


def test_one_more_than_the_cap_is_refused_until_one_is_taken_back(an_agency: Agency, settings: Settings) -> None:
    settings.PUBLISHED_SERVICES_CAP = 2
    first, second, third = (make_draft(an_agency, code) for code in ("one", "two", "three"))
    service_publish(service=first, version=version_of(first))
    service_publish(service=second, version=version_of(second))

    with pytest.raises(CannotPublish, match="2 services are published and the cap is 2: unpublish one first"):
        service_publish(service=third, version=version_of(third))

    assert service_unpublish(service=first).publication == "unpublished"
    service_publish(service=third, version=version_of(third))
    published = Service.objects.published().order_by("code").values_list("code", flat=True)
    assert list(published) == ["three", "two"]


@pytest.mark.django_db(transaction=True)
def test_the_cap_holds_in_a_race(an_agency: Agency, settings: Settings) -> None:
    settings.PUBLISHED_SERVICES_CAP = 3
    drafts = [make_draft(an_agency, f"racer-{number}") for number in range(8)]
    versions = [version_of(draft) for draft in drafts]

    def publish(service: Service, version: ServiceVersion) -> bool:
        try:
            service_publish(service=service, version=version)
        except CannotPublish:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(len(drafts)) as threads:
        outcomes = list(threads.map(publish, drafts, versions))

    assert outcomes.count(True) == 3
    assert Service.objects.published().count() == 3


@pytest.mark.django_db(transaction=True)
def test_versions_made_at_once_get_numbers_of_their_own(draft: Service) -> None:
    def create(number: int) -> int:
        try:
            return service_version_create(service=draft, form=FORM, example={"name": str(number)}).number
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as threads:
        assert sorted(threads.map(create, range(5))) == [1, 2, 3, 4, 5]
