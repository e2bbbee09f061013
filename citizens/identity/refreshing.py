"""Refresh tokens rotate: each is good for one exchange, and a copy that comes later ends the session (RFC 9700, 4.14).

A phone that lost the answer asks again with the token it has. For REFRESH_GRACE it gets the same successor, which is
kept encrypted for as long and then erased: there is never more than one successor, whoever asks how often.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from citizens.identity.problems import GRANT_REFUSED
from citizens.identity.providers.registry import is_switched_off
from citizens.identity.secrets import digest
from citizens.identity.sessions import Tokens, refresh_token_issue, session_end, tokens_of
from citizens.models import RefreshToken, Session
from services_catalog.encryption import decrypt, encrypt
from services_catalog.problems import Problem


def tokens_refresh(*, refresh_token: str, network: str) -> Tokens:
    """Exchanges a refresh token. Raises Problem GRANT_REFUSED; one that was used a while ago ends its session."""
    with transaction.atomic():
        tokens = _exchange(refresh_token, network, timezone.now())
    if tokens is None:
        raise Problem(GRANT_REFUSED)
    return tokens


def _exchange(refresh_token: str, network: str, now: datetime) -> Tokens | None:
    """The session is locked with its token: two phones with one token come one after the other."""
    kept = (
        RefreshToken.objects.select_for_update(of=("self", "session"), no_key=True)
        .select_related("session")
        .filter(token_hash=digest(refresh_token), session__ended_at__isnull=True)
        .first()
    )
    if kept is None:
        return None
    if kept.used_at is not None:
        return _again(kept, kept.used_at, network, now)
    if kept.expires_at <= now or is_switched_off(kept.session.provider):
        return None
    successor = refresh_token_issue(kept.session)
    kept.used_at = now
    kept.successor_encrypted = encrypt(successor.encode(), bound_to=successor_place(kept.pk))
    kept.save(update_fields=["used_at", "successor_encrypted"])
    kept.session.last_used_at = now
    kept.session.save(update_fields=["last_used_at"])
    return tokens_of(kept.session, successor)


def _again(kept: RefreshToken, used_at: datetime, network: str, now: datetime) -> Tokens | None:
    if now - used_at <= settings.REFRESH_GRACE and kept.successor_encrypted is not None:
        successor = decrypt(kept.successor_encrypted, bound_to=successor_place(kept.pk)).decode()
        return tokens_of(kept.session, successor)
    session_end(kept.session_id, Session.EndedBecause.TOKEN_REUSED, network=network)
    return None


def successor_place(token_id: UUID) -> str:
    return f"refresh-token:{token_id}:successor"


def successors_erase() -> int:
    """Erases the successors that nobody can ask for any more; returns how many."""
    kept_too_long = RefreshToken.objects.filter(
        successor_encrypted__isnull=False, used_at__lt=timezone.now() - settings.REFRESH_GRACE
    )
    return kept_too_long.update(successor_encrypted=None)


def refresh_tokens_forget() -> None:
    """Deletes refresh tokens past their time, and ends the sessions that have no other."""
    now = timezone.now()
    expired = RefreshToken.objects.filter(expires_at__lt=now)
    live = RefreshToken.objects.filter(session=OuterRef("pk"), expires_at__gte=now)
    Session.objects.filter(~Exists(live), pk__in=expired.values("session"), ended_at__isnull=True).update(
        ended_at=now, ended_because=Session.EndedBecause.EXPIRED, provider_session_encrypted=None
    )
    expired.delete()
