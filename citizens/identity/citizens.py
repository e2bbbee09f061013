"""One citizen, keyed by the verified 13-digit number."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from citizens.identity.claims import seal_claims, seal_national_id
from citizens.identity.providers.base import IdentityNotProven, VerifiedIdentity
from citizens.models import Citizen, LinkedIdentity
from services_catalog.encryption import fingerprint


def national_id_fingerprint(national_id: str) -> bytes:
    return fingerprint(national_id.encode(), purpose="national-id")


@transaction.atomic
def citizen_identify(identity: VerifiedIdentity) -> Citizen:
    """The citizen with that number, made on the first sign-in; the provider's account is linked to them.

    Raises IdentityNotProven when the account was another citizen's: two numbers for one account cannot both be right.
    """
    new_id = uuid7()
    citizen, _ = Citizen.objects.get_or_create(
        national_id_fingerprint=national_id_fingerprint(identity.national_id),
        defaults={
            "id": new_id,
            "national_id_encrypted": seal_national_id(new_id, identity.national_id),
            "claims_encrypted": seal_claims(new_id, identity.claims),
        },
    )
    if citizen.pk != new_id:
        citizen.claims_encrypted = seal_claims(citizen.pk, identity.claims)
        citizen.save(update_fields=["claims_encrypted", "updated_at"])
    try:
        LinkedIdentity.objects.update_or_create(
            citizen=citizen,
            provider=identity.provider,
            defaults={
                "subject_fingerprint": fingerprint(identity.subject.encode(), purpose="subject"),
                "ial": identity.assurance.ial,
                "last_used_at": timezone.now(),
            },
        )
    except IntegrityError:
        raise IdentityNotProven("account_of_another_citizen") from None
    return citizen
