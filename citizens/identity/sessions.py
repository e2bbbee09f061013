"""Signed-in devices: how they begin, are listed, and end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from uuid_utils.compat import uuid7

from citizens.identity.assurance import Assurance
from citizens.identity.devices import Device
from citizens.identity.events import identity_event_write
from citizens.identity.linking import is_unlinked_since
from citizens.identity.locking import citizen_lock
from citizens.identity.problems import GRANT_REFUSED, UNKNOWN_SESSION
from citizens.identity.provider_sessions import provider_session_seal
from citizens.identity.revocation import session_revoked
from citizens.identity.secrets import digest, new_secret
from citizens.identity.tokens import access_token_issue
from citizens.models import Citizen, IdentityEvent, RefreshToken, Session
from services_catalog.problems import Problem
from services_catalog.queues import END_PROVIDER_SESSION

# How an end is written down for the citizen; a session that was replaced went on as another.
_EVENTS = {
    Session.EndedBecause.SIGNED_OUT: IdentityEvent.Kind.SIGNED_OUT,
    Session.EndedBecause.REVOKED: IdentityEvent.Kind.SESSION_REVOKED,
    Session.EndedBecause.TOKEN_REUSED: IdentityEvent.Kind.TOKEN_REUSED,
}


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
    replaces: str = "",
) -> Tokens:
    """Signs a device in, however the citizen proved who they are, and writes that down for them.

    `provider_session` is what ending the provider's own session will need (its tokens). `replaces` is a refresh token
    of the session that this one takes over from, after a step-up: it ends if it is this citizen's.

    Raises Problem GRANT_REFUSED where the citizen has unlinked that provider since.
    """
    with transaction.atomic():
        # As unlinking does it: which ends the sessions that are there, and comes before or after this one.
        citizen_lock(citizen.pk)
        if is_unlinked_since(citizen.pk, provider, authenticated_at):
            raise Problem(GRANT_REFUSED)
        new_id = uuid7()
        session = Session.objects.create(
            id=new_id,
            citizen=citizen,
            provider=provider,
            ial=assurance.ial,
            aal=assurance.aal,
            device_name=device.name,
            network=device.network,
            provider_session_encrypted=provider_session_seal(new_id, provider_session or {}),
            authenticated_at=authenticated_at,
        )
        identity_event_write(
            citizen.pk, IdentityEvent.Kind.SIGNED_IN, provider=provider, assurance=assurance, device=device
        )
        if replaces:
            _replace(citizen.pk, replaces)
        return tokens_of(session, refresh_token_issue(session))


def _replace(citizen_id: UUID, refresh_token: str) -> None:
    replaced = RefreshToken.objects.filter(token_hash=digest(refresh_token), session__citizen_id=citizen_id).first()
    if replaced is not None:
        session_end(replaced.session_id, Session.EndedBecause.REPLACED)


def refresh_token_issue(session: Session) -> str:
    """Opaque, good for one exchange."""
    refresh_token = new_secret()
    RefreshToken.objects.create(
        session=session,
        token_hash=digest(refresh_token),
        expires_at=timezone.now() + settings.REFRESH_TOKEN_LIFETIME,
    )
    return refresh_token


def tokens_of(session: Session, refresh_token: str) -> Tokens:
    """A new access token, beside the refresh token."""
    return Tokens(
        access_token=access_token_issue(session),
        refresh_token=refresh_token,
        expires_in=int(settings.ACCESS_TOKEN_LIFETIME.total_seconds()),
    )


def sessions_of(citizen_id: UUID) -> QuerySet[Session]:
    """The devices on which the citizen is signed in."""
    return Session.objects.filter(citizen_id=citizen_id, ended_at__isnull=True)


def session_end(session_id: UUID, because: Session.EndedBecause, *, network: str = "") -> bool:
    """Signs the device out: its tokens work no more. False when the session had ended before.

    `network` is where the wish, or the token that was used twice, came from.
    """
    with transaction.atomic():
        session = Session.objects.select_for_update(no_key=True).filter(pk=session_id, ended_at__isnull=True).first()
        if session is None:
            return False
        session.ended_at, session.ended_because = timezone.now(), because
        session.save(update_fields=["ended_at", "ended_because"])
        session_revoked(session_id)
        if session.provider_session_encrypted is not None:
            transaction.on_commit(partial(_end_at_provider_soon, session_id), robust=True)
        if kind := _EVENTS.get(because):
            device = Device(session.device_name, network or session.network)
            identity_event_write(session.citizen_id, kind, provider=session.provider, device=device)
    return True


def _end_at_provider_soon(session_id: UUID) -> None:
    """A hint; without a broker the clock finds the session."""
    current_app.send_task(END_PROVIDER_SESSION, args=[str(session_id)], retry=True, retry_policy={"max_retries": 0})


def session_revoke(*, citizen_id: UUID, session_id: UUID, network: str) -> None:
    """Signs another device of the citizen out. Raises Problem UNKNOWN_SESSION when it is not theirs, or has ended."""
    is_theirs = sessions_of(citizen_id).filter(pk=session_id).exists()
    if not is_theirs or not session_end(session_id, Session.EndedBecause.REVOKED, network=network):
        raise Problem(UNKNOWN_SESSION)
