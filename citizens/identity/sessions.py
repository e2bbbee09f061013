"""Signed-in devices: access token, rotating refresh token, sign-out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from citizens.identity.assurance import Assurance
from citizens.identity.devices import Device
from citizens.identity.events import identity_event_write
from citizens.identity.problems import GRANT_REFUSED
from citizens.identity.revocation import session_revoked
from citizens.identity.secrets import digest, new_secret
from citizens.identity.tokens import access_token_issue
from citizens.models import Citizen, IdentityEvent, RefreshToken, Session
from services_catalog.encryption import encrypt_json
from services_catalog.problems import Problem


def provider_session_place(session_id: UUID) -> str:
    """What a session's, or a sign-in's, `provider_session_encrypted` is bound to."""
    return f"provider-session:{session_id}"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a phone gets for a code or a refresh token."""

    access_token: str
    refresh_token: str
    expires_in: int


def session_open(
    citizen: Citizen,
    *,
    provider: str,
    assurance: Assurance,
    authenticated_at: datetime,
    device: Device,
    provider_session: Mapping[str, str] | None = None,
) -> Tokens:
    """Signs a device in, however the citizen proved who they are, and writes that down for them.

    `provider_session` is what ending the provider's own session will need (its tokens).
    """
    with transaction.atomic():
        new_id = uuid7()
        sealed = encrypt_json(dict(provider_session or {}), bound_to=provider_session_place(new_id))
        session = Session.objects.create(
            id=new_id,
            citizen=citizen,
            provider=provider,
            ial=assurance.ial,
            aal=assurance.aal,
            device_name=device.name,
            network=device.network,
            provider_session_encrypted=sealed if provider_session else None,
            authenticated_at=authenticated_at,
        )
        identity_event_write(
            citizen.pk, IdentityEvent.Kind.SIGNED_IN, provider=provider, assurance=assurance, device=device
        )
        return tokens_issue(session)


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
            session_end(kept.session_id, Session.EndedBecause.TOKEN_REUSED)
    raise Problem(GRANT_REFUSED)


def session_end(session_id: UUID, because: Session.EndedBecause) -> bool:
    """Signs the device out: its tokens work no more. False when the session had ended before."""
    with transaction.atomic():
        open_ones = Session.objects.filter(pk=session_id, ended_at__isnull=True)
        if not open_ones.update(ended_at=timezone.now(), ended_because=because):
            return False
        session_revoked(session_id)
    return True
