"""One-time service tokens: a citizen opens an agency's own app, and the agency learns from us who that is.

The token goes through the citizen's phone and says nothing by itself. Only the agency whose service it is for can
redeem it, once, soon, and learns what the citizen has consented to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from citizens.identity.assurance import Assurance
from citizens.identity.claims import applicant_claims
from citizens.identity.consents import consent_require
from citizens.identity.devices import Device
from citizens.identity.events import identity_event_write
from citizens.identity.problems import SERVICE_TOKEN_OVER, SERVICE_TOKEN_UNKNOWN, TOKEN_NOT_ACCEPTED
from citizens.identity.providers.registry import is_switched_off
from citizens.identity.secrets import digest, new_secret
from citizens.identity.step_up import stronger_sign_in_needed
from citizens.identity.tokens import SignedInCitizen
from citizens.models import AgencySubject, IdentityEvent, ServiceToken, Session
from services_catalog.models import Agency, Service, ServiceVersion
from services_catalog.problems import UNKNOWN_SERVICE, Problem

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """What the phone hands to the service's own app; `claims` are names of what redeeming will tell."""

    token: str
    expires_in: int
    claims: Sequence[str]


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What the agency learns. `subject` is the same for this citizen in all services of this agency, and no other."""

    subject: UUID
    service_code: str
    version: int
    claims: Mapping[str, str]
    assurance: Assurance
    authenticated_at: datetime


@transaction.atomic
def service_token_issue(
    *, citizen: SignedInCitizen, service_code: str, consented: Sequence[str] | None, device: Device
) -> IssuedToken:
    """A token for the service, with the claims of its live version that the citizen consents to, now or before.

    Raises Problem: UNKNOWN_SERVICE, STRONGER_SIGN_IN_NEEDED, CONSENT_NEEDED, INVALID_DATA when the consent has
    something that is not asked for, TOKEN_NOT_ACCEPTED when the session has ended.
    """
    service, version = _live(service_code)
    if not citizen.assurance.reaches(service.min_ial, service.min_aal):
        raise stronger_sign_in_needed(service.min_ial, service.min_aal)
    session = Session.objects.filter(pk=citizen.session_id, ended_at__isnull=True).first()
    if session is None:
        raise Problem(TOKEN_NOT_ACCEPTED, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    consent = consent_require(
        citizen_id=citizen.id, service=service, wanted=version.claims, given=consented, device=device
    )
    token = new_secret()
    claims = [claim for claim in version.claims if claim in consent.claims]
    ServiceToken.objects.create(
        token_hash=digest(token),
        consent=consent,
        session=session,
        claims=claims,
        version=version,
        expires_at=timezone.now() + settings.SERVICE_TOKEN_LIFETIME,
    )
    return IssuedToken(token, int(settings.SERVICE_TOKEN_LIFETIME.total_seconds()), claims)


def _live(service_code: str) -> tuple[Service, ServiceVersion]:
    services = Service.objects.published().select_related("agency", "current_version")
    without_forms = services.defer("current_version__form", "current_version__example", "current_version__content")
    service = without_forms.filter(code=service_code).first()
    if service is None or service.current_version is None:
        raise Problem(UNKNOWN_SERVICE)
    return service, service.current_version


@transaction.atomic
def service_token_redeem(*, agency: Agency, token: str) -> Redeemed:
    """Tells the agency who came, once. Of two at once one wins: the other waits for the row and finds it used.

    Raises Problem SERVICE_TOKEN_UNKNOWN, also for the token of another agency, which stays good: that agency can do
    nothing with it, and using it up would let it lock the citizen out of the service it was meant for. Raises
    SERVICE_TOKEN_OVER when the token was redeemed, is late, or the consent, the session or the service has ended, or
    the digital ID it came by is switched off.
    """
    found = (
        ServiceToken.objects.select_for_update(of=("self", "consent"))
        .select_related("consent__citizen", "session", "version__service")
        .defer("version__form", "version__example", "version__content")
        .filter(token_hash=digest(token), version__service__agency=agency)
        .first()
    )
    if found is None:
        logger.warning("service_token_unknown", agency=agency.code)
        raise Problem(SERVICE_TOKEN_UNKNOWN)
    service, consent, session = found.version.service, found.consent, found.session
    if _is_over(found):
        logger.warning("service_token_over", agency=agency.code, service=service.code, again=bool(found.redeemed_at))
        raise Problem(SERVICE_TOKEN_OVER)
    found.redeemed_at = timezone.now()
    found.save(update_fields=["redeemed_at"])
    # Less, where the citizen has said less since.
    names = [claim for claim in found.claims if claim in consent.claims]
    subject, _ = AgencySubject.objects.get_or_create(citizen=consent.citizen, agency=agency)
    identity_event_write(consent.citizen_id, IdentityEvent.Kind.TOKEN_REDEEMED, service_id=service.pk, claims=names)
    return Redeemed(
        subject=subject.pk,
        service_code=service.code,
        version=found.version.number,
        claims=applicant_claims(consent.citizen, names),
        assurance=Assurance(session.ial, session.aal),
        authenticated_at=session.authenticated_at,
    )


def _is_over(token: ServiceToken) -> bool:
    return (
        token.redeemed_at is not None
        or token.expires_at <= timezone.now()
        or token.consent.revoked_at is not None
        or token.session.ended_at is not None
        or token.version.service.publication != Service.Publication.PUBLISHED
        or is_switched_off(token.session.provider)
    )


def service_tokens_forget() -> None:
    """Deletes tokens whose time is over, redeemed or not: what was redeemed is among the identity events."""
    ServiceToken.objects.filter(expires_at__lt=timezone.now()).delete()
