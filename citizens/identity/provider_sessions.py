"""What ending a provider's own session needs (its tokens), sealed to the row it is kept with."""

from collections.abc import Mapping
from uuid import UUID

from citizens.models import Session, SignIn
from services_catalog.encryption import CannotDecrypt, decrypt_json, encrypt_json


def provider_session_place(row_id: UUID) -> str:
    """What a session's, or a sign-in's, `provider_session_encrypted` is bound to."""
    return f"provider-session:{row_id}"


def provider_session_seal(row_id: UUID, provider_session: Mapping[str, str]) -> bytes | None:
    """None where the provider gave nothing."""
    if not provider_session:
        return None
    return encrypt_json(dict(provider_session), bound_to=provider_session_place(row_id))


def provider_session_unseal(row: Session | SignIn) -> dict[str, str]:
    """Empty where there is nothing, or its key is gone: the citizen's sign-in or sign-out goes on without it."""
    if row.provider_session_encrypted is None:
        return {}
    try:
        return dict(decrypt_json(row.provider_session_encrypted, bound_to=provider_session_place(row.pk)))
    except CannotDecrypt:
        return {}
