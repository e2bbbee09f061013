"""Writing down what the node said: nothing else moves a request that waits for the node."""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from citizens.identity.consent_requests.errands import (
    Cleared,
    Created,
    Heard,
    News,
    NotThere,
    Refused,
    Trouble,
    Unknown,
)
from citizens.identity.consent_requests.rows import State, end, is_at_node
from citizens.identity.consent_requests.verdict import Agreed, Over, judge
from citizens.identity.providers.consent_request import ConsentRequestProvider, NodeRequest
from citizens.models import ConsentRequest

logger = structlog.get_logger(__name__)

# How long the node may be away, or not know of what it was given, before the citizen is told to start again.
_PATIENCE = timedelta(seconds=60)
_SHORTEST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = {True: timedelta(minutes=1), False: timedelta(hours=1)}  # by: somebody waits for it


def news_record(claimed: ConsentRequest, news: News, node: ConsentRequestProvider | None) -> None:
    """Writes the news down, and when to ask next unless somebody has set that since the row was claimed."""
    now = timezone.now()
    with transaction.atomic():
        row = ConsentRequest.objects.select_for_update().get(pk=claimed.pk)
        before, due = row.state, row.next_poll_at
        _learn(row, news, now, created=claimed.state == State.CREATING and claimed.asked_at is None)
        _move(row, news, node, now)
        if row.state != before or due == claimed.next_poll_at:
            row.next_poll_at = _next_time(row, node, now, moved=row.state != before)
        row.save()
    if isinstance(news, (Trouble, Refused)):
        logger.warning("node_failed", request=str(row.pk), state=row.state, code=news.code)
    if row.state != before:
        logger.info("consent_request_moved", request=str(row.pk), state=row.state, code=row.failure_code)


def _learn(row: ConsentRequest, news: News, now: datetime, *, created: bool) -> None:
    """What the node has of it, whatever state it is in by now. `created` tells that the node was asked to create it."""
    match news:
        case Created(node_request_id):
            row.node_request_id = row.node_request_id or node_request_id
        case Unknown():
            row.is_decoy = True
        case Refused() | Trouble(taken=False) if created:
            row.asked_at = None
        case NotThere() if not row.node_request_id and _waited(row.asked_at, now):
            row.closed_at = now
        case Cleared():
            row.closed_at = now


def _move(row: ConsentRequest, news: News, node: ConsentRequestProvider | None, now: datetime) -> None:
    match row.state:
        case State.CREATING:
            _move_creating(row, news, now)
        case State.WAITING:
            _move_waiting(row, news, node, now)
        case State.ACCEPTED if row.expires_at <= now:
            end(row, State.TIMED_OUT, "not_finished", now=now)


def _move_creating(row: ConsentRequest, news: News, now: datetime) -> None:
    match news:
        case Created() | Unknown():
            row.state = State.WAITING
        case Refused(code):
            end(row, State.FAILED, code, now=now)
        case Trouble(code) if _waited(row.created_at, now):
            end(row, State.FAILED, code, now=now)
        case NotThere() if _waited(row.created_at, now):
            end(row, State.FAILED, "lost_at_node", now=now)


def _move_waiting(row: ConsentRequest, news: News, node: ConsentRequestProvider | None, now: datetime) -> None:
    if isinstance(news, Heard) and node is not None and _decide(row, news.request, node, now):
        return
    if isinstance(news, NotThere) and _waited(row.asked_at, now):
        end(row, State.FAILED, "not_on_chain", now=now)
    elif row.expires_at <= now:
        end(row, State.TIMED_OUT, "timed_out", now=now)


def _decide(row: ConsentRequest, request: NodeRequest, node: ConsentRequestProvider, now: datetime) -> bool:
    """Whether the request at the node has come to something."""
    terms = node.terms
    verdict = judge(request, bank=row.idp_node_id, mode=terms.mode, min_ial=terms.min_ial, min_aal=terms.min_aal)
    match verdict:
        case Agreed(assurance):
            capped = node.levels.of(assurance.ial, assurance.aal)
            row.state, row.ial, row.aal = State.ACCEPTED, capped.ial, capped.aal
            row.answered_at, row.expires_at = now, now + settings.SIGN_IN_LIFETIME
        case Over(ending, code):
            end(row, State(ending.value), code, now=now)
        case _:
            return False
    return True


def _waited(since: datetime | None, now: datetime) -> bool:
    return since is None or now - since > _PATIENCE


def _next_time(
    row: ConsentRequest, node: ConsentRequestProvider | None, now: datetime, *, moved: bool
) -> datetime | None:
    """Soon at first, then less and less often; when it expires at the latest; never again when all is done."""
    is_open = row.state in ConsentRequest.OPEN_STATES
    if not is_at_node(row) and row.state != State.CREATING:
        return row.expires_at if is_open else None
    if moved and row.state != State.WAITING:
        return now
    shortest = timedelta(seconds=node.terms.poll_interval) if node else _SHORTEST_WAIT
    later = now + min(max((now - row.created_at) / 4, shortest), _LONGEST_WAIT[is_open])
    return min(later, row.expires_at) if is_open and row.expires_at > now else later
