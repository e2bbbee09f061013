"""How each kind of agency takes a submission."""

import threading
import time
from dataclasses import replace
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from superapp.sandbox.agencies.afterwards import Afterwards, CaseKey
from superapp.sandbox.agencies.ledger import Case, Ledger, Submission
from superapp.sandbox.agencies.problems import problem, refusal, unknown_case, wish_refused
from superapp.sandbox.agencies.progress import STEPS
from superapp.sandbox.listener import HangUp, Response, json_response


class AgencyKind(StrEnum):
    """In the order of their ports, from the base port + 1."""

    INSTANT = "instant"
    SLOW = "slow"
    FLAKY = "flaky"
    DOWN = "down"
    AMNESIAC = "amnesiac"
    REFUSING = "refusing"


class Agency:
    """Answers at once, and answers a repeated idempotency key with the first receipt.

    Half of its cases, by their references, have their news `late_news` seconds later than the others.
    """

    kind: ClassVar[StrEnum] = AgencyKind.INSTANT
    honours_idempotency_key: ClassVar[bool] = True

    def __init__(self, ledger: Ledger, answers_completed: bool, late_news: float = 0.0) -> None:
        self._ledger = ledger
        self._afterwards = Afterwards(ledger.database)
        self._first_status = "completed" if answers_completed else "received"
        self._steps = () if answers_completed else STEPS
        self._late_steps = tuple(replace(step, after=step.after + late_news) for step in self._steps)

    def is_down(self) -> bool:
        return False

    def submit(self, submission: Submission) -> Response | HangUp:
        answer = self._decide(submission)
        outcome = answer.value if isinstance(answer, HangUp) else str(answer.status)
        self._ledger.record_arrival(self.kind, submission, answer=outcome)
        return answer

    def cancel(self, agency_code: str, reference: str) -> Response:
        """Cancels an open case at once; asking twice is harmless."""
        key = CaseKey(self.kind, agency_code, reference)
        answer = self._decide_wish(key)
        self._afterwards.record_wish(key, answer=str(answer.status))
        return answer

    def respond(self, agency_code: str, reference: str, idempotency_key: str) -> Response:
        """Takes an answer about a case that is there."""
        case = self.find(agency_code, reference)
        if case is None:
            return unknown_case()
        self._afterwards.record_response(CaseKey(self.kind, agency_code, reference), idempotency_key)
        return json_response(200, case.as_receipt())

    def _decide_wish(self, key: CaseKey) -> Response:
        self._afterwards.cancel(key, tells=False)
        return self._cancelled(key)

    def _cancelled(self, key: CaseKey) -> Response:
        case = self.find(key.agency_code, key.reference)
        if case is None:
            return unknown_case()
        return json_response(200, case.as_receipt()) if case.status == "cancelled" else wish_refused()

    def find(self, agency_code: str, reference: str) -> Case | None:
        return self._ledger.find_by_reference(self.kind, agency_code, reference)

    def _decide(self, submission: Submission) -> Response | HangUp:
        return self._open_case(submission)

    def _open_case(self, submission: Submission) -> Response:
        is_late = UUID(submission.reference).int >> 8 & 1
        case, is_new = self._ledger.open_case(
            self.kind,
            submission,
            status=self._first_status,
            steps=self._late_steps if is_late else self._steps,
            honours_key=self.honours_idempotency_key,
        )
        return json_response(201 if is_new else 200, case.as_receipt())


class SlowAgency(Agency):
    """Opens the case at once but takes its time to say so: the first news may overtake the receipt.

    Takes a wish to cancel, and tells by news that it has been done.
    """

    kind = AgencyKind.SLOW
    seconds: ClassVar[float] = 2.0

    def submit(self, submission: Submission) -> Response | HangUp:
        answer = super().submit(submission)
        time.sleep(self.seconds)
        return answer

    def _decide_wish(self, key: CaseKey) -> Response:
        before = self.find(key.agency_code, key.reference)
        if before is not None and self._afterwards.cancel(key, tells=True):
            return json_response(202, before.as_receipt())
        return self._cancelled(key)


class FlakyAgency(Agency):
    """Takes a reference only at the fourth attempt, and no wish to cancel."""

    kind = AgencyKind.FLAKY
    failures: ClassVar[int] = 3

    def _decide(self, submission: Submission) -> Response | HangUp:
        if self._ledger.count_arrivals(self.kind, submission) < self.failures:
            return problem(503, "Service unavailable", "The system is overloaded. Try again later.")
        return self._open_case(submission)

    def _decide_wish(self, key: CaseKey) -> Response:
        return wish_refused()


class DownAgency(Agency):
    """Falls over at the first submission after each start, and is back some seconds later."""

    kind = AgencyKind.DOWN
    first_outage_seconds: ClassVar[float] = 6.0

    def __init__(self, ledger: Ledger, answers_completed: bool, late_news: float = 0.0) -> None:
        super().__init__(ledger, answers_completed, late_news)
        self._lock = threading.Lock()
        self._down_until: float | None = None

    def is_down(self) -> bool:
        return self._down_until is not None and time.monotonic() < self._down_until

    def go_down(self, seconds: float) -> None:
        """Replaces the present outage, the first one too; 0 ends it."""
        with self._lock:
            self._down_until = time.monotonic() + seconds

    def _decide(self, submission: Submission) -> Response | HangUp:
        with self._lock:
            if self._down_until is None:
                self._down_until = time.monotonic() + self.first_outage_seconds
        return HangUp.RESET if self.is_down() else self._open_case(submission)


class AmnesiacAgency(Agency):
    """Opens a case and goes silent before it has answered; sent again, it opens a second one."""

    kind = AgencyKind.AMNESIAC
    honours_idempotency_key = False

    def _decide(self, submission: Submission) -> Response | HangUp:
        is_first = self.find(submission.agency_code, submission.reference) is None
        answer = self._open_case(submission)
        return HangUp.CLOSED if is_first else answer


class RefusingAgency(Agency):
    """Refuses every submission for good and opens no case."""

    kind = AgencyKind.REFUSING

    def _decide(self, submission: Submission) -> Response | HangUp:
        return refusal()


BEHAVIOURS: dict[StrEnum, type[Agency]] = {
    behaviour.kind: behaviour
    for behaviour in (Agency, SlowAgency, FlakyAgency, DownAgency, AmnesiacAgency, RefusingAgency)
}
