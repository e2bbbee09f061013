"""What comes of comparing: agreement, news that we had missed, or a difference for a human."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from citizens.service_requests.models import AgencyEvent, Difference, ServiceRequest, Status, StatusEvent
from citizens.service_requests.reconciliation.asking import ask_all
from citizens.service_requests.reconciliation.choosing import inquiries
from citizens.service_requests.reconciliation.recording import Finding, record_told
from citizens.service_requests.reconciliation.run import reconcile
from superapp.sandbox.credentials import agency_credentials
from superapp.sandbox.listener import HangUp, Response, json_response
from tests.citizens.service_requests.making import make_request, statuses
from tests.citizens.service_requests.reconciliation.conftest import Serve, at_agency, nothing, status
from tests.citizens.service_requests.test_agency_api import message, push

pytestmark = pytest.mark.django_db


def fresh(service_request: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.get(pk=service_request.pk)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Status.DELIVERED, "received"),
        (Status.DELIVERED, "delivered"),
        (Status.DELIVERED, ""),
        (Status.IN_PROGRESS, "in_progress"),
        (Status.IN_PROGRESS, ""),
        (Status.ACTION_REQUIRED, "action_required"),
    ],
)
def test_an_agency_that_says_the_same_was_heard(serve: Serve, ours: Status, theirs: str) -> None:
    server, service = serve(status(theirs))
    service_request = at_agency(service, ours)
    assert reconcile() == {Finding.AGREED: 1}
    after = fresh(service_request)
    assert [request.path for request in server.arrived] == [f"/cases/{service_request.pk}"]
    assert (after.status, after.event_count) == (ours, service_request.event_count)
    assert after.reconciled_at is not None
    assert after.agency_heard_at is not None
    assert timezone.now() - after.agency_heard_at < timedelta(minutes=1)
    assert not Difference.objects.exists()


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Status.DELIVERED, "in_progress"),
        (Status.DELIVERED, "completed"),
        (Status.IN_PROGRESS, "action_required"),
        (Status.ACTION_REQUIRED, "in_progress"),
        (Status.IN_PROGRESS, "rejected"),
        (Status.IN_PROGRESS, "cancelled"),
    ],
)
def test_a_status_event_that_we_missed_is_caught_up_with(serve: Serve, ours: Status, theirs: str) -> None:
    _, service = serve(status(theirs))
    service_request = at_agency(service, ours)
    assert reconcile() == {Finding.CAUGHT_UP: 1}
    after = fresh(service_request)
    assert (after.status, after.agency_reference) == (theirs, "A-1")
    assert statuses(service_request)[-1] == theirs
    assert service_request.events.latest("sequence").source == StatusEvent.Source.AGENCY
    assert not Difference.objects.exists()


def test_catching_up_happens_once(serve: Serve) -> None:
    _, service = serve(status("in_progress"))
    service_request = at_agency(service)
    reconcile()
    assert reconcile() == {}, "it was heard of just now"
    assert statuses(service_request) == ["received", "in_progress"]
    assert AgencyEvent.objects.count() == 1


def test_what_the_agency_does_not_have_is_a_difference(serve: Serve) -> None:
    _, service = serve(nothing)
    service_request = at_agency(service, Status.IN_PROGRESS)
    assert reconcile() == {Finding.MISSING: 1}
    [difference] = Difference.objects.all()
    assert difference.service_request == service_request
    assert (difference.kind, difference.ours, difference.theirs) == ("missing_at_agency", "in_progress", "")
    assert difference.settled_at is None
    after = fresh(service_request)
    assert (after.status, after.event_count) == (Status.IN_PROGRESS, service_request.event_count)
    assert after.agency_heard_at == service_request.agency_heard_at


@pytest.mark.parametrize("theirs", ["received", "delivered", "undeliverable", "approved by the board", "IN_PROGRESS"])
def test_a_status_that_cannot_follow_ours_is_a_difference(serve: Serve, theirs: str) -> None:
    _, service = serve(status(theirs))
    service_request = at_agency(service, Status.IN_PROGRESS)
    assert reconcile() == {Finding.DIFFERS: 1}
    assert Difference.objects.get().theirs == theirs
    assert fresh(service_request).status == Status.IN_PROGRESS


def test_a_request_that_is_completed_for_us_only_is_a_difference(serve: Serve) -> None:
    _, service = serve(status("in_progress"))
    service_request = at_agency(service, Status.COMPLETED)
    assert reconcile() == {Finding.DIFFERS: 1}
    assert (Difference.objects.get().ours, fresh(service_request).status) == ("completed", "completed")


def test_words_that_no_column_holds_are_a_difference_and_no_error(serve: Serve) -> None:
    body = json.dumps({"agency_reference": "A-1", "status": "odd\x00" + "\ud800" + "ก" * 300})
    _, service = serve(lambda _request: Response(200, body.encode()))
    at_agency(service)
    assert reconcile() == {Finding.DIFFERS: 1}
    assert Difference.objects.get().theirs == "odd??" + "ก" * 195


def test_a_difference_is_open_once_and_says_what_was_found_last(serve: Serve) -> None:
    answers = [nothing, status("closed"), status("received")]
    _, service = serve(lambda request: answers.pop(0)(request))
    service_request = at_agency(service)
    for _ in range(2):
        reconcile()
        long_ago(service_request)
    [difference] = Difference.objects.all()
    assert (difference.kind, difference.theirs, difference.settled_at) == ("status_differs", "closed", None)
    assert reconcile() == {Finding.AGREED: 1}
    difference.refresh_from_db()
    assert difference.settled_at is not None


def tell(service_request: ServiceRequest, status: str, happened_at: datetime, **data: Any) -> None:
    """The agency pushes what happened then, by its clock."""
    content = {**message(service_request.pk, status, **data), "timestamp": happened_at.isoformat()}
    secrets = agency_credentials(service_request.service.agency.code, secret=settings.SANDBOX_SECRET)
    assert push(secrets, content, event_id=f"{status}-{happened_at:%s}").status_code == 200


def test_a_question_that_comes_after_the_look_up_is_asked(serve: Serve) -> None:
    """The agency's queue was stuck, and a look-up tells the status alone."""
    _, service = serve(status("action_required"))
    service_request = at_agency(service, Status.DELIVERED)
    asked_at = timezone.now() - timedelta(minutes=30)
    tell(service_request, "in_progress", asked_at - timedelta(hours=1))
    long_ago(service_request)
    assert reconcile() == {Finding.CAUGHT_UP: 1}
    assert (fresh(service_request).status, fresh(service_request).asked_th) == (Status.ACTION_REQUIRED, "")
    tell(service_request, "action_required", asked_at, asks={"text": {"th": "ขอรูปถ่าย", "en": "A photo"}})
    after = fresh(service_request)
    assert (after.status, after.next_actor, after.asked_th) == (Status.ACTION_REQUIRED, "citizen", "ขอรูปถ่าย")


def test_news_by_a_slow_clock_counts_after_a_look_up(serve: Serve) -> None:
    _, service = serve(status("action_required"))
    service_request = at_agency(service, Status.IN_PROGRESS)
    assert reconcile() == {Finding.CAUGHT_UP: 1}
    tell(service_request, "in_progress", timezone.now() - timedelta(minutes=2))
    assert fresh(service_request).status == Status.IN_PROGRESS


def test_catching_up_settles_a_difference(serve: Serve) -> None:
    answers = [nothing, status("completed")]
    _, service = serve(lambda request: answers.pop(0)(request))
    service_request = at_agency(service)
    reconcile()
    long_ago(service_request)
    assert reconcile() == {Finding.CAUGHT_UP: 1}
    assert Difference.objects.get().settled_at is not None


@pytest.mark.parametrize("end", ["completed", "rejected", "cancelled", "in_progress"])
def test_news_of_the_agency_settles_a_difference(serve: Serve, end: str) -> None:
    _, service = serve(nothing)
    service_request, other = at_agency(service), at_agency(service)
    reconcile()
    tell(service_request, end, timezone.now())
    assert service_request.differences.get().settled_at is not None
    assert other.differences.get().settled_at is None


def test_news_that_does_not_hold_settles_no_difference(serve: Serve) -> None:
    _, service = serve(status("in_progress"))
    service_request = at_agency(service, Status.COMPLETED)
    assert reconcile() == {Finding.DIFFERS: 1}
    tell(service_request, "in_progress", timezone.now())
    assert service_request.differences.get().settled_at is None


def long_ago(service_request: ServiceRequest) -> None:
    past = timezone.now() - timedelta(hours=2)
    ServiceRequest.objects.filter(pk=service_request.pk).update(reconciled_at=past, agency_heard_at=past)


@pytest.mark.parametrize("answer", [lambda _: json_response(503, {}), lambda _: HangUp.CLOSED])
def test_an_agency_that_cannot_say_is_left_alone(serve: Serve, answer: object) -> None:
    server, service = serve(answer)
    made = [at_agency(service) for _ in range(3)]
    assert reconcile() == {Finding.UNANSWERED: 1}
    assert len(server.arrived) == 1
    assert sum(fresh(one).reconciled_at is not None for one in made) == 1, "the next time another one is asked about"
    assert not Difference.objects.exists()


def test_news_that_comes_while_we_ask_is_newer_than_the_answer(serve: Serve) -> None:
    """The agency's answer was under way when its status event came in."""
    _, service = serve(status("in_progress"))
    service_request = at_agency(service, Status.ACTION_REQUIRED)
    asked = list(inquiries())
    ServiceRequest.objects.filter(pk=service_request.pk).update(event_count=7)
    [(_, told)] = ask_all(asked, at_once=1, for_at_most=timedelta(seconds=20))
    assert record_told(told) == [Finding.OVERTAKEN]
    assert fresh(service_request).status == Status.ACTION_REQUIRED


def test_a_request_that_was_archived_while_we_asked_is_no_error(serve: Serve) -> None:
    _, service = serve(nothing)
    at_agency(service)
    asked = list(inquiries())
    StatusEvent.objects.all()._raw_delete("default")
    ServiceRequest.objects.filter(service=service).delete()
    [(_, told)] = ask_all(asked, at_once=1, for_at_most=timedelta(seconds=20))
    assert record_told(told) == [Finding.OVERTAKEN]
    assert not Difference.objects.exists()


def test_what_was_never_sent_is_not_asked_about(serve: Serve) -> None:
    server, service = serve(nothing)
    make_request(service)
    assert reconcile() == {}
    assert server.arrived == []
