"""What a phone is told about the digital IDs it can offer."""

from typing import Any

from citizens.identity.providers.breaker import closed_until
from citizens.identity.providers.registry import switched_on
from citizens.models import IdentityProvider


def providers_told() -> list[dict[str, Any]]:
    """Those that are on, in their order, as the API shows them."""
    return [_told(row) for row in switched_on()]


def _told(row: IdentityProvider) -> dict[str, Any]:
    down_until = closed_until(row)
    is_consent_request = row.protocol == IdentityProvider.Protocol.CONSENT_REQUEST
    return {
        "code": row.code,
        "protocol": "consent_request" if is_consent_request else "redirect",
        "name": row.name.as_dict(),
        "logo_url": {"th": row.logo_url_th, "en": row.logo_url_en},
        "is_primary": row.is_primary,
        "position": row.position,
        "max_ial": str(row.max_ial),
        "max_aal": str(row.max_aal),
        "is_up": down_until is None,
        "down_until": down_until.isoformat() if down_until else None,
    }
