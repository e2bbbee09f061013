"""What citizens let services know about them: given, shown, revoked."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from citizens.identity.devices import Device
from citizens.identity.events import identity_event_write
from citizens.identity.locking import citizen_lock
from citizens.identity.problems import CONSENT_NEEDED
from citizens.models import Consent, IdentityEvent
from services_catalog.claims import CLAIMS
from services_catalog.languages import Text
from services_catalog.models import Service
from services_catalog.problems import INVALID_DATA, NOT_FOUND, FieldProblem, Problem

PURPOSES = {Consent.Purpose.MINI_APP: Text("เปิดแอปของบริการนี้", "Opening the service's own app")}
_NOT_ASKED = Text("บริการนี้ไม่ได้ขอข้อมูลนี้", "The service does not ask for this.")


def consents_of(citizen_id: UUID) -> QuerySet[Consent]:
    """The citizen's consents, with those that were revoked."""
    names = [f"service__{name}" for name in ("code", "name_th", "name_en")]
    agency = [f"service__agency__{name}" for name in ("code", "name_th", "name_en")]
    own = [field.attname for field in Consent._meta.concrete_fields]
    consents = Consent.objects.filter(citizen_id=citizen_id).select_related("service__agency")
    return consents.only(*own, *names, *agency)


def consent_require(
    *, citizen_id: UUID, service: Service, wanted: Sequence[str], given: Sequence[str] | None, device: Device
) -> Consent:
    """The consent that holds for what the service's live version wants to know; `given` is what the citizen lets it
    know now, and takes the place of what they said before. None of it says nothing new.

    Call it in a transaction. Raises Problem: CONSENT_NEEDED when they were never asked for something that is wanted,
    INVALID_DATA when they gave what is not.
    """
    citizen_lock(citizen_id)  # two at once give it once
    purpose = Consent.Purpose.MINI_APP
    holds = Consent.objects.filter(citizen_id=citizen_id, service=service, purpose=purpose, revoked_at__isnull=True)
    consent = holds.first()
    if given is None:
        if consent is None or not set(wanted) <= set(consent.asked):
            raise _consent_needed(service, wanted, consent)
        return consent
    _refuse_unasked(given, wanted)
    consent = consent or Consent(citizen_id=citizen_id, service=service, purpose=purpose)
    consent.asked, consent.claims = list(wanted), sorted(set(given))
    consent.given_at = timezone.now()
    consent.save()
    identity_event_write(
        citizen_id, IdentityEvent.Kind.CONSENT_GIVEN, device=device, service_id=service.pk, claims=consent.claims
    )
    return consent


@transaction.atomic
def consent_revoke(*, citizen_id: UUID, consent_id: UUID, device: Device) -> None:
    """Tokens that were made with it and not redeemed are good no more. Raises Problem NOT_FOUND."""
    citizen_lock(citizen_id)  # as giving does it, which writes the whole row
    mine = Consent.objects.filter(pk=consent_id, citizen_id=citizen_id, revoked_at__isnull=True)
    consent = mine.select_for_update().first()
    if consent is None:
        raise Problem(NOT_FOUND)
    consent.revoked_at = timezone.now()
    consent.save(update_fields=["revoked_at"])
    identity_event_write(
        citizen_id,
        IdentityEvent.Kind.CONSENT_REVOKED,
        device=device,
        service_id=consent.service_id,
        claims=consent.claims,
    )


def _refuse_unasked(given: Sequence[str], wanted: Sequence[str]) -> None:
    errors = [
        FieldProblem(f"/consent/{position}", "not_asked", _NOT_ASKED)
        for position, claim in enumerate(given)
        if claim not in wanted
    ]
    if errors:
        raise Problem(INVALID_DATA, errors=errors)


def _consent_needed(service: Service, wanted: Sequence[str], consent: Consent | None) -> Problem:
    """With all that the phone needs to ask."""
    asked = {
        "service": {"code": service.code, "name": {"th": service.name_th, "en": service.name_en}},
        "agency": {
            "code": service.agency.code,
            "name": {"th": service.agency.name_th, "en": service.agency.name_en},
        },
        "purpose": {
            "code": Consent.Purpose.MINI_APP.value,
            "name": PURPOSES[Consent.Purpose.MINI_APP].as_dict(),
        },
        "privacy_url": service.privacy_url,
        "claims": [
            {
                "claim": claim,
                "name": CLAIMS[claim].as_dict(),
                "purpose": service.claim_purposes.get(claim),
                "given": consent is not None and claim in consent.claims,
            }
            for claim in wanted
        ],
    }
    return Problem(CONSENT_NEEDED, extensions={"asked": asked})
