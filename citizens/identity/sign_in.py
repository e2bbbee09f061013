"""Signing in by redirect: phone → us → provider → us → phone (RFC 6749, 7636, 8252).

The state we give the provider is tied to a cookie of the browser that asked, so that an answer cannot be planted in
somebody else's; the phone gets a one-time code that only the holder of its PKCE verifier can exchange.
"""

import hmac
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from django.conf import settings
from django.utils import timezone

from citizens.identity.addresses import with_query
from citizens.identity.assurance import Assurance
from citizens.identity.citizens import citizen_identify
from citizens.identity.consent_requests.forget import numbers_forget
from citizens.identity.devices import Device
from citizens.identity.holding import IdentityHeld
from citizens.identity.linking import AccountOfAnotherCitizen
from citizens.identity.pkce import challenge_of
from citizens.identity.problems import GRANT_REFUSED, REDIRECT_NOT_REGISTERED, SIGN_IN_NOT_FOUND
from citizens.identity.provider_sessions import provider_session_seal, provider_session_unseal
from citizens.identity.providers.base import (
    Challenge,
    IdentityNotProven,
    ProviderFailed,
    RedirectProvider,
    VerifiedIdentity,
)
from citizens.identity.providers.breaker import guarded, require_up
from citizens.identity.providers.registry import is_switched_off, provider
from citizens.identity.refreshing import refresh_tokens_forget
from citizens.identity.secrets import digest, new_secret
from citizens.identity.sessions import Tokens, session_open
from citizens.models import SignIn
from services_catalog.problems import Problem

logger = structlog.get_logger(__name__)

# What a provider says of itself (RFC 6749, 4.1.2.1); all other errors are the citizen's no, or about what we asked.
_OUT_OF_ORDER = {"server_error", "temporarily_unavailable"}


@dataclass(frozen=True, slots=True)
class Started:
    """Where the browser goes, and the value of the cookie that ties the answer to it."""

    authorize_url: str
    cookie: str


def callback_uri(provider_code: str) -> str:
    """Where the provider sends the browser back to."""
    return f"{settings.PUBLIC_URL}/api/v1/auth/{provider_code}/callback"


def sign_in_start(
    *, provider_code: str, redirect_uri: str, code_challenge: str, client_state: str, device_name: str
) -> Started:
    """Begins a sign-in. Raises Problem UNKNOWN_PROVIDER, IDENTITY_PROVIDER_DOWN or REDIRECT_NOT_REGISTERED."""
    chosen = provider(provider_code)
    if redirect_uri not in settings.PHONE_REDIRECT_URIS:
        raise Problem(REDIRECT_NOT_REGISTERED)
    require_up(chosen, callback_uri(provider_code))
    state, cookie = new_secret(), new_secret()
    sign_in = SignIn.objects.create(
        provider=provider_code,
        state_hash=digest(state),
        cookie_hash=digest(cookie),
        redirect_uri=redirect_uri,
        client_state=client_state,
        code_challenge=code_challenge,
        device_name=device_name,
        nonce=new_secret(),
        provider_verifier=new_secret(),
        expires_at=timezone.now() + settings.SIGN_IN_LIFETIME,
    )
    return Started(chosen.authorize_url(_challenge(sign_in, state)), cookie)


def _challenge(sign_in: SignIn, state: str) -> Challenge:
    return Challenge(
        state=state,
        nonce=sign_in.nonce,
        verifier=sign_in.provider_verifier,
        redirect_uri=callback_uri(sign_in.provider),
    )


def sign_in_answer(
    *, provider_code: str, state: str, cookie: str, answer_code: str, answer_error: str, issuer: str = ""
) -> str:
    """Takes the provider's answer; returns the phone's address with a one-time code, or with an error.

    `issuer` is who the answer says it is from, empty where it does not. Raises Problem SIGN_IN_NOT_FOUND when the
    answer was not asked for by this browser, or came before.
    """
    sign_in = _take_unanswered(provider_code, state, cookie)
    if not answer_code:
        return _back_to_phone(sign_in, error=_without_code(provider_code, answer_error))
    try:
        identity = _identify(answer_code, issuer, _challenge(sign_in, state), _usable(provider_code))
        sign_in.citizen = citizen_identify(identity, began_at=_began_at(sign_in))
    except ProviderFailed as failure:
        logger.warning("provider_failed", provider=provider_code, code=failure.code)
        return _back_to_phone(sign_in, error="temporarily_unavailable")
    except IdentityHeld:
        return _back_to_phone(sign_in, error="identity_held")
    except AccountOfAnotherCitizen as failure:
        logger.warning("identity_not_proven", provider=provider_code, code=failure.code)
        return _back_to_phone(sign_in, error="number_changed")
    except IdentityNotProven as failure:
        logger.warning("identity_not_proven", provider=provider_code, code=failure.code)
        return _back_to_phone(sign_in, error="access_denied")
    code = new_secret()
    sign_in.code_hash = digest(code)
    sign_in.ial, sign_in.aal = identity.assurance.ial, identity.assurance.aal
    sign_in.provider_session_encrypted = provider_session_seal(sign_in.pk, identity.provider_session)
    sign_in.save(update_fields=["citizen", "code_hash", "ial", "aal", "provider_session_encrypted"])
    return _back_to_phone(sign_in, code=code)


def _without_code(provider_code: str, error: str) -> str:
    """The breaker does not count it: whoever has begun a sign-in can come back with any answer."""
    if error not in _OUT_OF_ORDER:
        return "access_denied"
    logger.warning("provider_failed", provider=provider_code, code=error)
    return "temporarily_unavailable"


def _usable(provider_code: str) -> RedirectProvider:
    """Raises ProviderFailed also where it was switched off meanwhile: the browser has to find back to the phone."""
    try:
        return provider(provider_code)
    except Problem as problem:
        raise ProviderFailed(problem.type.code) from None


def _identify(answer_code: str, issuer: str, challenge: Challenge, chosen: RedirectProvider) -> VerifiedIdentity:
    """Raises ProviderFailed or IdentityNotProven. A code of another provider is not shown to this one (RFC 9207)."""
    if issuer and chosen.issuer and issuer != chosen.issuer:
        raise IdentityNotProven("answer_of_another_provider")
    with guarded(chosen.code):
        return chosen.identify(answer_code, challenge)


def _take_unanswered(provider_code: str, state: str, cookie: str) -> SignIn:
    """The sign-in that waits for this answer; taken once, before anything else happens."""
    now: datetime = timezone.now()
    waiting = SignIn.objects.filter(
        provider=provider_code, state_hash=digest(state), answered_at__isnull=True, expires_at__gt=now
    )
    sign_in = waiting.first()
    if sign_in is None or not hmac.compare_digest(bytes(sign_in.cookie_hash), digest(cookie)):
        raise Problem(SIGN_IN_NOT_FOUND)
    if not waiting.filter(pk=sign_in.pk).update(answered_at=now):
        raise Problem(SIGN_IN_NOT_FOUND)
    return sign_in


def _began_at(sign_in: SignIn) -> datetime:
    return sign_in.expires_at - settings.SIGN_IN_LIFETIME


def _back_to_phone(sign_in: SignIn, **answer: str) -> str:
    if sign_in.client_state:
        answer["state"] = sign_in.client_state
    return with_query(sign_in.redirect_uri, answer)


def code_exchange(*, code: str, code_verifier: str, redirect_uri: str, device: Device, replaces: str = "") -> Tokens:
    """The phone's one-time code for tokens. Raises Problem GRANT_REFUSED; a wrong verifier uses the code up, and it is
    worth nothing once its provider is switched off or unlinked.

    `replaces` as session_open has it.
    """
    now = timezone.now()
    unused = SignIn.objects.filter(code_hash=digest(code), exchanged_at__isnull=True, expires_at__gt=now)
    if not unused.update(exchanged_at=now):
        raise Problem(GRANT_REFUSED)
    sign_in = SignIn.objects.get(code_hash=digest(code))
    SignIn.objects.filter(pk=sign_in.pk).update(provider_session_encrypted=None)
    if sign_in.citizen is None or sign_in.ial is None or sign_in.aal is None or sign_in.answered_at is None:
        raise Problem(GRANT_REFUSED)
    if (
        not hmac.compare_digest(challenge_of(code_verifier), sign_in.code_challenge)
        or redirect_uri != sign_in.redirect_uri
    ):
        raise Problem(GRANT_REFUSED)
    if is_switched_off(sign_in.provider):
        raise Problem(GRANT_REFUSED)
    return session_open(
        sign_in.citizen,
        provider=sign_in.provider,
        assurance=Assurance(sign_in.ial, sign_in.aal),
        authenticated_at=sign_in.answered_at,
        device=replace(device, name=device.name or sign_in.device_name),
        provider_session=provider_session_unseal(sign_in),
        replaces=replaces,
    )


def forget_expired() -> None:
    """Deletes sign-ins and refresh tokens past their time, and the numbers of consent requests that have ended."""
    SignIn.objects.filter(expires_at__lt=timezone.now()).delete()
    refresh_tokens_forget()
    numbers_forget()
