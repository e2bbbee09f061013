"""The end of a sign-in by consent, in the hands of the phone that began it: whoever has its PKCE verifier."""

import hmac
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from citizens.identity.assurance import Assurance
from citizens.identity.citizens import citizen_identify, national_id_fingerprints
from citizens.identity.consent_requests.nodes import node_switched_on
from citizens.identity.consent_requests.rows import State, end, number_of
from citizens.identity.consent_requests.start import ask_soon
from citizens.identity.devices import Device
from citizens.identity.pkce import challenge_of
from citizens.identity.problems import CONSENT_NOT_GIVEN, GRANT_REFUSED
from citizens.identity.providers.base import IdentityNotProven, VerifiedIdentity
from citizens.identity.sessions import Tokens, session_open
from citizens.models import ConsentRequest
from services_catalog.encryption import CannotDecrypt
from services_catalog.problems import NOT_FOUND, Problem

logger = structlog.get_logger(__name__)


def consent_request_get(*, request_id: UUID) -> ConsentRequest:
    """Raises Problem NOT_FOUND."""
    if found := ConsentRequest.objects.filter(pk=request_id).first():
        return found
    raise Problem(NOT_FOUND)


def consent_request_finish(*, request_id: UUID, code_verifier: str, replaces: str = "") -> Tokens:
    """Signs the starter's phone in, once. Raises Problem GRANT_REFUSED, CONSENT_NOT_GIVEN or UNKNOWN_PROVIDER.

    `replaces` as session_open has it.
    """
    request = _take_accepted(request_id, code_verifier)
    try:
        return _sign_in(request, replaces)
    except IdentityNotProven as failure:
        code = failure.code
    except CannotDecrypt:
        code = "key_is_gone"
    except Problem:  # session_open's
        code = "unlinked_since"
    logger.warning("identity_not_proven", provider=request.provider, code=code)
    request.state, request.failure_code = State.FAILED, code
    request.save(update_fields=["state", "failure_code"])
    raise Problem(GRANT_REFUSED)


def _sign_in(request: ConsentRequest, replaces: str) -> Tokens:
    identity = _identity(request)
    request.citizen = citizen_identify(identity, began_at=request.created_at)
    request.save(update_fields=["citizen"])
    return session_open(
        request.citizen,
        provider=request.provider,
        assurance=identity.assurance,
        authenticated_at=request.answered_at or timezone.now(),
        device=Device(name=request.device_name, network=request.network),
        replaces=replaces,
    )


def _take_accepted(request_id: UUID, code_verifier: str) -> ConsentRequest:
    """Taken once, before anything is made of it; a person's citizen is made outside of this transaction."""
    with transaction.atomic():
        request = _of_the_starter(request_id, code_verifier)
        if request.state in (State.CREATING, State.WAITING):
            raise Problem(CONSENT_NOT_GIVEN)
        now = timezone.now()
        if request.state != State.ACCEPTED or request.expires_at <= now:
            raise Problem(GRANT_REFUSED)
        node_switched_on(request.provider)
        end(request, State.FINISHED, "", now=now)
        request.finished_at = now
        request.save(update_fields=["state", "failure_code", "next_poll_at", "finished_at"])
    return request


def consent_request_cancel(*, request_id: UUID, code_verifier: str) -> ConsentRequest:
    """Ends it, and closes it at the node; what has ended stays as it is. Raises Problem GRANT_REFUSED."""
    with transaction.atomic():
        request = _of_the_starter(request_id, code_verifier)
        if request.state in ConsentRequest.OPEN_STATES:
            _cancel(request)
    return request


def consent_requests_cancel(*, national_id: str, provider: str) -> None:
    """Ends what is open about that number, within a transaction of the caller: nothing comes of an earlier consent.

    Also those that wait: the bank may have the answer already.
    """
    about = ConsentRequest.objects.select_for_update().filter(
        provider=provider,
        number_fingerprint__in=national_id_fingerprints(national_id),
        state__in=ConsentRequest.OPEN_STATES,
    )
    for request in about.order_by("pk"):
        _cancel(request)


def _cancel(request: ConsentRequest) -> None:
    end(request, State.CANCELLED, "", now=timezone.now())
    request.save(update_fields=["state", "failure_code", "next_poll_at"])
    ask_soon(request)


def _of_the_starter(request_id: UUID, code_verifier: str) -> ConsentRequest:
    """Locked. Whoever cannot show the verifier learns nothing, not even whether there is such a request."""
    request = ConsentRequest.objects.select_for_update().filter(pk=request_id).first()
    if request is None or not hmac.compare_digest(challenge_of(code_verifier), request.code_challenge):
        raise Problem(GRANT_REFUSED)
    return request


def _identity(request: ConsentRequest) -> VerifiedIdentity:
    """NDID names people by their number alone, and vouches for no other field: nothing differs, so nothing is held.

    Raises IdentityNotProven or CannotDecrypt.
    """
    if request.ial is None or request.aal is None:
        raise IdentityNotProven("no_levels")
    number = number_of(request)
    return VerifiedIdentity(
        provider=request.provider,
        subject=number,
        national_id=number,
        claims={},
        assurance=Assurance(request.ial, request.aal),
    )
