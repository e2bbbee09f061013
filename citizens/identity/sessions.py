"""Signed-in devices: access token, rotating refresh token, sign-out."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from citizens.identity.problems import GRANT_REFUSED
from citizens.identity.secrets import digest, new_secret
from citizens.identity.tokens import access_token_issue
from citizens.models import RefreshToken, Session
from services_catalog.problems import Problem


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a phone gets for a code or a refresh token."""

    access_token: str
    refresh_token: str
    expires_in: int


def tokens_issue(session: Session) -> Tokens:
    """New tokens for the session; an access token and a refresh token that is good for one exchange."""
    refresh_token = new_secret()
    RefreshToken.objects.create(
        session=session,
        token_hash=digest(refresh_token),
        expires_at=timezone.now() + settings.REFRESH_TOKEN_LIFETIME,
    )
    return Tokens(
        access_token=access_token_issue(session),
        refresh_token=refresh_token,
        expires_in=int(settings.ACCESS_TOKEN_LIFETIME.total_seconds()),
    )


def tokens_refresh(refresh_token: str) -> Tokens:
    """Exchanges a refresh token. Raises Problem GRANT_REFUSED; one that was used before ends its session."""
    with transaction.atomic():
        kept = (
            RefreshToken.objects.select_for_update(of=("self",))
            .select_related("session")
            .filter(token_hash=digest(refresh_token))
            .first()
        )
        if kept and kept.used_at is None and kept.expires_at > timezone.now() and kept.session.ended_at is None:
            kept.used_at = timezone.now()
            kept.save(update_fields=["used_at"])
            return tokens_issue(kept.session)
        if kept and kept.used_at is not None:
            session_end(kept.session_id)
    raise Problem(GRANT_REFUSED)


def session_end(session_id: UUID) -> None:
    """Signs the device out: its refresh tokens work no more, its access token ends within its lifetime."""
    Session.objects.filter(pk=session_id, ended_at__isnull=True).update(ended_at=timezone.now())
