"""The sandbox's digital IDs as rows: switched on, with the secrets that both ends derive."""

from typing import Any

from django.conf import settings

from citizens.identity.providers.registry import PROTOCOLS
from citizens.identity.providers.secret import secret_of, secret_seal
from citizens.models import IdentityProvider
from superapp.sandbox.credentials import CLIENT_ID, client_secret
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.ports import provider_port


def sandbox_providers_write(*, base_port: int) -> None:
    """Writes a row for each of them, unless it is there and says the same. Idempotent."""
    for provider in usable_providers():
        row = provider_row(provider, f"http://127.0.0.1:{provider_port(base_port, provider)}")
        _write(row, client_secret(provider, secret=settings.SANDBOX_SECRET))


def usable_providers() -> list[ProviderCode]:
    """Those whose protocol the platform speaks."""
    return [provider for provider, row_at in _ROWS.items() if row_at("")["protocol"] in PROTOCOLS]


def provider_row(provider: ProviderCode, url: str) -> dict[str, Any]:
    """The fields of the row of a provider that is at `url`, without the secret."""
    position = 10 * (1 + list(_ROWS).index(provider))
    return {**_ROWS[provider](url), "code": provider.value, "is_on": True, "position": position}


def _thaid_row(url: str) -> dict[str, Any]:
    return {
        "protocol": IdentityProvider.Protocol.OIDC,
        "name_th": "ThaID (จำลอง)",
        "name_en": "ThaID (sandbox)",
        "is_primary": True,
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
            "client_id": CLIENT_ID,
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


def _moprom_row(url: str) -> dict[str, Any]:
    """Who it is stands in the access token; nothing of it is signed in a way that we can check."""
    detail = "access_token.scopes_detail"
    return {
        "protocol": IdentityProvider.Protocol.OAUTH_PROFILE,
        "name_th": "หมอพร้อม (จำลอง)",
        "name_en": "Mor Prom (sandbox)",
        "default_ial": "1.1",
        "max_ial": "2.3",
        "default_aal": "1.0",
        "max_aal": "1.0",
        "options": {
            "authorize_url": f"{url}/oauth/redirect",
            "token_url": f"{url}/api/v1/token",
            "client_id": CLIENT_ID,
            "client_authentication": "post",
            "token_path": "data.access_token",
            "success": {"status": "success"},
            "claims": {
                "national_id": f"{detail}.id_card",
                "subject": "answer.data.account_id",
                "ial": f"{detail}.ial",
                "title_th": f"{detail}.name_prefix",
                "given_name_th": f"{detail}.name",
                "family_name_th": f"{detail}.surname",
                "name_th": f"{detail}.name {detail}.surname",
            },
        },
    }


def _paotang_row(url: str) -> dict[str, Any]:
    """It says no level: the row's counts."""
    data = "profile.data"
    names = f"{data}.fullNameTh.thaiFirstName", f"{data}.fullNameTh.thaiLastName"
    return {
        "protocol": IdentityProvider.Protocol.OAUTH_PROFILE,
        "name_th": "เป๋าตัง (จำลอง)",
        "name_en": "Pao Tang (sandbox)",
        "default_ial": "2.1",
        "max_ial": "2.1",
        "default_aal": "2.1",
        "max_aal": "2.1",
        "options": {
            "authorize_url": f"{url}/oauth2/web/auth",
            "authorize_parameters": {"acr": "PIN", "prompt": "login"},
            "token_url": f"{url}/oauth2/token",
            "repeats_state_and_scope": True,
            "profile_url": f"{url}/v1/paotangid/get-customer-profile",
            "client_id": CLIENT_ID,
            "client_authentication": "post",
            "scope": "openid offline",
            "claims": {
                "national_id": f"{data}.cid",
                "subject": "profile.sub",
                "title_th": f"{data}.title",
                "given_name_th": names[0],
                "family_name_th": names[1],
                "name_th": " ".join(names),
                "birthdate": f"{data}.birthDate",
                "gender": f"{data}.gender",
            },
        },
    }


def _dga_row(url: str) -> dict[str, Any]:
    return {
        "protocol": IdentityProvider.Protocol.OIDC,
        "name_th": "DGA Digital ID (จำลอง)",
        "name_en": "DGA Digital ID (sandbox)",
        "default_ial": "1.1",
        "max_ial": "2.3",
        "default_aal": "1.0",
        "max_aal": "1.0",
        "options": {
            "issuer": url,
            "authorize_url": f"{url}/connect/authorize",
            "token_url": f"{url}/connect/token",
            "jwks_url": f"{url}/.well-known/openid-configuration/jwks",
            "end_session_url": f"{url}/connect/endsession",
            "return_parameter": "post_logout_redirect_url",
            "signing_algorithm": "RS256",
            "client_id": CLIENT_ID,
            "client_authentication": "basic_hashed",
            "scope": "openid profile user_id citizen_id ial_level",
            "nonce": "required",
            "claims": {
                "national_id": "citizen_id",
                "number_verified": "citizen_id_verified",
                "subject": "sub",
                "ial": "ial_level",
                "given_name_th": "given_name",
                "family_name_th": "family_name",
                "name_th": "given_name family_name",
            },
        },
    }


def _ndid_row(url: str) -> dict[str, Any]:
    return {
        "protocol": IdentityProvider.Protocol.CONSENT_REQUEST,
        "name_th": "NDID (จำลอง)",
        "name_en": "NDID (sandbox)",
        "default_ial": "1.1",
        "max_ial": "2.3",
        "default_aal": "1.0",
        "max_aal": "2.2",
        # The node is on this machine, so it can be asked often.
        "options": {"base_url": f"{url}/v6", "min_ial": "2.1", "poll_interval": 2},
    }


_ROWS = {
    ProviderCode.THAID: _thaid_row,
    ProviderCode.MOPROM: _moprom_row,
    ProviderCode.PAOTANG: _paotang_row,
    ProviderCode.NDID: _ndid_row,
    ProviderCode.DGA: _dga_row,
}


def _write(fields: dict[str, Any], secret: str) -> None:
    kept = IdentityProvider.objects.filter(code=fields["code"]).first()
    if kept is not None and kept.options == fields["options"] and secret_of(kept) == secret:
        return
    sealed = secret_seal(fields["code"], secret)
    IdentityProvider.objects.update_or_create(code=fields["code"], defaults={**fields, "secret_encrypted": sealed})
