"""Claiming: slots, leases, and what a claimed attempt carries (rules 1, 4, 7, 13)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone

from citizens.models import Citizen
from citizens.service_requests.models import DeliveryAttempt, Outcome, ServiceRequest
from citizens.service_requests.routing.claim import claim, mark_sending
from citizens.service_requests.services import data_place
from services_catalog.adapters.types import Submission
from services_catalog.encryption import encrypt_json
from services_catalog.models import Lane, Service
from tests.citizens.service_requests.making import make_attempt, make_citizen, make_request, make_service


def open_attempts(service: Service) -> int:
    return DeliveryAttempt.objects.filter(lane_id=service.pk, outcome__in=["claimed", "sending"]).count()


def test_a_claimed_attempt_holds_a_lease_and_what_goes_out(service: Service) -> None:
    service_request = make_request(service)
    [claimed] = claim(service.pk, at_most=5)
    attempt = service_request.attempts.get()
    assert (attempt.pk, attempt.number, attempt.outcome) == (claimed.attempt_id, 1, Outcome.CLAIMED)
    assert isinstance(claimed.payload, Submission)
    assert claimed.payload.reference == claimed.payload.idempotency_key == str(service_request.pk)
    assert claimed.payload.data == {"note": "secret words"}
    assert claimed.trace_id == "trace-1"
    service_request.refresh_from_db()
    assert (service_request.next_attempt_at, service_request.attempt_count) == (None, 1)
    assert claim(service.pk, at_most=5) == [], "what is claimed is not due"


def setting_of_commits() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        setting: str = cursor.fetchone()[0]
        return setting


@pytest.mark.django_db(transaction=True)
def test_a_claim_is_not_waited_for_and_the_mark_before_the_call_is() -> None:
    service = make_service()
    make_request(service)
    with transaction.atomic():
        claimed = claim(service.pk, at_most=1)
        assert setting_of_commits() == "off"
    assert setting_of_commits() == "on"
    assert mark_sending(claimed) == claimed


def test_the_key_is_the_same_on_every_attempt(service: Service) -> None:
    service_request = make_request(service)
    [first] = claim(service.pk, at_most=1)
    DeliveryAttempt.objects.update(outcome=Outcome.RETRYABLE, finished_at=timezone.now())
    ServiceRequest.objects.update(next_attempt_at=timezone.now())
    [second] = claim(service.pk, at_most=1)
    assert first.attempt_id != second.attempt_id
    assert first.payload == second.payload
    assert service_request.attempts.count() == 2


def test_a_lease_outlives_a_look_up_and_a_submission_by_half_a_minute(db: None) -> None:
    service = make_service(call_deadline_seconds=10)
    make_request(service)
    before = timezone.now()
    [claimed] = claim(service.pk, at_most=1)
    assert timedelta(seconds=50) <= claimed.lease_expires_at - before < timedelta(seconds=52)


def test_never_takes_more_than_the_free_slots(service: Service) -> None:
    Lane.objects.filter(pk=service.pk).update(slots=3)
    for _ in range(5):
        make_request(service)
    assert len(claim(service.pk, at_most=2)) == 2
    assert len(claim(service.pk, at_most=10)) == 1
    assert claim(service.pk, at_most=10) == []
    DeliveryAttempt.objects.filter(pk=DeliveryAttempt.objects.earliest("id").pk).update(outcome=Outcome.SENDING)
    assert claim(service.pk, at_most=10) == [], "an attempt that is being sent fills its slot, too"
    first = DeliveryAttempt.objects.filter(pk=DeliveryAttempt.objects.earliest("id").pk)
    first.update(outcome=Outcome.DELIVERED, finished_at=timezone.now())
    assert len(claim(service.pk, at_most=10)) == 1


def test_takes_what_has_been_due_longest(service: Service) -> None:
    now = timezone.now()
    young = make_request(service, next_attempt_at=now - timedelta(seconds=1))
    old = make_request(service, next_attempt_at=now - timedelta(seconds=9))
    [first] = claim(service.pk, at_most=1)
    [second] = claim(service.pk, at_most=1)
    assert (first.request_id, second.request_id) == (old.pk, young.pk)


def test_takes_nothing_that_is_not_due_parked_or_of_another_lane(service: Service) -> None:
    make_request(service, next_attempt_at=timezone.now() + timedelta(seconds=30))
    make_request(service, next_attempt_at=None, parked_reason="outcome_unknown")
    make_request(make_service())
    assert claim(service.pk, at_most=10) == []


def test_a_paused_lane_gives_nothing(service: Service) -> None:
    make_request(service)
    Lane.objects.filter(pk=service.pk).update(paused=True)
    assert claim(service.pk, at_most=10) == []
    Lane.objects.filter(pk=service.pk).update(paused=False)
    assert len(claim(service.pk, at_most=10)) == 1


def test_a_slow_lane_has_one_slot(service: Service) -> None:
    Lane.objects.filter(pk=service.pk).update(recent_call_ms=1501)
    for _ in range(3):
        make_request(service)
    assert len(claim(service.pk, at_most=10)) == 1
    assert claim(service.pk, at_most=10) == []
    Lane.objects.filter(pk=service.pk).update(recent_call_ms=1500)
    assert len(claim(service.pk, at_most=10)) == 2


@pytest.mark.django_db(transaction=True)
def test_claimers_at_the_same_moment_never_take_more_than_the_slots_nor_one_request_twice() -> None:
    service = make_service(slots=5)
    for _ in range(12):
        make_request(service)
    barrier = Barrier(4)

    def claimer(_: int) -> list[UUID]:
        try:
            taken = []
            for _ in range(6):
                barrier.wait(10)
                taken += [one.request_id for one in claim(service.pk, at_most=3)]
            return taken
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        taken = [one for mine in pool.map(claimer, range(4)) for one in mine]
    assert len(taken) == len(set(taken)) == 5
    assert open_attempts(service) == 5


@pytest.mark.parametrize("unknown", [True, False])
def test_what_may_have_arrived_is_looked_up_first(service: Service, unknown: bool) -> None:
    make_request(service, outcome_unknown=unknown)
    [claimed] = claim(service.pk, at_most=1)
    assert claimed.look_up_first is unknown
    assert DeliveryAttempt.objects.get(pk=claimed.attempt_id).look_up_first is unknown


def test_the_agency_gets_the_claims_its_service_declares_and_no_more(db: None) -> None:
    citizen = make_citizen("110170023456")
    declaring = make_service(claims=["national_id", "name_th"])
    silent = make_service()
    make_request(declaring, citizen=citizen)
    make_request(silent, citizen=citizen)
    [named] = claim(declaring.pk, at_most=1)
    [unnamed] = claim(silent.pk, at_most=1)
    assert isinstance(named.payload, Submission)
    assert isinstance(unnamed.payload, Submission)
    assert named.payload.applicant == {"national_id": "1101700234568", "name_th": "นายทดสอบ ระบบดี"}
    assert unnamed.payload.applicant == {}


@pytest.mark.parametrize("blob", [b"\x01zgarbage-of-another-key", None])
def test_what_no_key_opens_is_parked_and_does_not_block_its_lane(service: Service, blob: bytes | None) -> None:
    Lane.objects.filter(pk=service.pk).update(slots=1)
    moved_from_elsewhere = encrypt_json({"note": "x"}, bound_to=data_place(UUID(int=0)))
    an_hour_ago = timezone.now() - timedelta(hours=1)
    broken = make_request(service, next_attempt_at=an_hour_ago, data_encrypted=blob or moved_from_elsewhere)
    healthy = make_request(service)
    assert claim(service.pk, at_most=1) == []
    [claimed] = claim(service.pk, at_most=1)
    assert claimed.request_id == healthy.pk
    broken.refresh_from_db()
    assert (broken.status, broken.parked_reason, broken.next_attempt_at) == ("received", "cannot_decrypt", None)
    assert not broken.attempts.exists()


def test_a_citizen_whose_claims_no_key_opens_is_parked_too(db: None) -> None:
    service = make_service(claims=["name_th"])
    broken = make_request(service)
    Citizen.objects.filter(pk=broken.citizen_id).update(claims_encrypted=b"\x01zgarbage-of-another-key")
    assert claim(service.pk, at_most=1) == []
    broken.refresh_from_db()
    assert broken.parked_reason == "cannot_decrypt"


def test_marks_as_sending_what_is_still_ours(service: Service) -> None:
    requests = [make_request(service) for _ in range(2)]
    claimed = claim(service.pk, at_most=2)
    assert mark_sending(claimed) == claimed
    attempts = DeliveryAttempt.objects.filter(service_request__in=requests)
    assert {attempt.outcome for attempt in attempts} == {Outcome.SENDING}
    assert all(attempt.sending_at is not None for attempt in attempts)
    assert mark_sending(claimed) == [], "an attempt begins once"


def test_an_attempt_whose_lease_ran_out_is_not_sent(service: Service) -> None:
    make_request(service)
    make_request(service)
    expired, alive = claim(service.pk, at_most=2)
    assert mark_sending([replace(expired, lease_expires_at=timezone.now()), alive]) == [alive]
    assert DeliveryAttempt.objects.get(pk=expired.attempt_id).outcome == Outcome.CLAIMED, "the sweep closes it"


def test_an_attempt_that_somebody_closed_is_not_sent(service: Service) -> None:
    make_request(service)
    claimed = claim(service.pk, at_most=1)
    DeliveryAttempt.objects.update(outcome=Outcome.RETRYABLE, finished_at=timezone.now())
    assert mark_sending(claimed) == []
    assert DeliveryAttempt.objects.get().outcome == Outcome.RETRYABLE


def test_a_lane_that_does_not_exist_gives_nothing(db: None) -> None:
    assert claim(UUID(int=0), at_most=1) == []


def test_an_open_attempt_of_the_past_fills_a_slot_until_it_is_swept(service: Service) -> None:
    Lane.objects.filter(pk=service.pk).update(slots=1)
    make_attempt(make_request(service), lease_expires_at=timezone.now() - timedelta(hours=1))
    make_request(service)
    assert claim(service.pk, at_most=1) == []
