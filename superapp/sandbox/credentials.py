"""Secrets that both ends of the sandbox derive from SANDBOX_SECRET, so that no file has to be shared."""

import base64
import hmac
from dataclasses import dataclass

# What the platform is called at every identity provider.
CLIENT_ID = "superapp-sandbox"


@dataclass(frozen=True, slots=True, repr=False)
class AgencyCredentials:
    """`api_key` and `callback_secret` ("whsec_<base64>") are used by the agency when it calls the platform;
    `outgoing_secret` by the platform when it calls the agency."""

    api_key: str
    callback_secret: str
    outgoing_secret: str


def agency_credentials(agency_code: str, *, secret: str) -> AgencyCredentials:
    return AgencyCredentials(
        api_key=f"sandbox-key-{_token(secret, f'agency/{agency_code}/api-key')}",
        callback_secret=f"whsec_{_base64(derived_bytes(secret, f'agency/{agency_code}/callback'))}",
        outgoing_secret=f"sandbox-out-{_token(secret, f'agency/{agency_code}/outgoing')}",
    )


def client_secret(provider: str, *, secret: str) -> str:
    """The platform's secret at that identity provider; of NDID, the key of its node's API."""
    return _token(secret, f"{provider}/{CLIENT_ID}/client-secret")


def derived_bytes(secret: str, purpose: str) -> bytes:
    """32 bytes that only holders of `secret` can compute; another purpose gives unrelated bytes."""
    return hmac.digest(secret.encode(), purpose.encode(), "sha256")


def _token(secret: str, purpose: str) -> str:
    return base64.urlsafe_b64encode(derived_bytes(secret, purpose)).decode().rstrip("=")


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
