"""What we know about a citizen, kept encrypted, and the part of it that an agency gets."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from citizens.models import Citizen, HeldIdentity, LinkedIdentity
from services_catalog.encryption import decrypt, decrypt_json, encrypt, encrypt_json


def number_place(citizen_id: UUID) -> str:
    return f"citizen:{citizen_id}:national-id"


def claims_place(citizen_id: UUID) -> str:
    return f"citizen:{citizen_id}:claims"


def identity_place(identity: LinkedIdentity | HeldIdentity, what: str) -> str:
    """What an identity's blobs are bound to; `what` is "subject" or "claims"."""
    return f"{identity._meta.model_name}:{identity.pk}:{what}"


def seal_national_id(citizen_id: UUID, national_id: str) -> bytes:
    return encrypt(national_id.encode(), bound_to=number_place(citizen_id))


def seal_claims(citizen_id: UUID, claims: Mapping[str, str]) -> bytes:
    return encrypt_json(dict(claims), bound_to=claims_place(citizen_id))


def open_national_id(citizen: Citizen) -> str:
    """Raises services_catalog.encryption.CannotDecrypt, as all that opens here."""
    return decrypt(citizen.national_id_encrypted, bound_to=number_place(citizen.pk)).decode()


def open_claims(citizen: Citizen) -> dict[str, str]:
    claims: dict[str, str] = decrypt_json(citizen.claims_encrypted, bound_to=claims_place(citizen.pk))
    return claims


def seal_identity(identity: LinkedIdentity | HeldIdentity, *, subject: str, claims: Mapping[str, str]) -> None:
    """Puts what the provider says into the row, without saving it."""
    identity.subject_encrypted = encrypt(subject.encode(), bound_to=identity_place(identity, "subject"))
    identity.claims_encrypted = encrypt_json(dict(claims), bound_to=identity_place(identity, "claims"))


def identity_claims(identity: LinkedIdentity | HeldIdentity) -> dict[str, str]:
    """What the provider said last. Rows of before it was kept have the citizen's: there was one provider."""
    if identity.claims_encrypted is None:
        return open_claims(identity.citizen)
    claims: dict[str, str] = decrypt_json(identity.claims_encrypted, bound_to=identity_place(identity, "claims"))
    return claims


def open_subject(identity: HeldIdentity) -> str:
    return decrypt(identity.subject_encrypted, bound_to=identity_place(identity, "subject")).decode()


def own_claims(identities: Iterable[LinkedIdentity]) -> dict[str, str]:
    """Which claims are the citizen's own, the ones that agencies get.

    Each field is that of the strongest linked identity which gives it (by IAL, then by when it was last used).
    """
    merged: dict[str, str] = {}
    for identity in sorted(identities, key=lambda one: (one.ial, one.last_used_at)):
        merged |= identity_claims(identity)
    return merged


def applicant_claims(citizen: Citizen, names: Iterable[str]) -> dict[str, str]:
    """The named claims that are known. Raises services_catalog.encryption.CannotDecrypt."""
    wanted = set(names)
    if not wanted:
        return {}
    known = open_claims(citizen)
    if "national_id" in wanted:
        known["national_id"] = open_national_id(citizen)
    return {name: value for name, value in known.items() if name in wanted}
