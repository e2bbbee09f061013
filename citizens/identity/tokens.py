"""Our own access tokens: short-lived ES256 JWTs (RFC 9068) that need no look-up to check."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from time import time
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from citizens.identity.assurance import Assurance
from citizens.identity.malformed import NOT_WELL_FORMED
from citizens.models import Session

AUDIENCE = "superapp-api"
_ALGORITHM = "ES256"


class TokenRefused(Exception):
    """Not a token of ours, or one whose time is over."""


@dataclass(frozen=True, slots=True)
class SignedInCitizen:
    """Who calls, as the token says. `id` is our citizen UUID; there is no row behind this object."""

    id: UUID
    session_id: UUID
    provider: str
    assurance: Assurance
    is_authenticated: bool = True

    @property
    def pk(self) -> str:
        """What DRF and the rate limits tell callers apart by."""
        return str(self.id)


@lru_cache(maxsize=1)
def _keys() -> tuple[ECKey, KeySet]:
    keys = [ECKey.import_key(key) for key in settings.TOKEN_SIGNING_KEYS]
    return keys[0], KeySet(list(keys))


def public_keys() -> dict[str, Any]:
    """The JWK Set (RFC 7517) that others check our tokens with."""
    return dict(_keys()[1].as_dict(private=False))


def access_token_issue(session: Session, *, lifetime: timedelta | None = None) -> str:
    """A token for the session, good for ACCESS_TOKEN_LIFETIME."""
    signing_key, _ = _keys()
    now = int(time())
    claims = {
        "iss": settings.PUBLIC_URL,
        "aud": AUDIENCE,
        "sub": str(session.citizen_id),
        "iat": now,
        "exp": now + int((lifetime or settings.ACCESS_TOKEN_LIFETIME).total_seconds()),
        "jti": uuid4().hex,
        "sid": str(session.pk),
        "ial": str(session.ial),
        "aal": str(session.aal),
        "amr": [session.provider],
        "auth_time": int(session.authenticated_at.timestamp()),
    }
    header = {"alg": _ALGORITHM, "kid": signing_key.kid, "typ": "at+jwt"}
    return jwt.encode(header, claims, signing_key, algorithms=[_ALGORITHM])


def access_token_check(token: str) -> SignedInCitizen:
    """Who the token was issued to; no database query. Raises TokenRefused."""
    expires_at, citizen = _checked(token)
    if time() >= expires_at:
        raise TokenRefused("expired")
    return citizen


@lru_cache(maxsize=4096)
def _checked(token: str) -> tuple[float, SignedInCitizen]:
    """Expiry and subject of a well-signed token. A phone sends the same token many times: its signature is checked
    once in each process, its time at every call."""
    try:
        decoded = jwt.decode(token, _keys()[1], algorithms=[_ALGORITHM])
        _RULES.validate(decoded.claims)
        claims = decoded.claims
        if decoded.header.get("typ") != "at+jwt" or claims["iss"] != settings.PUBLIC_URL:
            raise TokenRefused("not an access token of ours")
        return float(claims["exp"]), _citizen(claims)
    except NOT_WELL_FORMED:
        raise TokenRefused("not well-formed") from None


def _citizen(claims: Mapping[str, Any]) -> SignedInCitizen:
    [provider] = claims["amr"]
    return SignedInCitizen(
        id=UUID(claims["sub"]),
        session_id=UUID(claims["sid"]),
        provider=str(provider),
        assurance=Assurance(Decimal(claims["ial"]), Decimal(claims["aal"])),
    )


_RULES = jwt.JWTClaimsRegistry(
    aud={"essential": True, "value": AUDIENCE},
    iss={"essential": True},
    sub={"essential": True},
    iat={"essential": True},
    exp={"essential": True},
    jti={"essential": True},
    sid={"essential": True},
    auth_time={"essential": True},
)
