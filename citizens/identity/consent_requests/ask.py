"""Asking the nodes about all requests that are due: the calls in threads, the rows before and after."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic
from uuid import UUID

import structlog
from django.conf import settings

from citizens.identity.consent_requests import errands
from citizens.identity.consent_requests.claim import errand_of, requests_claim
from citizens.identity.consent_requests.errands import News, Nothing, Trouble
from citizens.identity.consent_requests.nodes import nodes_of
from citizens.identity.consent_requests.record import news_record
from citizens.identity.providers.breaker import answer_note, failure_note
from citizens.identity.providers.consent_request import ConsentRequestProvider
from citizens.models import ConsentRequest

logger = structlog.get_logger(__name__)


def consent_request_ask(*, request_id: UUID) -> None:
    """About one request, if it is due."""
    _ask(requests_claim(only=request_id))


def consent_requests_ask_due() -> None:
    """About those that are due, for one turn."""
    ends_at = monotonic() + settings.CONSENT_REQUEST_TURN.total_seconds()
    while monotonic() < ends_at and (rows := requests_claim()):
        _ask(rows)


def _ask(rows: Sequence[ConsentRequest]) -> None:
    if not rows:
        return
    nodes = nodes_of({row.provider for row in rows})
    with ThreadPoolExecutor(max_workers=settings.CONSENT_REQUEST_CALLS_AT_ONCE) as threads:
        calls = [threads.submit(errands.run, errand_of(row, nodes.get(row.provider))) for row in rows]
        for row, call in zip(rows, calls, strict=True):
            _write_down(row, call, nodes.get(row.provider))


def _write_down(row: ConsentRequest, call: "Future[News]", node: ConsentRequestProvider | None) -> None:
    """What cannot be written down of one request keeps no other from it; its lease ends, and it is due again."""
    try:
        news = call.result()
        if node is not None and not isinstance(news, Nothing):
            _count(row.provider, news)
        news_record(row, news, node)
    except Exception as error:  # noqa: BLE001  (a bug of ours: no reason to lose the news of the others)
        logger.error("consent_request_not_recorded", request=str(row.pk), error=type(error).__name__)


def _count(provider_code: str, news: News) -> None:
    """For the provider's circuit breaker; here, because threads that call know no rows."""
    if isinstance(news, Trouble):
        failure_note(provider_code, news.code)
    else:
        answer_note(provider_code)
