"""What providers that issue id_tokens share."""

import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256

from joserfc import jwt

from superapp.sandbox.identity.failures import Failure
from superapp.sandbox.identity.provider import Grant, Profile, Provider
from superapp.sandbox.identity.relying_party import RelyingParty
from superapp.sandbox.identity.signing import Algorithm, SigningKeys
from superapp.sandbox.listener import Request, Response, json_response

_A_DAY = 24 * 60 * 60


class OidcProvider(Provider):
    def __init__(
        self, profile: Profile, issuer: str, client: RelyingParty, secret: str, *, algorithm: Algorithm
    ) -> None:
        super().__init__(profile, issuer, client, secret)
        self.keys = SigningKeys(algorithm, secret, f"{profile.code}/signing-key")

    def id_token(self, grant: Grant, access_token: str, claims: Mapping[str, object]) -> str:
        """A JWS with {"alg", "kid", "typ": "JWT"}; `claims` has `sub` and what was asked for."""
        now = int(time.time()) - (_A_DAY if grant.failure is Failure.EXPIRED else 0)
        said: dict[str, object] = {
            "iss": self.issuer,
            "aud": self.client.client_id,
            "iat": now,
            "exp": now + self.profile.token_seconds,
            "auth_time": grant.allowed_at,
            "at_hash": _left_half_of_hash(access_token),
            **claims,
        }
        if grant.request.nonce:
            said["nonce"] = grant.request.nonce
        if grant.failure is Failure.WRONG_NONCE:
            said["nonce"] = "that-of-somebody-else"
        key = self.keys.unpublished if grant.failure is Failure.WRONG_KEY else self.keys.current
        header = {"alg": self.keys.algorithm, "kid": self.keys.current.kid}
        return jwt.encode(header, said, key, algorithms=[self.keys.algorithm])


def jwks(provider: OidcProvider, request: Request) -> Response:
    return json_response(200, provider.keys.published())


def _left_half_of_hash(access_token: str) -> str:
    """OpenID Connect Core 3.1.3.6, for algorithms with SHA-256."""
    return urlsafe_b64encode(sha256(access_token.encode()).digest()[:16]).rstrip(b"=").decode()
