"""What we prove ourselves to a provider with: a blob bound to its row, or an environment variable the row names."""

import os

from citizens.models import IdentityProvider
from services_catalog.encryption import decrypt, encrypt


def secret_place(provider_code: str) -> str:
    return f"identity-provider:{provider_code}:secret"


def secret_seal(provider_code: str, secret: str) -> bytes:
    return encrypt(secret.encode(), bound_to=secret_place(provider_code))


def secret_of(row: IdentityProvider) -> str:
    """Empty where the row has none. Raises CannotDecrypt."""
    if row.secret_variable:
        return os.environ.get(row.secret_variable, "")
    if row.secret_encrypted is None:
        return ""
    return decrypt(row.secret_encrypted, bound_to=secret_place(row.code)).decode()
