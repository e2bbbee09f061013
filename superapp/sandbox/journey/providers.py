"""The sandbox's digital IDs as rows: switched on, with the secrets that both ends derive."""

from typing import Any

from django.conf import settings

from citizens.identity.providers.secret import secret_of, secret_seal
from citizens.models import IdentityProvider
from superapp.sandbox.credentials import THAID_CLIENT_ID, thaid_client_secret


def sandbox_providers_write(*, base_port: int) -> None:
    """Writes a row for each of them, unless it is there and says the same. Idempotent."""
    secret = settings.SANDBOX_SECRET
    _write(thaid_row(f"http://127.0.0.1:{base_port}"), thaid_client_secret(secret=secret))


def thaid_row(url: str) -> dict[str, Any]:
    return {
        "code": "thaid",
        "protocol": IdentityProvider.Protocol.OIDC,
        "name_th": "ThaID (จำลอง)",
        "name_en": "ThaID (sandbox)",
        "is_on": True,
        "is_primary": True,
        "position": 10,
        "default_ial": "1.1",
        "max_ial": "2.3",
        "default_aal": "2.2",
        "max_aal": "2.2",
        "options": {
            "issuer": url,
            "authorize_url": f"{url}/api/v2/oauth2/auth/",
            "token_url": f"{url}/api/v2/oauth2/token/",
            "jwks_url": f"{url}/jwks/",
            "revoke_url": f"{url}/api/v2/oauth2/revoke/",
            "client_id": THAID_CLIENT_ID,
            "scope": "openid pid title given_name family_name birthdate gender address ial",
            "nonce": "if_echoed",
            "claims": {
                "national_id": "pid",
                "subject": "sub",
                "ial": "ial",
                "title_th": "title",
                "given_name_th": "given_name",
                "family_name_th": "family_name",
                "name_th": "given_name family_name",
                "birthdate": "birthdate",
                "gender": "gender",
                "address": "address",
            },
        },
    }


def _write(fields: dict[str, Any], client_secret: str) -> None:
    kept = IdentityProvider.objects.filter(code=fields["code"]).first()
    if kept is not None and kept.options == fields["options"] and secret_of(kept) == client_secret:
        return
    sealed = secret_seal(fields["code"], client_secret)
    IdentityProvider.objects.update_or_create(code=fields["code"], defaults={**fields, "secret_encrypted": sealed})
