"""What a request at the node comes to: NDID's rules of status, and what we accept."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from citizens.identity.assurance import Assurance
from citizens.identity.providers.consent_request import BankAnswer, NodeRequest


class Ending(Enum):
    """How a request ended without an identity."""

    REJECTED = "rejected"
    TIMED_OUT = "timed_out"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Undecided:
    """Somebody has yet to answer, or the node has yet to check what was answered."""


@dataclass(frozen=True, slots=True)
class Agreed:
    assurance: Assurance


@dataclass(frozen=True, slots=True)
class Over:
    ending: Ending
    code: str


Verdict = Undecided | Agreed | Over


def judge(request: NodeRequest, *, bank: str, mode: int, min_ial: Decimal, min_aal: Decimal) -> Verdict:
    """Agreed only if the request is completed, by our bank alone, validly, and at the levels we asked for."""
    match request.status:
        case "completed":
            return _completed(request, bank=bank, mode=mode, min_ial=min_ial, min_aal=min_aal)
        case "rejected":
            return Over(Ending.REJECTED, "rejected")
        case "complicated":
            return Over(Ending.FAILED, "complicated")
        case "errored":
            return Over(Ending.FAILED, _bank_error(request.answers))
        case "pending" | "confirmed" if request.timed_out:
            return Over(Ending.TIMED_OUT, "timed_out")
        case "pending" | "confirmed" if not request.closed:
            return Undecided()
        case "pending" | "confirmed":
            return Over(Ending.FAILED, "closed_at_node")
    return Over(Ending.FAILED, "status_unknown")


def _completed(request: NodeRequest, *, bank: str, mode: int, min_ial: Decimal, min_aal: Decimal) -> Verdict:
    answers = request.answers
    if request.mode != mode or not answers or any(one.bank != bank or not one.accepted for one in answers):
        return Over(Ending.FAILED, "answer_not_ours")
    checks = [check for one in answers for check in (one.valid_signature, one.valid_ial)]
    if False in checks:
        return Over(Ending.FAILED, "signature_or_level_not_valid")
    if None in checks:
        # The chain has the results of the checks from when the request is closed.
        over = request.closed or request.timed_out
        return Over(Ending.FAILED, "signature_or_level_not_valid") if over else Undecided()
    levels = [Assurance(one.ial, one.aal) for one in answers if one.ial is not None and one.aal is not None]
    if len(levels) != len(answers) or not all(one.reaches(min_ial, min_aal) for one in levels):
        return Over(Ending.FAILED, "level_too_low")
    return Agreed(Assurance(ial=min(one.ial for one in levels), aal=min(one.aal for one in levels)))


def _bank_error(answers: tuple[BankAnswer, ...]) -> str:
    codes = [one.error_code for one in answers if one.error_code is not None]
    return f"bank_error_{codes[0]}" if codes else "bank_error"
