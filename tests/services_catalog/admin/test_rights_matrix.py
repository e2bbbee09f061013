"""Every registered model × who asks × own or a neighbour's row × verb, by HTTP: what is allowed is, nothing else is.

The table below is written down here and not taken from `services_catalog.rights`: it is what people were promised.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from citizens.models import Citizen, HeldIdentity, IdentityProvider
from citizens.service_requests.models import Difference, ServiceRequest
from services_catalog.admin.moving import MovableAdmin
from services_catalog.models import (
    Agency,
    AuditEvent,
    Category,
    ImportJob,
    Lane,
    LifeEvent,
    Officer,
    OperatorAction,
    Outage,
    SearchAlias,
    Service,
    ServiceDraft,
    ServiceVersion,
    UnansweredQuery,
)
from tests.services_catalog.admin.conftest import AGENCY_MODELS, SHARED_MODELS, AgencyRows, make_officer, signed_in
from tests.services_catalog.admin.pages import OF_ONE_ROW, page

pytestmark = pytest.mark.django_db
every_agency_model = pytest.mark.parametrize("model", AGENCY_MODELS, ids=lambda model: model.__name__)
every_model = pytest.mark.parametrize("model", AGENCY_MODELS + SHARED_MODELS, ids=lambda model: model.__name__)

_RUN = "pause resume probe hold_breaker_open hold_breaker_closed release_breaker force_outage end_outages"
_ACT = "retry_now requeue mark_delivered cancel"
_MANAGE = "view add change reset_second_factor"

PLATFORM = ["platform_administrator", "platform_reviewer", "operator"]
AGENCY = ["agency_administrator", "editor", "case_handler"]
# In the order of the roles above. "view" is also: listed, found, its history, offered where one chooses.
EXPECTED: dict[type[Model], list[str]] = {
    Agency: ["view add change import", "view", "view", "view change keys new_key", "view", "view"],
    Service: [
        *("view unpublish import", "view publish unpublish", "view"),
        *("view publish unpublish import", "view publish unpublish import", "view"),
    ],
    ServiceDraft: ["view", "view", "", "view add change", "view add change", ""],
    ServiceVersion: ["view", "view", "view", "view", "view", "view"],
    Lane: [
        *("view", "view", f"view change plan_outage {_RUN}"),
        *("view change plan_outage pause resume force_outage", "view plan_outage", "view"),
    ],
    Outage: ["view", "view", "view end", "view end", "view end", "view"],
    OperatorAction: ["view", "", "view", "view", "", "view"],
    ServiceRequest: ["view", "", f"view {_ACT}", "view", "", f"view {_ACT}"],
    Difference: ["view", "", "view", "view", "", "view"],
    Officer: [_MANAGE, "", "", _MANAGE, "", ""],
    Category: ["view add change delete import", "view", "", "view", "view", ""],
    LifeEvent: ["view add change delete import", "view", "", "view", "view", ""],
    SearchAlias: ["view add change delete import", "view add change delete import", "", "", "", ""],
    UnansweredQuery: ["view delete look_again", "view delete look_again", "", "", "", ""],
    AuditEvent: ["view", "view", "", "view", "view", ""],
    ImportJob: ["view add", "", "", "", "", ""],
    Citizen: ["view reveal", "", "view reveal", "", "", ""],
    HeldIdentity: ["view accept refuse", "", "view accept refuse", "", "", ""],
    IdentityProvider: ["view add change try_it", "", "view", "", "", ""],
}
EXPECTED[Agency][0] += " keys"
VERBS = {model: sorted({verb for cell in cells for verb in cell.split()}) for model, cells in EXPECTED.items()}
DJANGOS = ["list", "search", "view", "history", "add", "change", "delete"]
AS_VIEW = ["list", "search", "history", "export", "export_csv", "export_json"]
# No role at all, and every right of all of them.
PERSONAS = [*PLATFORM, *AGENCY, "nobody of the platform", "nobody of an agency", "superuser"]
# How often the pages below were asked, and must go on being asked.
LEAST_CELLS = 1_600


@dataclass(frozen=True, slots=True)
class Cell:
    persona: str
    model: type[Model]
    whose: str
    verb: str

    @property
    def is_allowed(self) -> bool:
        verb = "view" if self.verb in AS_VIEW else self.verb
        if self.persona == "superuser":
            return verb in VERBS[self.model]
        if self.persona.startswith("nobody"):
            return False
        if self.persona in AGENCY and self.whose == "foreign":
            return False
        return verb in EXPECTED[self.model][(PLATFORM + AGENCY).index(self.persona)].split()

    def __str__(self) -> str:
        return f"{self.persona}: {self.verb} {self.whose} {self.model.__name__}"


def cells_of(persona: str) -> Iterator[Cell]:
    for model in EXPECTED:
        actions = [str(one) for one in admin.site._registry[model].actions or []]
        pages = ["keys", "new_key"] if model is Agency else []
        pages += ["import", "export"] if isinstance(admin.site._registry[model], MovableAdmin) else []
        for whose in ("own", "foreign") if model in AGENCY_MODELS else ("own",):
            # What one adds has no owner yet: test_officers.py tries to give it to a neighbour.
            verbs = [verb for verb in [*DJANGOS, *pages, *actions] if (whose, verb) != ("foreign", "add")]
            yield from (Cell(persona, model, whose, verb) for verb in verbs)


class Matrix:
    """Asks the pages as one persona."""

    def __init__(self, persona: str, rows: dict[str, dict[type[Model], Model]]) -> None:
        agency: Any = rows["own"][Agency]
        is_of_agency = persona in AGENCY or persona == "nobody of an agency"
        roles = [persona] if persona in PLATFORM + AGENCY else []
        fields = {"agency": agency} if is_of_agency else {"is_superuser": persona == "superuser"}
        self.client = signed_in(make_officer("asker", *roles, **fields))
        self.rows = rows

    def may(self, cell: Cell) -> bool:
        row = self.rows[cell.whose][cell.model]
        ask = getattr(self, f"_{cell.verb}", None)
        return bool(ask(cell.model, row)) if ask else self._act(cell.model, row, cell.verb)

    def _listed(self, model: type[Model], row: Model, **query: str) -> bool:
        answer = self.client.get(page(model, "changelist"), query)
        return answer.status_code == 200 and row.pk in {one.pk for one in answer.context["cl"].result_list}

    def _list(self, model: type[Model], row: Model) -> bool:
        return self._listed(model, row)

    def _search(self, model: type[Model], row: Model) -> bool:
        return self._listed(model, row, q=WORDS[model](row))

    def _view(self, model: type[Model], row: Model) -> bool:
        return self.client.get(page(model, "change", row)).status_code == 200

    def _history(self, model: type[Model], row: Model) -> bool:
        return self.client.get(page(model, "history", row)).status_code == 200

    def _add(self, model: type[Model], row: Model) -> bool:
        return self.client.get(page(model, "add")).status_code == 200

    def _change(self, model: type[Model], row: Model) -> bool:
        """An empty form comes back with what is missing; who may not change is refused, or sent to the first page."""
        answer = self.client.post(page(model, "change", row), {})
        return answer.status_code == 200 or answer.headers.get("Location", "/admin/") != "/admin/"

    def _delete(self, model: type[Model], row: Model) -> bool:
        return self.client.get(page(model, "delete", row)).status_code == 200

    def _keys(self, model: type[Model], row: Model) -> bool:
        return self.client.get(reverse("admin:services_catalog_agency_keys", args=[row.pk])).status_code == 200

    def _new_key(self, model: type[Model], row: Model) -> bool:
        address = reverse("admin:services_catalog_agency_keys", args=[row.pk])
        return self.client.post(address, {"new_api_key": ""}).status_code == 200

    def _export_json(self, model: type[Model], row: Model) -> bool:
        """As a file, with the row in it."""
        data = {"action": "export_json", "_selected_action": [str(row.pk)]}
        answer = self.client.post(page(model, "changelist"), data)
        return "attachment" in answer.headers.get("Content-Disposition", "") and len(json.loads(answer.getvalue())) == 1

    _export = _export_json

    def _export_csv(self, model: type[Model], row: Model) -> bool:
        data = {"action": "export_csv", "_selected_action": [str(row.pk)]}
        answer = self.client.post(page(model, "changelist"), data)
        return "attachment" in answer.headers.get("Content-Disposition", "") and answer.getvalue().count(b"\n") > 1

    def _import(self, model: type[Model], row: Any) -> bool:
        """A file that names the row gets as far as the click that writes it."""
        key = {"term": row.term} if model is SearchAlias else {"code": row.code}
        file = SimpleUploadedFile("rows.json", json.dumps([key]).encode())
        answer = self.client.post(page(model, "import"), {"import_file": file, "format": "2", "resource": "0"})
        return answer.status_code == 200 and "confirm_form" in answer.context

    def _act(self, model: type[Model], row: Model, action: str) -> bool:
        """Offered, and done to the row or asking for the reason."""
        lists = self.client.get(page(model, "changelist"))
        form: Any = lists.context["action_form"] if lists.status_code == 200 else None
        data = {"action": action, "_selected_action": [str(row.pk)]}
        answer = self.client.post(page(model, "changelist"), data, headers={"accept-language": "en"})
        return form is not None and action in dict(form.fields["action"].choices) and self._is_taken(answer, row)

    def _is_taken(self, answer: Any, row: Model) -> bool:
        if answer.status_code == 200:  # a page that asks about this row, or the list again, which says why not
            return f'name="_selected_action" value="{row.pk}"' in answer.text and 'name="confirmed"' in answer.text
        told = self.client.get(answer["Location"], headers={"accept-language": "en"}).text
        # What is not approved is not published, which is told of the row and only to who may ask.
        return any(words in told for words in ("1 services", "something now", f"{getattr(row, 'code', row.pk)}: "))


WORDS: dict[type[Model], Any] = {
    Agency: lambda row: row.code,
    Service: lambda row: row.code,
    ServiceVersion: lambda row: row.service.code,
    Lane: lambda row: row.service.code,
    Outage: lambda row: row.lane.service.code,
    OperatorAction: lambda row: row.subject_name,
    ServiceDraft: lambda row: row.service.code,
    UnansweredQuery: lambda row: row.text,
    AuditEvent: lambda row: row.subject_name,
    ImportJob: lambda row: row.file_name,
    ServiceRequest: lambda row: row.receipt_number,
    Difference: lambda row: row.service_request.receipt_number,
    Officer: lambda row: row.username,
    Category: lambda row: row.code,
    LifeEvent: lambda row: row.code,
    SearchAlias: lambda row: row.term,
    Citizen: lambda row: str(row.pk),
    HeldIdentity: lambda row: str(row.citizen_id),
    IdentityProvider: lambda row: row.code,
}


def shows(response: Any, rows: AgencyRows) -> list[str]:
    text = b"".join(response).decode()  # an export is streamed
    return [mark for mark in rows.marks if mark in text]


def snapshot(rows: AgencyRows) -> dict[type[Model], Any]:
    return {model: model._default_manager.filter(pk=row.pk).values().get() for model, row in rows.by_model().items()}


def test_the_matrix_covers_every_registered_model() -> None:
    assert set(admin.site._registry) == {*AGENCY_MODELS, *SHARED_MODELS} == set(EXPECTED)


def test_the_matrix_does_not_shrink(record_property: Any) -> None:
    cells = [cell for persona in PERSONAS for cell in cells_of(persona)]
    record_property("cells", len(cells))
    sys.stdout.write(f"{len(cells)} cells, {sum(cell.is_allowed for cell in cells)} of them allowed\n")
    assert len(cells) >= LEAST_CELLS
    assert {verb for model in EXPECTED for verb in VERBS[model]} <= {cell.verb for cell in cells}


@pytest.mark.parametrize("persona", PERSONAS)
def test_nobody_may_more_or_less_than_promised(
    persona: str, own: AgencyRows, foreign: AgencyRows, shared: dict[type[Model], Model]
) -> None:
    matrix = Matrix(persona, {"own": own.by_model() | shared, "foreign": foreign.by_model()})
    before = snapshot(foreign)
    wrong = []
    for cell in cells_of(persona):
        if matrix.may(cell) != cell.is_allowed:
            wrong.append(f"{cell} is {'refused' if cell.is_allowed else 'allowed'}")
        if cell.verb == "unpublish":  # so that there is something to publish again
            Service.objects.update(publication="published")
    assert wrong == []
    if persona in AGENCY:
        assert snapshot(foreign) == before


@pytest.mark.parametrize("persona", AGENCY)
@every_agency_model
def test_no_page_shows_a_neighbours_row(model: type[Model], persona: str, own: AgencyRows, foreign: AgencyRows) -> None:
    client = signed_in(make_officer("asker", persona, agency=own.agency))
    row = own.by_model()[model]
    for address in [page(model, "changelist"), *(page(model, name, row) for name in OF_ONE_ROW), "/admin/"]:
        assert not shows(client.get(address), foreign)
    for query in ({"q": foreign.service.code}, {"q": foreign.request.receipt_number}, {"all": ""}):
        response = client.get(page(model, "changelist"), query)
        assert not [mark for mark in shows(response, foreign) if mark not in query.values()]


@every_model
def test_strangers_are_sent_to_the_sign_in(
    model: type[Model], own: AgencyRows, shared: dict[type[Model], Model]
) -> None:
    row = (own.by_model() | shared)[model]
    for address in [page(model, "changelist"), *(page(model, name, row) for name in OF_ONE_ROW)]:
        response = Client().get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")


@every_agency_model
def test_guessed_addresses_of_foreign_rows_lead_nowhere(
    model: type[Model], agency_officer: Client, foreign: AgencyRows
) -> None:
    row, before = foreign.by_model()[model], snapshot(foreign)
    harm = {"post": "yes", "name_th": "ยึด", "paused": "on", "slots": "1", "is_active": "", "username": "taken"}
    for name in OF_ONE_ROW:
        for response in (agency_officer.get(page(model, name, row)), agency_officer.post(page(model, name, row), harm)):
            assert response.status_code in (302, 403, 404, 405)
            assert not [mark for mark in shows(response, foreign) if mark != str(row.pk)]
    assert snapshot(foreign) == before


@every_agency_model
def test_bulk_actions_reach_own_rows_only(
    model: type[Model], agency_officer: Client, own: AgencyRows, foreign: AgencyRows
) -> None:
    both = [str(rows.by_model()[model].pk) for rows in (own, foreign)]
    before = snapshot(foreign)
    actions: list[Any] = [*(admin.site._registry[model].actions or []), "delete_selected"]
    for action in actions:
        data = {"action": action, "_selected_action": both, "post": "yes", "confirmed": "1", "reason": "they move"}
        assert not shows(agency_officer.post(page(model, "changelist"), data, follow=True), foreign)
    assert snapshot(foreign) == before


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


@pytest.mark.parametrize("persona", AGENCY)
def test_autocompletes_offer_own_rows_only(
    persona: str, own: AgencyRows, foreign: AgencyRows, shared: dict[type[Model], Model]
) -> None:
    client, tried = signed_in(make_officer("asker", persona, agency=own.agency)), 0
    for model in admin.site._registry:
        for field in model._meta.get_fields():
            related = getattr(field, "related_model", None)
            if field.concrete and field.is_relation and related in admin.site._registry:
                query = {"app_label": model._meta.app_label, "model_name": str(model._meta.model_name), "term": ""}
                response = client.get("/admin/autocomplete/", {**query, "field_name": field.name})
                is_seen = "view" in EXPECTED[related][(PLATFORM + AGENCY).index(persona)]
                assert response.status_code == (200 if is_seen else 403)
                assert not shows(response, foreign)
                tried += 1
    assert tried > 10
