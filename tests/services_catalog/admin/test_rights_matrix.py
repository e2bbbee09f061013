"""Every registered model × who asks × what they try: nothing foreign is shown or touched."""

import pytest
from django.contrib import admin
from django.db.models import Model
from django.forms.models import model_to_dict
from django.test import Client

from services_catalog.models import Lane
from tests.services_catalog.admin.conftest import AGENCY_MODELS, SHARED_MODELS, AgencyRows
from tests.services_catalog.admin.pages import OF_ONE_ROW, page

pytestmark = pytest.mark.django_db
every_agency_model = pytest.mark.parametrize("model", AGENCY_MODELS, ids=lambda model: model.__name__)
every_shared_model = pytest.mark.parametrize("model", SHARED_MODELS, ids=lambda model: model.__name__)
every_model = pytest.mark.parametrize("model", AGENCY_MODELS + SHARED_MODELS, ids=lambda model: model.__name__)


def shows(response: object, rows: AgencyRows) -> list[str]:
    text = response.content.decode()  # type: ignore[attr-defined]
    return [mark for mark in rows.marks if mark in text]


def test_the_matrix_covers_every_registered_model() -> None:
    assert set(admin.site._registry) == {*AGENCY_MODELS, *SHARED_MODELS}


@every_model
def test_strangers_are_sent_to_the_sign_in(
    model: type[Model], own: AgencyRows, shared: dict[type[Model], Model]
) -> None:
    row = (own.by_model() | shared)[model]
    addresses = [page(model, "changelist"), *(page(model, name, row) for name in OF_ONE_ROW)]
    for address in addresses:
        response = Client().get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")


@every_agency_model
def test_an_agency_officer_lists_own_rows_only(
    model: type[Model], agency_officer: Client, own: AgencyRows, foreign: AgencyRows
) -> None:
    for query in ({}, {"q": foreign.service.code}, {"q": foreign.request.receipt_number}, {"all": ""}):
        response = agency_officer.get(page(model, "changelist"), query)
        assert response.status_code == 200
        listed = {row.pk for row in response.context["cl"].result_list}
        assert listed <= own.keys(model)
        assert bool(listed) or query
        assert not [mark for mark in shows(response, foreign) if mark not in query.values()]


@every_agency_model
def test_an_agency_officer_opens_own_rows(model: type[Model], agency_officer: Client, own: AgencyRows) -> None:
    row = own.by_model()[model]
    assert agency_officer.get(page(model, "change", row)).status_code == 200
    assert agency_officer.get(page(model, "history", row)).status_code == 200


@every_agency_model
def test_no_page_of_own_rows_shows_foreign_ones(
    model: type[Model], agency_officer: Client, own: AgencyRows, foreign: AgencyRows
) -> None:
    assert not shows(agency_officer.get(page(model, "change", own.by_model()[model])), foreign)
    assert not shows(agency_officer.get("/admin/"), foreign)


@every_agency_model
def test_guessed_addresses_of_foreign_rows_lead_nowhere(
    model: type[Model], agency_officer: Client, foreign: AgencyRows
) -> None:
    row = foreign.by_model()[model]
    before = model_to_dict(model._default_manager.get(pk=row.pk))
    for name in OF_ONE_ROW:
        for response in (
            agency_officer.get(page(model, name, row)),
            agency_officer.post(page(model, name, row), {"post": "yes", "name_th": "ยึด", "paused": "on", "slots": "1"}),
        ):
            assert response.status_code in (302, 403, 404, 405)
            assert not [mark for mark in shows(response, foreign) if mark != str(row.pk)]
    assert model_to_dict(model._default_manager.get(pk=row.pk)) == before


@every_agency_model
def test_an_agency_officer_adds_and_deletes_nothing(
    model: type[Model], agency_officer: Client, own: AgencyRows
) -> None:
    row = own.by_model()[model]
    assert agency_officer.get(page(model, "add")).status_code == 403
    assert agency_officer.post(page(model, "delete", row), {"post": "yes"}).status_code == 403
    assert model._default_manager.filter(pk=row.pk).exists()


@every_agency_model
def test_bulk_actions_reach_own_rows_only(
    model: type[Model], agency_officer: Client, own: AgencyRows, foreign: AgencyRows
) -> None:
    both = [str(rows.by_model()[model].pk) for rows in (own, foreign)]
    for action in ("delete_selected", "pause"):
        data = {"action": action, "_selected_action": both, "post": "yes", "confirmed": "1", "reason": "they move"}
        assert not shows(agency_officer.post(page(model, "changelist"), data, follow=True), foreign)
    assert model._default_manager.filter(pk__in=both).count() == 2
    paused = set(Lane.objects.filter(paused=True).values_list("pk", flat=True))
    assert paused == ({own.lane.pk} if model is Lane else set())


@every_shared_model
def test_what_belongs_to_no_agency_is_closed_to_agencies(
    model: type[Model], agency_officer: Client, shared: dict[type[Model], Model]
) -> None:
    for address in [page(model, "changelist"), *(page(model, name, shared[model]) for name in OF_ONE_ROW)]:
        response = agency_officer.get(address)
        assert response.status_code in (302, 403)
        assert not response.headers.get("Location", "").startswith("/admin/login/")


@every_agency_model
def test_filters_do_not_name_foreign_rows(model: type[Model], agency_officer: Client, foreign: AgencyRows) -> None:
    for lookup, row in {
        "agency__id__exact": foreign.agency,
        "service__id__exact": foreign.service,
        "service__agency__id__exact": foreign.agency,
    }.items():
        response = agency_officer.get(page(model, "changelist"), {lookup: str(row.pk)}, follow=True)
        assert not [mark for mark in shows(response, foreign) if mark != str(row.pk)]


@every_model
def test_a_guessed_query_string_is_no_oracle(model: type[Model], superuser: Client) -> None:
    for lookup in ("citizen", "citizen__id__startswith", "password__startswith", "credential__isnull", "national_id"):
        assert superuser.get(page(model, "changelist"), {lookup: "0"}).status_code in (302, 400)


def test_autocompletes_offer_own_rows_only(agency_officer: Client, own: AgencyRows, foreign: AgencyRows) -> None:
    tried = 0
    for model in admin.site._registry:
        for field in model._meta.get_fields():
            related = getattr(field, "related_model", None)
            if field.concrete and field.is_relation and related in admin.site._registry:
                query = {"app_label": model._meta.app_label, "model_name": str(model._meta.model_name), "term": ""}
                response = agency_officer.get("/admin/autocomplete/", {**query, "field_name": field.name})
                assert response.status_code in (200, 403, 404)
                assert not shows(response, foreign)
                if response.status_code == 200:
                    tried += 1
                    assert related in AGENCY_MODELS
                    assert len(response.json()["results"]) == 1
    assert tried


@every_model
def test_superusers_see_every_row(
    model: type[Model], superuser: Client, own: AgencyRows, foreign: AgencyRows, shared: dict[type[Model], Model]
) -> None:
    assert superuser.get(page(model, "changelist")).status_code == 200
    for rows in (own.by_model() | shared, foreign.by_model() | shared):
        for name in ("change", "history"):
            assert superuser.get(page(model, name, rows[model])).status_code == 200
