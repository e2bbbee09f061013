"""Kinds of agency that only chaos has: `make demo` shows a catalogue, not the worst of all worlds."""

import time
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from superapp.sandbox.agencies.behaviours import BEHAVIOURS, Agency
from superapp.sandbox.agencies.ledger import Submission
from superapp.sandbox.listener import HangUp, Response


class TroublesomeKind(StrEnum):
    """Their ports come after those of AgencyKind."""

    HANGING = "hanging"
    OBLIVIOUS = "oblivious"


class HangingAgency(Agency):
    """Takes the first submission of a reference, opens a case for every other one, and never answers it.

    It opens no case late: what a look-up has not found once, that call will not bring any more.
    """

    kind = TroublesomeKind.HANGING
    seconds: ClassVar[float] = 10.0

    def submit(self, submission: Submission) -> Response | HangUp:
        is_first = self._ledger.count_arrivals(self.kind, submission) == 0
        answer = super().submit(submission)
        if is_first:
            time.sleep(self.seconds)
            return HangUp.CLOSED
        return answer

    def _decide(self, submission: Submission) -> Response | HangUp:
        is_first = self._ledger.count_arrivals(self.kind, submission) == 0
        if is_first and UUID(submission.reference).int % 2:
            return HangUp.CLOSED
        return self._open_case(submission)


class ObliviousAgency(Agency):
    """Opens a case for whatever comes, also for what it knows, then thinks for a while; some answers get lost."""

    kind = TroublesomeKind.OBLIVIOUS
    honours_idempotency_key = False
    seconds: ClassVar[float] = 0.8
    _loses_every: ClassVar[int] = 8

    def submit(self, submission: Submission) -> Response | HangUp:
        answer = super().submit(submission)
        time.sleep(self.seconds)
        return HangUp.CLOSED if UUID(submission.reference).int % self._loses_every == 0 else answer


ALL_BEHAVIOURS: dict[StrEnum, type[Agency]] = {
    **BEHAVIOURS,
    TroublesomeKind.HANGING: HangingAgency,
    TroublesomeKind.OBLIVIOUS: ObliviousAgency,
}
