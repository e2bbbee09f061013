"""What operators and the agency's officers do to requests that are stuck, from the list of requests."""

from copy import copy
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from uuid_utils.compat import uuid7

from citizens.service_requests.admin.parked import PARKED_BECAUSE
from citizens.service_requests.models import Outcome, ServiceRequest
from citizens.service_requests.routing.drain import drain_lane
from services_catalog.models import Lane, Officer, OperatorAction, Service
from tests.citizens.service_requests.making import make_attempt, make_request, make_service, statuses
from tests.counterparts import RECEIPT, http_server
from tests.docs.test_tables import table

pytestmark = pytest.mark.django_db(transaction=True)

LIST = reverse("admin:service_requests_servicerequest_changelist")
CANCEL = {"message_th": "ขออภัย เรายกเลิกคำขอนี้", "message_en": "We are sorry, we cancelled this."}
# Every action of the list, and what its page asks for beside the reason.
ACTIONS: dict[str, dict[str, str]] = {
    "retry_now": {},
    "requeue": {"agency_has_nothing": "on"},
    "mark_delivered": {"agency_reference": "A-1"},
    "cancel": {**CANCEL, "agency_has_nothing": "on"},
}
UNASKABLE = {"submit_url": "http://127.0.0.1:9/cases"}
ASKABLE = {**UNASKABLE, "lookup_url": "http://127.0.0.1:9/cases/{reference}"}


def client_of(**fields: Any) -> Client:
    client = Client()
    client.force_login(Officer.objects.create(is_staff=True, **{"username": "somebody", **fields}))
    return client


@pytest.fixture
def service(db: None) -> Service:
    return make_service(ASKABLE)


@pytest.fixture
def officer(service: Service) -> Client:
    return client_of(agency=service.agency, roles=["case_handler"])


def run(client: Client, action: str, *requests: ServiceRequest, reason: str = "the agency called", **given: str) -> str:
    chosen = [str(one.pk) for one in requests]
    data = {"action": action, "_selected_action": chosen, "confirmed": "1", "reason": reason, **given}
    return client.post(LIST, data, follow=True, headers={"accept-language": "en"}).text


def waiting(service: Service) -> ServiceRequest:
    return make_request(service, next_attempt_at=timezone.now() + timedelta(hours=3))


def parked(service: Service, reason: str = "outcome_unknown", **fields: Any) -> ServiceRequest:
    long_ago = timezone.now() - timedelta(days=1)
    return make_request(
        service,
        **{"next_attempt_at": None, "parked_reason": reason, "outcome_unknown": True, "give_up_at": long_ago, **fields},
    )


def undeliverable(service: Service) -> ServiceRequest:
    long_ago = timezone.now() - timedelta(days=1)
    return make_request(service, next_attempt_at=None, status="undeliverable", give_up_at=long_ago, tries=9)


def now_of(request: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.get(pk=request.pk)


def row_of(request: ServiceRequest) -> dict[str, Any]:
    return dict(ServiceRequest.objects.filter(pk=request.pk).values().get())


def test_the_actions_are_all_tried_here() -> None:
    assert set(admin.site._registry[ServiceRequest].actions or []) == set(ACTIONS)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_neighbours_requests_are_out_of_reach(service: Service, action: str) -> None:
    """Parked, undeliverable and waiting ones: whichever the action is for."""
    client = client_of(agency=make_service().agency, roles=["case_handler"])
    for request in (parked(service), undeliverable(service), waiting(service)):
        before = row_of(request)
        assert request.receipt_number not in run(client, action, request, **ACTIONS[action])
        assert row_of(request) == before
    assert not OperatorAction.objects.exists()


@pytest.mark.parametrize("action", ACTIONS)
def test_who_may_only_look_does_nothing(service: Service, action: str) -> None:
    client = client_of(roles=["platform_administrator"])
    for request in (parked(service), undeliverable(service), waiting(service)):
        before = row_of(request)
        run(client, action, request, **ACTIONS[action])
        assert row_of(request) == before


def test_the_platforms_operators_act_on_requests_of_all_agencies(service: Service) -> None:
    client = client_of(roles=["operator"])
    request = waiting(service)
    assert "Done: 1." in run(client, "retry_now", request)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("reason", ["", "  "])
def test_without_a_reason_nothing_happens(officer: Client, service: Service, action: str, reason: str) -> None:
    request = parked(service)
    before = row_of(request)
    assert "This field is required." in run(officer, action, request, reason=reason, **ACTIONS[action])
    assert row_of(request) == before


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("outcome", [Outcome.CLAIMED, Outcome.SENDING])
def test_what_a_worker_holds_is_left_alone(officer: Client, service: Service, action: str, outcome: Outcome) -> None:
    request = make_request(service)
    make_attempt(request, outcome)
    before = row_of(request)
    assert "an attempt is under way" in run(officer, action, request, **ACTIONS[action])
    assert row_of(request) == before


def test_what_waits_is_due_now(officer: Client, service: Service) -> None:
    first, second = waiting(service), parked(service)
    text = run(officer, "retry_now", first, second, reason="they are back")
    assert "Done: 1." in text
    assert "Not done for 1: does not wait for an attempt." in text
    due = now_of(first).next_attempt_at
    assert due is not None
    assert due <= timezone.now()
    [kept] = OperatorAction.objects.all()
    assert (kept.action, kept.subject_id, kept.subject_name) == ("request_retry_now", first.pk, first.receipt_number)
    assert (kept.by, kept.reason, kept.agency) == ("somebody", "they are back", service.agency)
    assert list(kept.changes) == ["next_attempt_at"]


def test_the_undeliverable_is_received_again_and_the_citizen_is_told(officer: Client, service: Service) -> None:
    request = undeliverable(service)
    assert "Done: 1." in run(officer, "requeue", request)
    again = now_of(request)
    assert (again.status, again.next_actor, again.tries, again.errand) == ("received", "agency", 0, "submission")
    assert again.next_attempt_at is not None
    assert again.give_up_at > timezone.now()
    told = request.events.latest("sequence")
    assert (told.status, told.from_status, told.source) == ("received", "undeliverable", "platform")
    assert told.milestone_th
    assert told.milestone_en


def test_a_lanes_own_patience_holds_for_what_is_requeued(officer: Client, service: Service) -> None:
    Lane.objects.filter(pk=service.pk).update(give_up_after_days=30)
    request = undeliverable(service)
    run(officer, "requeue", request)
    assert now_of(request).give_up_at > timezone.now() + timedelta(days=29)


def test_the_requeued_is_delivered(service: Service) -> None:
    with http_server(RECEIPT) as agency:
        service.adapter_options = {"submit_url": agency.url}
        service.save()
        request = undeliverable(service)
        run(client_of(agency=service.agency, roles=["case_handler"]), "requeue", request)
        drain_lane(service.pk)
        assert agency.submissions == 1
    assert statuses(request) == ["received", "received", "delivered"]


def test_the_parked_is_asked_about_before_it_is_sent(officer: Client, service: Service) -> None:
    request = parked(service)
    assert "Done: 1." in run(officer, "requeue", request, agency_has_nothing="on")
    again = now_of(request)
    assert (again.parked_reason, again.outcome_unknown, again.status) == ("", True, "received")
    assert again.next_attempt_at is not None
    assert again.give_up_at > timezone.now()


def test_what_may_double_needs_a_human_who_asked() -> None:
    service = make_service(UNASKABLE)
    officer, request = client_of(agency=service.agency, roles=["case_handler"]), parked(service)
    before = row_of(request)
    assert "Not done for 1: may be at the agency already" in run(officer, "requeue", request)
    assert row_of(request) == before
    assert "Done: 1." in run(officer, "requeue", request, agency_has_nothing="on")
    again = now_of(request)
    assert (again.parked_reason, again.outcome_unknown) == ("", False)


def test_an_idempotency_key_that_is_honoured_needs_nobody() -> None:
    service = make_service({**UNASKABLE, "honours_idempotency_key": True})
    request = parked(service)
    assert "Done: 1." in run(client_of(agency=service.agency, roles=["case_handler"]), "requeue", request)
    assert now_of(request).outcome_unknown


def test_an_adapter_that_cannot_be_built_counts_as_unable() -> None:
    service = make_service(ASKABLE)
    Service.objects.filter(pk=service.pk).update(adapter="gone")
    request = parked(service)
    assert "Not done for 1" in run(client_of(agency=service.agency, roles=["case_handler"]), "requeue", request)


def test_an_answer_whose_outcome_is_unknown_may_double_too(service: Service) -> None:
    """A look-up tells nothing of a citizen's answer."""
    request = parked(service, errand="response", status="action_required")
    officer = client_of(agency=service.agency, roles=["case_handler"])
    assert "Not done for 1: may be at the agency already" in run(officer, "requeue", request)
    assert "Done: 1." in run(officer, "requeue", request, agency_has_nothing="on")
    assert (now_of(request).errand, now_of(request).status) == ("response", "action_required")


def test_what_is_not_stuck_is_not_requeued(officer: Client, service: Service) -> None:
    fine, ended = waiting(service), make_request(service, next_attempt_at=None, status="completed")
    text = run(officer, "requeue", fine, ended)
    assert "Not done for 1: is neither parked nor undeliverable." in text
    assert "Not done for 1: has ended." in text


def test_cancelling_tells_the_citizen_in_both_languages(officer: Client, service: Service) -> None:
    request = undeliverable(service)
    assert "Done: 1." in run(officer, "cancel", request, **CANCEL)
    again, told = now_of(request), request.events.latest("sequence")
    assert (again.status, again.next_attempt_at, again.parked_reason) == ("cancelled", None, "")
    assert (told.milestone_th, told.milestone_en) == (CANCEL["message_th"], CANCEL["message_en"])
    assert OperatorAction.objects.get().changes["status"] == ["undeliverable", "cancelled"]


@pytest.mark.parametrize("missing", ["message_th", "message_en"])
def test_a_cancelled_citizen_is_never_left_without_a_message(officer: Client, service: Service, missing: str) -> None:
    request = undeliverable(service)
    assert "This field is required." in run(officer, "cancel", request, **{**CANCEL, missing: ""})
    assert now_of(request).status == "undeliverable"


def test_what_may_have_arrived_is_not_cancelled_unasked(officer: Client, service: Service) -> None:
    request = parked(service)
    assert "Not done for 1: may be at the agency already" in run(officer, "cancel", request, **CANCEL)
    assert now_of(request).status == "received"
    run(officer, "cancel", request, **ACTIONS["cancel"])
    assert now_of(request).status == "cancelled"


def test_what_the_agency_has_only_the_agency_cancels(officer: Client, service: Service) -> None:
    request = make_request(service, next_attempt_at=None, status="in_progress")
    assert "Not done for 1: is at the agency" in run(officer, "cancel", request, **ACTIONS["cancel"])
    assert now_of(request).status == "in_progress"


def test_the_cancelled_is_never_delivered(service: Service) -> None:
    with http_server(RECEIPT) as agency:
        service.adapter_options = {"submit_url": agency.url}
        service.save()
        request = make_request(service)
        run(client_of(agency=service.agency, roles=["case_handler"]), "cancel", request, **CANCEL)
        drain_lane(service.pk)
        assert agency.arrived == []
    assert statuses(request) == ["received", "cancelled"]


def test_the_parked_that_the_agency_has_is_delivered(officer: Client, service: Service) -> None:
    request, other = parked(service), parked(service)
    assert "mark one at a time" in run(officer, "mark_delivered", request, other, agency_reference="A-1")
    assert "Done: 1." in run(officer, "mark_delivered", request, agency_reference="A-1")
    again = now_of(request)
    assert (again.status, again.agency_reference, again.parked_reason) == ("delivered", "A-1", "")
    assert not again.outcome_unknown
    assert again.taken_at is not None
    assert timezone.now() - again.taken_at < timedelta(minutes=1)
    assert "is neither parked" in run(officer, "mark_delivered", waiting(service), agency_reference="A-1")
    assert now_of(other).status == "received"


def at(moment: datetime) -> dict[str, str]:
    """As the form's two fields have it."""
    local = timezone.localtime(moment)
    return {"taken_at_0": f"{local:%Y-%m-%d}", "taken_at_1": f"{local:%H:%M:%S}"}


def test_the_citizen_is_told_when_the_agency_took_it(officer: Client, service: Service) -> None:
    an_hour_ago = (timezone.now() - timedelta(hours=1)).replace(microsecond=0)
    request = parked(service, created_at=an_hour_ago - timedelta(hours=1))
    told = run(officer, "mark_delivered", request, agency_reference="A-1", **at(an_hour_ago))
    assert "Done: 1." in told
    assert now_of(request).taken_at == an_hour_ago
    assert request.events.get(sequence=2).occurred_at == an_hour_ago
    assert "taken_at" in OperatorAction.objects.get().changes


@pytest.mark.parametrize(("hours", "why"), [(1, "This is in the future."), (-1, "was sent later than the time given")])
def test_a_time_at_which_the_agency_cannot_have_taken_it(
    officer: Client, service: Service, hours: int, why: str
) -> None:
    request = parked(service)
    moment = timezone.now() + timedelta(hours=hours)
    assert why in run(officer, "mark_delivered", request, agency_reference="A-1", **at(moment))
    assert now_of(request).status == "received"


def test_more_than_is_taken_at_once_is_refused(
    officer: Client, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services_catalog.admin.operating.AT_MOST", 1)
    requests = [waiting(service), waiting(service)]
    assert "At most 1 at once" in run(officer, "retry_now", *requests)
    assert not OperatorAction.objects.exists()


def test_many_are_done_in_batches(officer: Client, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("citizens.service_requests.operating._BATCH", 2)
    requests = [waiting(service) for _ in range(5)]
    assert "Done: 5." in run(officer, "retry_now", *requests)
    assert OperatorAction.objects.count() == 5


@pytest.mark.parametrize(
    ("query", "which"),
    [("yes", ["p"]), ("outcome_unknown", ["p"]), ("adapter_error", []), ("undeliverable", ["u"]), ("no", ["w"])],
)
def test_what_needs_a_human_is_listed(officer: Client, service: Service, query: str, which: list[str]) -> None:
    rows = {"p": parked(service), "u": undeliverable(service), "w": waiting(service)}
    listed = officer.get(LIST, {"parked": query}).context["cl"].result_list
    assert {row.pk for row in listed} == {rows[one].pk for one in which}


def test_the_list_says_why_and_what_failed_last(officer: Client, service: Service) -> None:
    request = parked(service)
    make_attempt(request, Outcome.RETRYABLE, failure_code="http_503")
    make_attempt(now_of(request), Outcome.UNKNOWN, failure_code="no_answer_in_time")
    text = officer.get(LIST, headers={"accept-language": "en"}).text
    assert "nobody can tell by program" in text
    assert "no_answer_in_time" in text
    assert "http_503" not in text


def test_what_was_done_is_on_the_page_of_the_request(officer: Client, service: Service) -> None:
    request = waiting(service)
    run(officer, "retry_now", request, reason="their cables are mended")
    page = reverse("admin:service_requests_servicerequest_change", args=[request.pk])
    text = officer.get(page, headers={"accept-language": "en"}).text
    assert "their cables are mended" in text
    assert 'name="action" value="requeue"' in text
    actions = officer.get(reverse("admin:services_catalog_operatoraction_changelist")).text
    assert request.receipt_number in actions


def test_every_reason_for_parking_has_plain_words() -> None:
    assert set(PARKED_BECAUSE) >= {reason for reason, _ in table("delivery.md", "reason")}


def make_parked(service: Service, number: int) -> None:
    """So many, received long ago."""
    one, long_ago = make_request(service, next_attempt_at=None), timezone.now() - timedelta(days=40)
    many = ServiceRequest.objects.filter(pk=one.pk).get()
    many.parked_reason, many.created_at = "adapter_error", long_ago
    copies = []
    for count in range(number):
        many.pk, many.receipt_number = uuid7(), f"69-AAAA-{count:04}"
        copies.append(copy(many))
    ServiceRequest.objects.bulk_create(copies)
    ServiceRequest.objects.filter(pk=one.pk).delete()


def test_of_more_than_an_action_takes_those_of_some_days_are_acted_on_at_once() -> None:
    service = make_service(ASKABLE)
    make_parked(service, 499)
    recent = [make_request(service, next_attempt_at=None, parked_reason="adapter_error") for _ in range(2)]
    operator = client_of(roles=["operator"])
    all_of_it = {"action": "requeue", "_selected_action": str(recent[0].pk), "select_across": "1"}
    stuck = {"parked": "yes", "service__id__exact": str(service.pk)}
    refused = operator.post(f"{LIST}?{urlencode(stuck)}", all_of_it, follow=True, headers={"accept-language": "en"})
    assert "At most 500 at once" in refused.text
    today = timezone.localdate().strftime("%Y-%m-%d")
    some_days = f"{LIST}?{urlencode({**stuck, 'created_at_from': today, 'created_at_to': today})}"
    asked = operator.post(some_days, all_of_it)
    assert {row.pk for row in asked.context["rows"]} == {one.pk for one in recent}
    operator.post(some_days, {**all_of_it, "confirmed": "1", "reason": "mended"})
    assert ServiceRequest.objects.filter(parked_reason="").count() == 2
