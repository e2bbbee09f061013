"""What is changed in agencies, services, outages and officers is kept by the database, and read in the admin."""

import csv
import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import Error, connection, transaction
from django.test import Client

from services_catalog.models import Agency, AgencyCredential, AuditEvent, Officer, SearchAlias, Service, ServiceDraft
from services_catalog.services.credentials import credential_set_primary
from tests.services_catalog.admin.conftest import AgencyRows, signed_in
from tests.services_catalog.admin.pages import page

pytestmark = pytest.mark.django_db


def latest(subject: str) -> AuditEvent:
    return AuditEvent.objects.filter(subject=subject).latest("id")


def body(response: object) -> str:
    return b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]


def change_agency(client: Client, agency: Agency, **fields: str) -> None:
    data = {"code": agency.code, "name_th": agency.name_th, "name_en": agency.name_en, **fields}
    assert client.post(page(Agency, "change", agency), data).status_code == 302


def test_a_change_in_the_admin_names_the_officer_and_what_changed(superuser: Client, own: AgencyRows) -> None:
    change_agency(superuser, own.agency, contact_phone="1234")

    event = latest("agency")
    assert (event.by, event.officer, event.operation) == ("root", Officer.objects.get(username="root"), "update")
    assert (event.before, event.after) == ({"contact_phone": "1584"}, {"contact_phone": "1234"})
    assert (event.subject_id, event.subject_name, event.agency) == (str(own.agency.pk), own.agency.code, own.agency)


def test_what_goes_past_the_orm_is_kept_too(own: AgencyRows) -> None:
    Service.objects.filter(pk=own.service.pk).update(min_ial="2.1")
    assert latest("service").after == {"min_ial": 2.1}

    with connection.cursor() as cursor:
        cursor.execute("UPDATE services_catalog_outage SET meanwhile = 'closed' WHERE id = %s", [own.outage.pk])
    event = latest("outage")
    assert (event.before, event.after, event.agency) == ({"meanwhile": "queue"}, {"meanwhile": "closed"}, own.agency)
    assert event.by.startswith("database role ")


def test_commands_are_signed_with_the_account_of_the_system(own: AgencyRows) -> None:
    call_command("catalogue_load", verbosity=0, stdout=StringIO())

    assert not latest("service").by.startswith("database role ")
    assert latest("service").officer is None


def test_rights_of_officers_are_kept_and_their_passwords_are_not(own: AgencyRows) -> None:
    officer = Officer.objects.create(username="editor", agency=own.agency, roles=["editor"])
    Officer.objects.filter(pk=officer.pk).update(roles=["editor", "case_handler"], is_active=False)
    event = latest("officer")
    assert event.before == {"roles": ["editor"], "is_active": True}
    assert event.after == {"roles": ["editor", "case_handler"], "is_active": False}

    officer.set_password("a long enough password")
    officer.save()
    assert latest("officer").after["password"] == "•••"
    assert officer.password not in json.dumps(list(AuditEvent.objects.values("before", "after")))

    before = AuditEvent.objects.count()
    signed_in(officer)
    assert AuditEvent.objects.count() == before, "signing in is no change of rights"


def test_of_a_credential_only_that_it_changed_is_kept(own: AgencyRows) -> None:
    credential_set_primary(agency=own.agency, api_key="k" * 40, callback_secret="c" * 40, outgoing_secret="o" * 40)

    event = latest("agencycredential")
    assert event.after["api_key_primary"] == "•••"
    told = json.dumps(list(AuditEvent.objects.filter(subject="agencycredential").values("before", "after")))
    credential = AgencyCredential.objects.get(agency=own.agency)
    for secret in (credential.api_key_primary, credential.outgoing_secret_primary):
        assert bytes(secret or b"").hex() not in told


def test_what_only_the_search_reads_makes_no_noise(own: AgencyRows) -> None:
    before = AuditEvent.objects.count()

    Service.objects.filter(pk=own.service.pk).update(search_text="|other|", search_words=" other ")

    assert AuditEvent.objects.count() == before


def test_making_and_deleting_are_kept() -> None:
    alias = SearchAlias.objects.create(term="ใบขับขี่", means="ใบอนุญาตขับรถ")
    assert (latest("searchalias").operation, latest("searchalias").after["term"]) == ("insert", "ใบขับขี่")
    alias.delete()
    assert (latest("searchalias").operation, latest("searchalias").before["term"]) == ("delete", "ใบขับขี่")


def test_the_trail_cannot_be_changed_or_deleted(own: AgencyRows) -> None:
    for attempt in (
        lambda: AuditEvent.objects.update(by="nobody"),
        lambda: AuditEvent.objects.filter(agency=own.agency).delete(),
    ):
        with pytest.raises(Error, match="Cannot"), transaction.atomic():
            attempt()
    assert not AuditEvent.objects.filter(by="nobody").exists()


def test_the_history_of_a_service_reads_in_words_and_has_its_draft(superuser: Client, own: AgencyRows) -> None:
    own.service.draft.delete()
    ServiceDraft.objects.create(service=own.service, name_th="ชื่อใหม่", purpose_en="To drive")
    ServiceDraft.objects.update(lifecycle="submitted")

    text = superuser.get(page(Service, "history", own.service), headers={"accept-language": "en"}).content.decode()

    assert "Draft</del> → <ins>Submitted" in text
    assert "To drive" in text
    assert own.agency.name_en in text, "an agency is named, not its key"


def test_the_history_is_a_file_too(superuser: Client, own: AgencyRows) -> None:
    Agency.objects.filter(pk=own.agency.pk).update(contact_phone="=HYPERLINK(1)")
    address = page(Agency, "history", own.agency)

    rows = list(csv.DictReader(StringIO(body(superuser.get(address, {"format": "csv"})).removeprefix("\ufeff"))))
    assert json.loads(rows[0]["after"]) == {"contact_phone": "=HYPERLINK(1)"}
    assert {row["agency"] for row in rows} == {"own"}

    as_json = json.loads(body(superuser.get(address, {"format": "json"})))
    assert [row["operation"] for row in as_json] == [row["operation"] for row in rows]


@pytest.mark.parametrize("model", [Agency, Service])
def test_nobody_reads_the_history_of_a_foreign_row(
    model: type[Agency] | type[Service], agency_officer: Client, own: AgencyRows, foreign: AgencyRows
) -> None:
    for query in ({}, {"format": "csv"}, {"format": "json"}):
        response = agency_officer.get(page(model, "history", foreign.by_model()[model]), query)
        assert response.status_code in (302, 403)
        assert agency_officer.get(page(model, "history", own.by_model()[model]), query).status_code == 200


def test_an_export_of_the_list_has_own_rows_only(agency_officer: Client, own: AgencyRows, foreign: AgencyRows) -> None:
    keys = list(AuditEvent.objects.values_list("pk", flat=True))
    for action in ("export_csv", "export_json"):
        data = {"action": action, "_selected_action": keys, "select_across": "1"}
        text = body(agency_officer.post(page(AuditEvent, "changelist"), data))
        assert own.service.code in text
        assert foreign.service.code not in text


def test_the_list_is_filtered_by_day(superuser: Client, own: AgencyRows) -> None:
    address = page(AuditEvent, "changelist")
    assert superuser.get(address, {"at_to": "2020-01-01"}).context["cl"].result_count == 0
    assert superuser.get(address, {"at_from": "2020-01-01"}).context["cl"].result_count == AuditEvent.objects.count()


def test_the_list_asks_no_more_for_more_rows(
    superuser: Client, own: AgencyRows, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        superuser.get(page(AuditEvent, "changelist"))
