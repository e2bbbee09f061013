from uuid import UUID

from celery import shared_task

from citizens.identity import refreshing, revocation, service_tokens, sign_in
from citizens.identity.consent_requests.ask import consent_request_ask, consent_requests_ask_due
from citizens.identity.provider_sign_out import provider_session_end, provider_sessions_end_due
from services_catalog.queues import (
    ASK_CONSENT_REQUEST,
    ASK_DUE_CONSENT_REQUESTS,
    END_DUE_PROVIDER_SESSIONS,
    END_PROVIDER_SESSION,
    ERASE_SUCCESSORS,
    FORGET_EXPIRED_SIGN_INS,
    RESTORE_REVOCATIONS,
)


@shared_task(name=FORGET_EXPIRED_SIGN_INS)
def forget_expired() -> None:
    sign_in.forget_expired()
    service_tokens.service_tokens_forget()


@shared_task(name=RESTORE_REVOCATIONS)
def restore_revocations() -> None:
    revocation.revocations_restore()


@shared_task(name=ERASE_SUCCESSORS)
def erase_successors() -> None:
    refreshing.successors_erase()


@shared_task(name=ASK_CONSENT_REQUEST)
def ask_consent_request(request_id: str) -> None:
    consent_request_ask(request_id=UUID(request_id))


@shared_task(name=ASK_DUE_CONSENT_REQUESTS)
def ask_due_consent_requests() -> None:
    consent_requests_ask_due()


@shared_task(name=END_PROVIDER_SESSION)
def end_provider_session(session_id: str) -> None:
    provider_session_end(session_id=UUID(session_id))


@shared_task(name=END_DUE_PROVIDER_SESSIONS)
def end_due_provider_sessions() -> None:
    provider_sessions_end_due()
