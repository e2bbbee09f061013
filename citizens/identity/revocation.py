"""What makes a good access token worthless before its end: its session was ended, or its provider switched off.

The rows are the truth. The cache holds what calls ask, in one look-up; a process remembers the answer until something
is revoked anywhere (revocation_memory.py), or `revocations_restore` puts back what the cache has not. Without the
cache, tokens live on to their end and calls go through (architecture, rule 1).
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from prometheus_client import Counter
from redis.exceptions import RedisError

from citizens.identity.revocation_memory import RevocationMemory
from citizens.models import IdentityProvider, Session

logger = structlog.get_logger(__name__)

UNAVAILABLE = Counter(
    "superapp_revocations_unavailable", "Calls let through while the cache could not tell whether a session had ended."
)
# The moment up to which the cache has all ended sessions; a cache that was emptied has no such moment.
_COMPLETE_UNTIL = "revoked:complete-until"
# Changes with every revocation, and with every restoring.
_GENERATION = "revoked:generation"
# A session's end is committed at most so long after the time written into it.
_COMMITTED_WITHIN = timedelta(minutes=1)
_BATCH = 1000


def _session_key(session_id: UUID) -> str:
    return f"revoked:session:{session_id.hex}"


def _provider_key(code: str) -> str:
    return f"revoked:provider:{code}"


_memory = RevocationMemory(lambda: cache.get(_GENERATION))


def is_revoked(session_id: UUID, provider: str) -> bool:
    """Whether the session was ended or its provider switched off: one look-up at most, no database query."""
    keys = [_session_key(session_id), _provider_key(provider)]
    try:
        return _memory.get((session_id, provider), lambda: bool(cache.get_many(keys)))
    except RedisError:
        UNAVAILABLE.inc()
        return False


def session_revoked(session_id: UUID) -> None:
    """Access tokens of the session end with the commit. Call it where the row is ended."""
    _remember_on_commit({_session_key(session_id): 1})


def provider_switched_off(code: str) -> None:
    """Access tokens of all who came by that provider end with the commit."""
    _remember_on_commit({_provider_key(code): 1})


def provider_switched_on(code: str) -> None:
    """Those that are not over yet are good again."""

    def forget() -> None:
        _forget([_provider_key(code)])
        _begin_generation()

    transaction.on_commit(forget, robust=True)


def revocations_restore(now: datetime | None = None) -> int:
    """Writes what the rows say and the cache may not have; returns how many sessions that were.

    Mostly these are the sessions that ended since the last time; where the cache was emptied, all that still matter.
    """
    now = now or timezone.now()
    is_on = dict(IdentityProvider.objects.values_list("code", "is_on"))
    _forget([_provider_key(code) for code in is_on if is_on[code]])
    since = (_complete_until() or now - settings.ACCESS_TOKEN_LIFETIME) - _COMMITTED_WITHIN
    ended = list(Session.objects.filter(ended_at__gte=since).values_list("id", flat=True))
    markers = [_provider_key(code) for code in is_on if not is_on[code]] + [_session_key(one) for one in ended]
    batches = [markers[start : start + _BATCH] for start in range(0, len(markers), _BATCH)]
    if all(_remember(dict.fromkeys(batch, 1)) for batch in batches):
        _remember({_COMPLETE_UNTIL: now})
    _begin_generation()
    return len(ended)


def _complete_until() -> datetime | None:
    try:
        moment: datetime | None = cache.get(_COMPLETE_UNTIL)
    except RedisError:
        return None
    return moment


def _remember_on_commit(markers: dict[str, object]) -> None:
    def remember() -> None:
        _remember(markers)
        _begin_generation()

    transaction.on_commit(remember, robust=True)


def _remember(markers: dict[str, object]) -> bool:
    """Kept for as long as a token may need it. False when the cache did not take them: the next restoring will."""
    try:
        cache.set_many(markers, timeout=int(settings.ACCESS_TOKEN_LIFETIME.total_seconds()) + 60)
    except RedisError as error:
        logger.warning("revocations_not_remembered", count=len(markers), error=type(error).__name__)
        return False
    return True


def _forget(keys: list[str]) -> None:
    try:
        cache.delete_many(keys)
    except RedisError as error:
        logger.warning("revocations_not_forgotten", count=len(keys), error=type(error).__name__)


def _begin_generation() -> None:
    """After the markers are written: who asks from now on looks anew."""
    try:
        cache.set(_GENERATION, uuid4().hex, timeout=None)
    except RedisError as error:
        logger.warning("revocations_not_told", error=type(error).__name__)
