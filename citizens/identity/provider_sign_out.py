"""Ending the provider's own session when ours has ended; whether it can be ended keeps no citizen from signing out.

The row is the queue: an ended session that still has what the provider needs is due. A message only makes it sooner.
"""

from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from citizens.identity.provider_sessions import provider_session_unseal
from citizens.identity.providers.base import Provider, ProviderFailed, SessionNotEnded
from citizens.identity.providers.breaker import is_left_alone
from citizens.identity.providers.in_flight import place_at
from citizens.identity.providers.registry import built_from, row
from citizens.identity.sessions import session_end
from citizens.models import Session
from services_catalog.problems import Problem

logger = structlog.get_logger(__name__)

# The message of a session that has just ended has its chance first.
_NOT_BEFORE = timedelta(seconds=20)
_BATCH = 20


def session_sign_out(*, session_id: UUID, network: str) -> str:
    """Signs this device out. Returns where the browser goes to sign out at the provider, too; empty where there is
    no such page.
    """
    session = Session.objects.filter(pk=session_id).first()
    address = _page(session) if session else ""
    session_end(session_id, Session.EndedBecause.SIGNED_OUT, network=network)
    return address


def provider_session_end(*, session_id: UUID) -> None:
    """Has the provider end its session. What that needs is erased when it has, when it never will, or when it could
    not for settings.PROVIDER_SESSION_TRIED_FOR.
    """
    session = _due().filter(pk=session_id).first()
    if session is not None and (_is_over(session) or _is_late(session)):
        _erase(session)


def provider_sessions_end_due() -> None:
    """Those whose message was lost, and those that are tried again. A provider that fails is asked once in each turn,
    or the turn would last as long as all its deadlines together.
    """
    failing: set[str] = set()
    for session in _due().filter(ended_at__lt=timezone.now() - _NOT_BEFORE).order_by("ended_at")[:_BATCH]:
        is_over = session.provider not in failing and _is_over(session)
        if not is_over:
            failing.add(session.provider)
        if is_over or _is_late(session):
            _erase(session)


def _due() -> QuerySet[Session]:
    return Session.objects.filter(ended_at__isnull=False, provider_session_encrypted__isnull=False)


def _is_over(session: Session) -> bool:
    """Whether there is nothing more to do at the provider. It is called outside any transaction, and how that ends
    does not count for the breaker: sign-in may be well while the address that revokes tokens is not.
    """
    provider_session, there = provider_session_unseal(session), _provider(session)
    if there is None or not provider_session:
        return True
    if is_left_alone(there.code):
        return False
    try:
        with place_at(there.code):
            there.end_session(provider_session)
    except (ProviderFailed, SessionNotEnded) as failure:
        logger.warning("provider_session_not_ended", provider=there.code, code=failure.code)
        return isinstance(failure, SessionNotEnded)
    return True


def _is_late(session: Session) -> bool:
    return session.ended_at is not None and timezone.now() - session.ended_at >= settings.PROVIDER_SESSION_TRIED_FOR


def _erase(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(provider_session_encrypted=None)


def _page(session: Session) -> str:
    there = _provider(session)
    return there.end_session_url(provider_session_unseal(session), settings.PHONE_REDIRECT_URIS[0]) if there else ""


def _provider(session: Session) -> Provider | None:
    """None where it is switched off, or cannot be used as its row stands."""
    try:
        return built_from(row(session.provider))
    except Problem:
        return None
