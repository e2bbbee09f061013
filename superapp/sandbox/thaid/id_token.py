import time
from base64 import urlsafe_b64encode
from hashlib import sha256

from joserfc import jwt

from superapp.sandbox.thaid.claims import claims_of
from superapp.sandbox.thaid.provider import TOKEN_SECONDS, Grant, Provider


def id_token_for(provider: Provider, grant: Grant, access_token: str) -> str:
    """A JWS with {"alg": "ES256", "kid", "typ": "JWT"} and a claim for each scope that was asked for."""
    now = int(time.time())
    claims: dict[str, object] = {
        "iss": provider.issuer,
        "aud": provider.client.client_id,
        "sub": grant.person.number,
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        "auth_time": grant.allowed_at,
        "at_hash": _left_half_of_hash(access_token),
        "version": "1.0.1",
        **claims_of(grant.person, grant.request.scopes),
    }
    if grant.request.nonce:
        claims["nonce"] = grant.request.nonce
    header = {"alg": "ES256", "kid": provider.signing_key.kid}
    return jwt.encode(header, claims, provider.signing_key)


def _left_half_of_hash(access_token: str) -> str:
    """OpenID Connect Core 3.1.3.6, for ES256."""
    return urlsafe_b64encode(sha256(access_token.encode()).digest()[:16]).rstrip(b"=").decode()
