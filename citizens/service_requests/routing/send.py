"""One call to an agency, in a thread that never touches the database (architecture, rule 4)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from time import monotonic

import structlog
from django.utils import timezone
from structlog.contextvars import bound_contextvars

from citizens.service_requests.routing.claim import Claimed
from citizens.service_requests.routing.payloads import Cancellation
from services_catalog.adapters.base import Adapter
from services_catalog.adapters.errors import DeliveryFailure, OutcomeUnknown, Permanent, Retryable
from services_catalog.adapters.types import Answer, CallSettings, Receipt, Submission

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CannotFindOut:
    """Nobody can tell whether the agency has it: a human must look. `http_status` is set where it was called."""

    code: str = "outcome_unknown"
    http_status: int | None = None


@dataclass(frozen=True, slots=True)
class AdapterBroke:
    """The adapter raised what it must not: a bug, which is never tried again blindly (architecture, rule 5)."""

    code: str = "adapter_error"


@dataclass(frozen=True, slots=True)
class NotStarted:
    """The lease would have run out during the call, so it was not made."""

    code: str = "started_too_late"


@dataclass(frozen=True, slots=True)
class NotWanted:
    """The agency has nothing, and the citizen has cancelled: it was not sent."""

    code: str = "cancelled"


Result = Receipt | DeliveryFailure | CannotFindOut | AdapterBroke | NotStarted | NotWanted


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a claimed attempt, and how long it took."""

    claimed: Claimed
    result: Result
    took: timedelta


def send(claimed: Claimed, adapter: Adapter, call: CallSettings) -> Sent:
    """Makes the call, after asking for the outcome of an earlier one where that is unknown."""
    started = monotonic()
    with bound_contextvars(request_id=claimed.trace_id, reference=str(claimed.request_id)):
        result = _any_result(claimed, adapter, call)
    return Sent(claimed, result, timedelta(seconds=monotonic() - started))


def _any_result(claimed: Claimed, adapter: Adapter, call: CallSettings) -> Result:
    try:
        return _result(claimed, adapter, call)
    except DeliveryFailure as failure:
        return failure
    except Exception as error:  # noqa: BLE001  (rule 5: any other exception parks the request)
        logger.error("adapter_error", error=type(error).__name__)
        return AdapterBroke()


def _result(claimed: Claimed, adapter: Adapter, call: CallSettings) -> Result:
    if claimed.lease_expires_at - timezone.now() < 2 * call.deadline:
        return NotStarted()
    match claimed.payload:
        case Submission():
            return _submit(claimed, claimed.payload, adapter, call)
        case Answer():
            return _respond(claimed, claimed.payload, adapter, call)
        case Cancellation():
            # Asking twice to cancel does no harm.
            return adapter.cancel(claimed.payload.reference, call)


def _submit(claimed: Claimed, submission: Submission, adapter: Adapter, call: CallSettings) -> Result:
    if claimed.look_up_first:
        if not adapter.can_look_up:
            return _without_look_up(claimed, submission, adapter, call)
        if found := _look_up(submission, adapter, call):
            return found
    return NotWanted() if claimed.is_unwanted else adapter.submit(submission, call)


def _without_look_up(claimed: Claimed, submission: Submission, adapter: Adapter, call: CallSettings) -> Result:
    """What the citizen still wants is sent again where that is harmless; of what not, the agency is asked to cancel it:
    a receipt proves that it has it, and anything else proves nothing.
    """
    if claimed.is_unwanted and adapter.can_cancel:
        return _once_more(lambda: adapter.cancel(submission.reference, call))
    if adapter.honours_idempotency_key and not claimed.is_unwanted:
        return _once_more(lambda: adapter.submit(submission, call))
    return CannotFindOut()


def _respond(claimed: Claimed, answer: Answer, adapter: Adapter, call: CallSettings) -> Result:
    if not claimed.look_up_first:
        return adapter.respond(answer, call)
    if adapter.honours_idempotency_key:
        return _once_more(lambda: adapter.respond(answer, call))
    return CannotFindOut()


def _look_up(submission: Submission, adapter: Adapter, call: CallSettings) -> Receipt | None:
    """What the agency has. As long as it cannot say, the outcome stays unknown, however harmless the failure."""
    try:
        return adapter.fetch_status(submission.reference, call)
    except DeliveryFailure as failure:
        raise _still_unknown(failure) from None


def _once_more(deliver: Callable[[], Receipt]) -> Receipt | CannotFindOut:
    """After a sending of unknown outcome. That the agency does not take this one says nothing of the first."""
    try:
        return deliver()
    except Retryable as failure:
        raise _still_unknown(failure) from None
    except Permanent as failure:
        if failure.http_status == HTTPStatus.CONFLICT:  # as agencies say of a key whose first call they still work on
            raise _still_unknown(failure) from None
        return CannotFindOut(http_status=failure.http_status)


def _still_unknown(failure: DeliveryFailure) -> OutcomeUnknown:
    return OutcomeUnknown(failure.code, http_status=failure.http_status, retry_after=failure.retry_after)
