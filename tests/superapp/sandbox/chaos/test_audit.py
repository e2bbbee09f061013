from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone

from citizens.notifications.services import notify_pending
from citizens.service_requests.lifecycle import News, lock_requests, save_transitions, transition
from citizens.service_requests.models import ServiceRequest, Status, StatusEvent
from superapp.sandbox.agencies.ledger import Ledger, Submission
from superapp.sandbox.chaos.audit import audit, still_moving, wrong_steps
from tests.citizens.service_requests.making import make_attempt, make_request, make_service

NOTHING_WRONG = {"lost": 0, "duplicated": 0, "illegal_transitions": 0, "leaked": 0, "untold": 0}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path)
    yield opened
    opened.close()


def open_case(ledger: Ledger, reference: str) -> None:
    submission = Submission("dlt", reference, uuid4().hex)
    ledger.open_case("instant", submission, status="received", steps=(), honours_key=False)


def ended(status: Status) -> ServiceRequest:
    service_request = make_request(make_service())
    locked = lock_requests([service_request.pk])[service_request.pk]
    save_transitions([locked], [transition(locked, status, News(source=StatusEvent.Source.PLATFORM))])
    return locked


def wrong(figures: dict[str, int]) -> dict[str, int]:
    return {name: figures[name] for name in NOTHING_WRONG}


@pytest.mark.django_db
class TestFigures:
    def test_all_is_well(self, ledger: Ledger) -> None:
        completed, undeliverable = ended(Status.COMPLETED), ended(Status.UNDELIVERABLE)
        parked = make_request(make_service(), next_attempt_at=None, parked_reason="outcome_unknown")
        open_case(ledger, str(completed.pk))
        notify_pending()
        figures = audit([completed.pk, undeliverable.pk, parked.pk], ledger)
        assert wrong(figures) == NOTHING_WRONG
        told = {name: figures[name] for name in ("accepted", "completed", "undeliverable", "parked")}
        assert told == {"accepted": 3, "completed": 1, "undeliverable": 1, "parked": 1}
        assert set(still_moving(ledger).values()) == {0}

    def test_lost_is_what_has_no_row_no_end_or_no_case(self, ledger: Ledger) -> None:
        waiting, completed = make_request(make_service()), ended(Status.COMPLETED)
        notify_pending()
        assert wrong(audit([uuid4(), waiting.pk, completed.pk], ledger)) == NOTHING_WRONG | {"lost": 3}
        assert still_moving(ledger)["requests under way"] == 1

    def test_duplicated_is_a_second_case_and_a_case_that_nobody_asked_for(self, ledger: Ledger) -> None:
        completed = ended(Status.COMPLETED)
        notify_pending()
        for reference in (str(completed.pk), str(completed.pk), str(uuid4())):
            open_case(ledger, reference)
        assert wrong(audit([completed.pk], ledger)) == NOTHING_WRONG | {"duplicated": 2}

    def test_leaked_is_an_attempt_that_stays_open(self, ledger: Ledger) -> None:
        service_request = make_request(make_service())
        make_attempt(service_request, lease_expires_at=timezone.now())
        notify_pending()
        assert wrong(audit([service_request.pk], ledger)) == NOTHING_WRONG | {"lost": 1, "leaked": 1}

    def test_untold_is_a_failure_that_is_in_no_inbox(self, ledger: Ledger) -> None:
        undeliverable = ended(Status.UNDELIVERABLE)
        assert wrong(audit([undeliverable.pk], ledger)) == NOTHING_WRONG | {"untold": 1}
        assert still_moving(ledger)["status events untold"] == 2

    def test_a_status_that_no_event_led_to_is_illegal(self, ledger: Ledger) -> None:
        completed = ended(Status.COMPLETED)
        notify_pending()
        open_case(ledger, str(completed.pk))
        ServiceRequest.objects.filter(pk=completed.pk).update(status=Status.REJECTED)
        assert wrong(audit([completed.pk], ledger)) == NOTHING_WRONG | {"illegal_transitions": 1}


@pytest.mark.parametrize(
    ("timeline", "status", "expected"),
    [
        ([(1, "", "received")], "received", 0),
        ([(1, "", "received"), (2, "received", "delivered"), (3, "delivered", "completed")], "completed", 0),
        ([(1, "", "received"), (2, "received", "in_progress"), (3, "", "in_progress")], "in_progress", 0),
        ([(1, "", "received"), (2, "received", "completed"), (3, "completed", "in_progress")], "in_progress", 1),
        ([(1, "", "received"), (2, "delivered", "completed")], "completed", 1),
        ([(1, "", "delivered")], "delivered", 1),
        ([(1, "", "received"), (2, "", "completed")], "completed", 1),
        ([(1, "", "received"), (3, "received", "delivered")], "delivered", 1),
        ([(1, "", "received"), (2, "received", "delivered")], "completed", 1),
        ([], "received", 1),
    ],
)
def test_steps_that_the_table_does_not_know(timeline: list[tuple[int, str, str]], status: str, expected: int) -> None:
    assert wrong_steps(timeline, status, len(timeline)) == expected
