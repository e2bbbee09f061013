"""What is delivered after the submission: citizens' answers, and wishes to cancel, also while it is being sent."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from citizens.service_requests.cancelling import request_cancel
from citizens.service_requests.lifecycle import News, lock_requests, save_transitions, transition
from citizens.service_requests.models import (
    CitizenResponse,
    DeliveryAttempt,
    Errand,
    Outcome,
    ServiceRequest,
    Status,
    StatusEvent,
)
from citizens.service_requests.responding import request_respond
from citizens.service_requests.routing.agency_line import agency_line
from citizens.service_requests.routing.claim import Claimed, claim, mark_sending
from citizens.service_requests.routing.drain import drain_lane
from citizens.service_requests.routing.payloads import Cancellation
from citizens.service_requests.routing.record import record
from citizens.service_requests.routing.send import (
    AdapterBroke,
    CannotFindOut,
    NotStarted,
    Result,
    Sent,
    send,
)
from citizens.service_requests.routing.sweep import expire_leases
from services_catalog.adapters.errors import OutcomeUnknown, Permanent, Retryable
from services_catalog.adapters.types import Answer, Receipt, Submission
from services_catalog.models import Breaker, Lane, Service
from superapp.sandbox.listener import HangUp, Request, Response, json_response
from tests.citizens.service_requests.making import make_due, make_request, make_service, statuses
from tests.counterparts import RECEIPT, Counterpart, http_server

CANCELLED = json_response(200, {"agency_reference": "A-1", "status": "cancelled"})
FOUND = json_response(200, {"agency_reference": "A-1", "status": "in_progress"})
NOT_FOUND = json_response(404, {})
EVERY_RESULT: list[Result] = [
    Receipt("A-1", "received"),
    Permanent("http_422", http_status=422),
    Retryable("http_503", http_status=503),
    OutcomeUnknown("connection_lost"),
    CannotFindOut(),
    AdapterBroke(),
    NotStarted(),
]


@dataclass
class Desk:
    """An agency's server that answers each kind of call as it is told to."""

    answers: dict[str, Response | HangUp] = field(default_factory=dict)

    def __call__(self, request: Request) -> Response | HangUp:
        return self.answers.get(kind_of(request), RECEIPT)


def kind_of(request: Request) -> str:
    last = request.path.rsplit("/", 1)[-1]
    return last if last in ("cases", "cancel", "answers") else "lookup"


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def agency(desk: Desk) -> Iterator[Counterpart]:
    with http_server(desk) as counterpart:
        yield counterpart


def arrived(agency: Counterpart) -> list[str]:
    return [kind_of(request) for request in agency.arrived]


def service_at(agency: Counterpart, *, looks_up: bool = True, honours_key: bool = False) -> Service:
    of_reference = f"{agency.url}/{{reference}}"
    return make_service(
        {
            "submit_url": agency.url,
            "lookup_url": of_reference if looks_up else "",
            "cancel_url": f"{of_reference}/cancel",
            "response_url": f"{of_reference}/answers",
            "honours_idempotency_key": honours_key,
        }
    )


@pytest.fixture
def service(db: None, agency: Counterpart) -> Service:
    return service_at(agency)


def agency_says(service_request: ServiceRequest, status: Status) -> None:
    locked = lock_requests([service_request.pk])
    event = transition(locked[service_request.pk], status, News(source=StatusEvent.Source.AGENCY))
    save_transitions(list(locked.values()), [event])


def cancel(service_request: ServiceRequest) -> None:
    request_cancel(citizen_id=service_request.citizen_id, request_id=service_request.pk)


def respond(service_request: ServiceRequest, key: str = "answer-1") -> CitizenResponse:
    request_respond(
        citizen_id=service_request.citizen_id,
        request_id=service_request.pk,
        idempotency_key=key,
        data={"income": "สองหมื่น"},
    )
    return CitizenResponse.objects.get(service_request=service_request, key=key)


def drain(service_request: ServiceRequest, times: int = 1) -> ServiceRequest:
    """So many attempts, each as soon as it may be."""
    for _ in range(times):
        make_due(service_request)
        drain_lane(service_request.service_id)
    service_request.refresh_from_db()
    return service_request


def at_agency(service: Service, status: Status = Status.IN_PROGRESS) -> ServiceRequest:
    """A request that the agency has."""
    service_request = drain(make_request(service))
    agency_says(service_request, status)
    service_request.refresh_from_db()
    return service_request


def begin(service: Service) -> Claimed:
    [claimed] = mark_sending(claim(service.pk, at_most=9))
    return claimed


def end(claimed: Claimed, result: Result) -> None:
    record([Sent(claimed, result, timedelta(seconds=0.1))])


def last_text(service_request: ServiceRequest) -> str:
    return service_request.events.latest("sequence").milestone_en


class TestCancelling:
    def test_the_agency_is_asked_and_cancels_at_once(self, service: Service, desk: Desk, agency: Counterpart) -> None:
        desk.answers["cancel"] = CANCELLED
        service_request = at_agency(service)
        cancel(service_request)
        assert drain(service_request).status == Status.CANCELLED
        assert arrived(agency) == ["cases", "cancel"]
        asked = agency.arrived[-1]
        assert asked.path.endswith(f"/{service_request.pk}/cancel")
        assert asked.headers["Idempotency-Key"] == f"cancel-{service_request.pk}"
        assert service_request.attempts.latest("number").errand == Errand.CANCELLATION

    def test_the_agency_takes_the_wish_and_tells_later(self, service: Service, agency: Counterpart) -> None:
        service_request = at_agency(service)
        cancel(service_request)
        drain(service_request, times=2)
        assert arrived(agency) == ["cases", "cancel"], "once it has the wish, it is not asked again"
        assert (service_request.status, service_request.next_attempt_at) == (Status.IN_PROGRESS, None)
        agency_says(service_request, Status.CANCELLED)
        assert statuses(service_request)[-1] == "cancelled"

    def test_what_the_agency_refuses_goes_on_and_the_citizen_is_told(self, service: Service, desk: Desk) -> None:
        desk.answers["cancel"] = json_response(409, {})
        service_request = at_agency(service)
        cancel(service_request)
        drain(service_request)
        assert (service_request.status, service_request.errand) == (Status.IN_PROGRESS, Errand.SUBMISSION)
        assert (service_request.cancel_asked_at, service_request.next_attempt_at) == (None, None)
        assert "did not accept the cancellation" in last_text(service_request)

    def test_what_the_agency_could_not_be_told_goes_on_and_the_citizen_is_told(
        self, service: Service, desk: Desk
    ) -> None:
        desk.answers["cancel"] = HangUp.CLOSED
        service_request = at_agency(service)
        cancel(service_request)
        drain(service_request, times=2)
        assert service_request.next_attempt_at is not None, "asking twice does no harm"
        ServiceRequest.objects.update(give_up_at=timezone.now())
        drain(service_request)
        assert (service_request.status, service_request.cancel_asked_at) == (Status.IN_PROGRESS, None)
        assert "could not tell the agency" in last_text(service_request)

    @pytest.mark.parametrize("result", EVERY_RESULT, ids=repr)
    def test_news_that_ended_the_request_meanwhile_stay(self, service: Service, result: Result) -> None:
        service_request = at_agency(service)
        cancel(service_request)
        claimed = begin(service)
        agency_says(service_request, Status.COMPLETED)
        end(claimed, result)
        service_request.refresh_from_db()
        assert (service_request.status, service_request.next_attempt_at) == (Status.COMPLETED, None)
        assert service_request.parked_reason == ""

    def test_a_worker_that_died_asking_leads_to_asking_again(self, service: Service, agency: Counterpart) -> None:
        service_request = at_agency(service)
        cancel(service_request)
        begin(service)
        DeliveryAttempt.objects.filter(outcome=Outcome.SENDING).update(lease_expires_at=timezone.now())
        expire_leases()
        drain(service_request)
        assert arrived(agency) == ["cases", "cancel"]
        assert service_request.next_attempt_at is None


class TestAnswering:
    @pytest.fixture
    def asked(self, service: Service) -> ServiceRequest:
        return at_agency(service, Status.ACTION_REQUIRED)

    def test_the_answer_reaches_the_agency(self, asked: ServiceRequest, agency: Counterpart) -> None:
        answer = respond(asked)
        assert drain(asked).status == Status.IN_PROGRESS
        call = agency.arrived[-1]
        assert call.path.endswith(f"/{asked.pk}/answers")
        assert call.headers["Idempotency-Key"] == str(answer.pk)
        assert json.loads(call.body) == {"reference": str(asked.pk), "data": {"income": "สองหมื่น"}}
        answer.refresh_from_db()
        assert answer.delivered_at is not None
        assert last_text(asked) == "The agency has your answer."

    def test_an_answer_the_agency_refuses_is_the_citizens_to_give_again(
        self, asked: ServiceRequest, desk: Desk, agency: Counterpart
    ) -> None:
        desk.answers["answers"] = json_response(422, {})
        first = respond(asked)
        drain(asked)
        assert (asked.status, asked.next_actor, asked.errand) == ("action_required", "citizen", "submission")
        assert "could not deliver your answer" in last_text(asked)
        del desk.answers["answers"]
        second = respond(asked, "answer-2")
        assert drain(asked).status == Status.IN_PROGRESS
        assert agency.arrived[-1].headers["Idempotency-Key"] == str(second.pk)
        first.refresh_from_db()
        assert first.delivered_at is None

    def test_of_unknown_outcome_it_is_parked_where_keys_are_not_honoured(
        self, asked: ServiceRequest, desk: Desk, agency: Counterpart
    ) -> None:
        desk.answers["answers"] = HangUp.CLOSED
        respond(asked)
        drain(asked, times=4)
        assert arrived(agency) == ["cases", "answers"], "it was sent once"
        assert (asked.status, asked.parked_reason) == ("action_required", "outcome_unknown")

    def test_of_unknown_outcome_it_goes_out_again_under_its_key(
        self, db: None, desk: Desk, agency: Counterpart
    ) -> None:
        asked = at_agency(service_at(agency, honours_key=True), Status.ACTION_REQUIRED)
        desk.answers["answers"] = HangUp.CLOSED
        answer = respond(asked)
        drain(asked)
        del desk.answers["answers"]
        assert drain(asked).status == Status.IN_PROGRESS
        assert {call.headers["Idempotency-Key"] for call in agency.arrived[1:]} == {str(answer.pk)}
        assert len(agency.arrived) == 3

    @pytest.mark.parametrize("result", EVERY_RESULT, ids=repr)
    def test_an_old_attempt_that_ends_now_leaves_the_answer_alone(
        self, service: Service, agency: Counterpart, result: Result
    ) -> None:
        """The agency asked before its receipt for the submission was written down, and the citizen was quick."""
        service_request = make_request(service)
        submission = begin(service)
        agency_says(service_request, Status.ACTION_REQUIRED)
        answer = respond(service_request)
        assert claim(service.pk, at_most=9) == [], "one open attempt at a time"
        end(submission, result)
        service_request.refresh_from_db()
        assert (service_request.status, service_request.errand) == ("action_required", "response")
        assert (service_request.parked_reason, service_request.outcome_unknown) == ("", False)
        assert DeliveryAttempt.objects.get().errand == Errand.SUBMISSION
        claimed = begin(service)
        assert isinstance(claimed.payload, Answer)
        assert claimed.payload.idempotency_key == str(answer.pk)
        assert claimed.look_up_first is False
        end(claimed, Receipt("A-1"))
        assert statuses(service_request)[-1] == "in_progress"

    def test_an_answer_that_is_not_there_stops_nobody_elses(self, asked: ServiceRequest) -> None:
        ServiceRequest.objects.filter(pk=asked.pk).update(errand=Errand.RESPONSE, next_attempt_at=timezone.now())
        other = make_request(asked.service)
        assert [one.request_id for one in claim(asked.service_id, at_most=9)] == [other.pk]
        asked.refresh_from_db()
        assert (asked.parked_reason, asked.next_attempt_at) == ("cannot_prepare", None)


class TestUnwanted:
    """The citizen cancels while the submission is being sent."""

    @pytest.fixture
    def sending(self, service: Service) -> tuple[ServiceRequest, Claimed]:
        service_request = make_request(service)
        claimed = begin(service)
        cancel(service_request)
        service_request.refresh_from_db()
        assert (service_request.status, service_request.errand) == ("received", "submission")
        return service_request, claimed

    def test_arrived_all_the_same_the_agency_is_asked_to_cancel_it(
        self, sending: tuple[ServiceRequest, Claimed], desk: Desk, agency: Counterpart
    ) -> None:
        desk.answers["cancel"] = CANCELLED
        service_request, claimed = sending
        end(claimed, Receipt("A-1"))
        assert drain(service_request).status == Status.CANCELLED
        assert arrived(agency) == ["cancel"]
        assert statuses(service_request) == ["received", "received", "delivered", "cancelled"]

    @pytest.mark.parametrize("result", [Permanent("http_422"), Retryable("http_503"), NotStarted()], ids=repr)
    def test_certainly_not_arrived_it_is_cancelled(
        self, sending: tuple[ServiceRequest, Claimed], agency: Counterpart, result: Result
    ) -> None:
        service_request, claimed = sending
        end(claimed, result)
        assert drain(service_request, times=2).status == Status.CANCELLED
        assert agency.arrived == []

    @pytest.mark.parametrize(("found", "calls"), [(NOT_FOUND, ["lookup"]), (FOUND, ["lookup", "cancel"])])
    def test_of_unknown_outcome_the_agency_is_asked_what_it_has(
        self,
        sending: tuple[ServiceRequest, Claimed],
        desk: Desk,
        agency: Counterpart,
        found: Response,
        calls: list[str],
    ) -> None:
        desk.answers |= {"lookup": found, "cancel": CANCELLED}
        service_request, claimed = sending
        end(claimed, OutcomeUnknown("connection_lost"))
        assert drain(service_request, times=2).status == Status.CANCELLED
        assert arrived(agency) == calls, "it was not sent anew"

    @pytest.fixture(params=[True, False], ids=["honours the key", "does not"])
    def unasked(self, request: pytest.FixtureRequest, db: None, desk: Desk, agency: Counterpart) -> ServiceRequest:
        """It may have arrived, and the agency cannot be asked."""
        service = service_at(agency, looks_up=False, honours_key=request.param)
        desk.answers["cases"] = HangUp.CLOSED
        service_request = drain(make_request(service))
        del desk.answers["cases"]
        cancel(service_request)
        return service_request

    def test_where_it_cannot_be_asked_the_agency_is_asked_to_cancel(
        self, unasked: ServiceRequest, desk: Desk, agency: Counterpart
    ) -> None:
        desk.answers["cancel"] = CANCELLED
        assert drain(unasked, times=2).status == Status.CANCELLED
        assert arrived(agency) == ["cases", "cancel"], "it was not sent anew"

    def test_where_it_cannot_be_asked_and_takes_the_wish_it_tells_later(
        self, unasked: ServiceRequest, agency: Counterpart
    ) -> None:
        drain(unasked, times=3)
        assert (unasked.status, unasked.next_attempt_at, unasked.outcome_unknown) == ("delivered", None, False)
        assert arrived(agency) == ["cases", "cancel", "cancel"], "asking twice does no harm"

    @pytest.mark.parametrize("answer", [HangUp.CLOSED, NOT_FOUND, Response(409), Response(503)], ids=repr)
    def test_where_it_can_say_nothing_it_is_parked_in_the_end(
        self, unasked: ServiceRequest, desk: Desk, agency: Counterpart, answer: Response | HangUp
    ) -> None:
        desk.answers["cancel"] = answer
        drain(unasked)
        assert (unasked.status, unasked.parked_reason, unasked.outcome_unknown) == ("received", "", True)
        ServiceRequest.objects.update(give_up_at=timezone.now())
        drain(unasked)
        assert (unasked.status, unasked.parked_reason) == ("received", "outcome_unknown")
        assert arrived(agency) == ["cases", "cancel", "cancel"]

    def test_where_it_refuses_a_human_has_to_find_out(
        self, unasked: ServiceRequest, desk: Desk, agency: Counterpart
    ) -> None:
        desk.answers["cancel"] = json_response(422, {})
        drain(unasked, times=2)
        assert (unasked.status, unasked.parked_reason) == ("received", "outcome_unknown")
        assert arrived(agency) == ["cases", "cancel"]

    def test_where_it_takes_no_cancellations_any_more_a_human_has_to_find_out(
        self, unasked: ServiceRequest, agency: Counterpart
    ) -> None:
        unasked.service.adapter_options |= {"cancel_url": ""}
        unasked.service.save()
        drain(unasked)
        assert (unasked.status, unasked.parked_reason) == ("received", "outcome_unknown")
        assert arrived(agency) == ["cases"]

    @pytest.mark.parametrize("result", [CannotFindOut(), AdapterBroke()], ids=repr)
    def test_what_only_a_human_can_find_out_is_parked(
        self, sending: tuple[ServiceRequest, Claimed], result: Result
    ) -> None:
        service_request, claimed = sending
        end(claimed, result)
        service_request.refresh_from_db()
        assert service_request.status == Status.RECEIVED
        assert service_request.parked_reason != ""

    def test_a_worker_that_died_leads_to_a_look_up(
        self, sending: tuple[ServiceRequest, Claimed], desk: Desk, agency: Counterpart
    ) -> None:
        desk.answers["lookup"] = NOT_FOUND
        service_request, _ = sending
        DeliveryAttempt.objects.update(lease_expires_at=timezone.now())
        expire_leases()
        assert drain(service_request).status == Status.CANCELLED
        assert arrived(agency) == ["lookup"]

    def test_requeued_by_an_operator_who_knows_that_the_agency_has_nothing_it_is_not_sent(
        self, service: Service, agency: Counterpart
    ) -> None:
        service_request = make_request(service, cancel_asked_at=timezone.now())
        assert drain(service_request).status == Status.CANCELLED
        assert agency.arrived == []


class TestOnceMore:
    """The agency honours keys and cannot be asked: what may have arrived goes out again, and what it says to that tells
    nothing of the first time. The citizen must not read that the agency does not have it.
    """

    @pytest.fixture
    def keyed(self, db: None, agency: Counterpart) -> Service:
        return service_at(agency, looks_up=False, honours_key=True)

    @pytest.fixture
    def unknown(self, keyed: Service, desk: Desk) -> ServiceRequest:
        desk.answers["cases"] = HangUp.CLOSED
        return drain(make_request(keyed))

    @pytest.mark.parametrize("status", [503, 429, 409])
    @pytest.mark.parametrize("is_cancelled", [False, True])
    def test_not_taken_now_it_is_tried_until_its_time_is_over_and_parked(
        self, unknown: ServiceRequest, desk: Desk, agency: Counterpart, status: int, is_cancelled: bool
    ) -> None:
        desk.answers |= {"cases": Response(status), "cancel": Response(status)}
        service_request = self.sent_again(unknown, is_cancelled=is_cancelled)
        assert (service_request.status, service_request.parked_reason) == ("received", "")
        assert service_request.outcome_unknown is True
        ServiceRequest.objects.update(give_up_at=timezone.now())
        drain(service_request)
        assert (service_request.status, service_request.parked_reason) == ("received", "outcome_unknown")
        assert arrived(agency) == ["cases", "cases", "cancel" if is_cancelled else "cases"]

    @pytest.mark.parametrize("is_cancelled", [False, True])
    def test_refused_for_good_it_is_parked(
        self, unknown: ServiceRequest, desk: Desk, agency: Counterpart, is_cancelled: bool
    ) -> None:
        desk.answers["cases"] = json_response(422, {})
        service_request = self.sent_again(unknown, is_cancelled=is_cancelled)
        assert (service_request.status, service_request.parked_reason) == ("received", "outcome_unknown")
        assert service_request.outcome_unknown is True
        attempt = service_request.attempts.latest("number")
        assert (attempt.outcome, attempt.failure_code, attempt.http_status) == ("unknown", "outcome_unknown", 422)
        drain(service_request)
        assert arrived(agency) == ["cases"] * 2

    @staticmethod
    def sent_again(service_request: ServiceRequest, *, is_cancelled: bool) -> ServiceRequest:
        """The citizen may cancel it while it is on its way."""
        make_due(service_request)
        claimed = begin(service_request.service)
        if is_cancelled:
            cancel(service_request)
        line = agency_line(service_request.service.lane)
        assert line is not None
        record([send(claimed, line.adapter, line.call_settings(claimed.trace_id))])
        service_request.refresh_from_db()
        return service_request

    @pytest.mark.parametrize(("status", "reason"), [(503, ""), (409, ""), (422, "outcome_unknown")])
    def test_an_answer_that_may_have_arrived_is_not_the_citizens_to_give_again(
        self, keyed: Service, desk: Desk, status: int, reason: str
    ) -> None:
        asked = at_agency(keyed, Status.ACTION_REQUIRED)
        desk.answers["answers"] = HangUp.CLOSED
        respond(asked)
        drain(asked)
        desk.answers["answers"] = json_response(status, {})
        drain(asked)
        assert (asked.status, asked.next_actor, asked.errand) == ("action_required", "agency", "response")
        assert (asked.parked_reason, asked.outcome_unknown) == (reason, True)

    def test_a_refusal_after_the_agency_has_said_that_it_has_nothing_is_final(
        self, db: None, desk: Desk, agency: Counterpart
    ) -> None:
        desk.answers |= {"lookup": NOT_FOUND, "cases": json_response(422, {})}
        service_request = make_request(service_at(agency, honours_key=True), outcome_unknown=True)
        assert drain(service_request).status == Status.UNDELIVERABLE
        assert arrived(agency) == ["lookup", "cases"]

    def test_a_refusal_proves_that_the_agency_is_back(self, unknown: ServiceRequest, desk: Desk) -> None:
        desk.answers["cases"] = json_response(422, {})
        Lane.objects.update(breaker=Breaker.OPEN, breaker_probe_at=timezone.now())
        drain(unknown)
        assert Lane.objects.get().breaker == Breaker.CLOSED


def test_what_goes_out_depends_on_the_errand(service: Service) -> None:
    kinds: dict[UUID, type] = {}
    submitted = make_request(service)
    kinds[submitted.pk] = Submission
    makers: list[tuple[Callable[[ServiceRequest], object], type]] = [(cancel, Cancellation), (respond, Answer)]
    for make, kind in makers:
        delivered = make_request(service, next_attempt_at=None, status="delivered")
        agency_says(delivered, Status.ACTION_REQUIRED)
        make(delivered)
        kinds[delivered.pk] = kind
    claimed = claim(service.pk, at_most=9)
    assert {one.request_id: type(one.payload) for one in claimed} == kinds
