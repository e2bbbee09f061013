"""What we know about a citizen, kept encrypted, and the part of it that an agency gets."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from citizens.models import Citizen
from services_catalog.encryption import decrypt, decrypt_json, encrypt, encrypt_json


def _number_place(citizen_id: UUID) -> str:
    return f"citizen:{citizen_id}:national-id"


def _claims_place(citizen_id: UUID) -> str:
    return f"citizen:{citizen_id}:claims"


def seal_national_id(citizen_id: UUID, national_id: str) -> bytes:
    return encrypt(national_id.encode(), bound_to=_number_place(citizen_id))


def seal_claims(citizen_id: UUID, claims: Mapping[str, str]) -> bytes:
    return encrypt_json(dict(claims), bound_to=_claims_place(citizen_id))


def applicant_claims(citizen: Citizen, names: Iterable[str]) -> dict[str, str]:
    """The named claims that are known. Raises services_catalog.encryption.CannotDecrypt."""
    wanted = set(names)
    if not wanted:
        return {}
    known: dict[str, str] = decrypt_json(citizen.claims_encrypted, bound_to=_claims_place(citizen.pk))
    if "national_id" in wanted:
        number = decrypt(citizen.national_id_encrypted, bound_to=_number_place(citizen.pk))
        known["national_id"] = number.decode()
    return {name: value for name, value in known.items() if name in wanted}
