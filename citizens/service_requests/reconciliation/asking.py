"""Asking agencies, in threads that never touch the database (architecture, rule 4)."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

import structlog
from structlog.contextvars import bound_contextvars

from citizens.service_requests.reconciliation.choosing import Asked, Inquiry
from services_catalog.adapters.errors import DeliveryFailure
from services_catalog.adapters.types import Receipt

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The agency could not say."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an agency has of one request: a receipt, or None where it has nothing."""

    asked: Asked
    answer: Receipt | Unanswered | None


def ask_all(
    inquiries: Iterable[Inquiry], *, at_once: int, for_at_most: timedelta
) -> Iterator[tuple[Inquiry, list[Told]]]:
    """Yields each inquiry with what its agency told, as they finish: one for each call that was made. No call begins
    with less than its deadline left.
    """
    ends_at = monotonic() + for_at_most.total_seconds()
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="reconciliation")
    try:
        asking: dict[Future[list[Told]], Inquiry] = {pool.submit(_ask, one, ends_at): one for one in inquiries}
        for finished in as_completed(asking):
            yield asking[finished], finished.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _ask(inquiry: Inquiry, ends_at: float) -> list[Told]:
    """One request after the other; an agency that fails once is left alone for this time."""
    told: list[Told] = []
    for asked in inquiry.asked:
        if monotonic() + inquiry.line.deadline.total_seconds() > ends_at:
            break
        told.append(Told(asked, _answer(inquiry, asked)))
        if isinstance(told[-1].answer, Unanswered):
            break
    return told


def _answer(inquiry: Inquiry, asked: Asked) -> Receipt | Unanswered | None:
    with bound_contextvars(request_id=asked.trace_id, reference=str(asked.request_id)):
        try:
            return inquiry.line.adapter.fetch_status(str(asked.request_id), inquiry.line.call_settings(asked.trace_id))
        except DeliveryFailure as failure:
            logger.info("reconciliation_unanswered", failure_code=failure.code, http_status=failure.http_status)
        except Exception as error:  # noqa: BLE001  (a bug of the adapter: rule 5)
            logger.error("adapter_error", error=type(error).__name__)
        return Unanswered()
