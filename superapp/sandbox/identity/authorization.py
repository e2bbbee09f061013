"""The authorization request: what a relying party asks a person for."""

import hmac
import time
from base64 import urlsafe_b64encode
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from superapp.sandbox.identity.errors import OAuthError

OPENID = "openid"
_SECONDS_TO_CONSENT = 10 * 60


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """Checked already. `nonce` and `code_challenge` are empty if the relying party sent none."""

    redirect_uri: str
    scope: str
    state: str
    nonce: str
    code_challenge: str

    @classmethod
    def checked(
        cls, query: Mapping[str, str], offered: Collection[str], *, scope_required: bool
    ) -> "AuthorizationRequest":
        """Raises OAuthError. The caller has checked client and redirect_uri, so the error may go there."""
        if query.get("response_type") != "code":
            raise OAuthError("unsupported_response_type", "response_type must be code")
        if not query.get("state"):
            raise OAuthError("invalid_request", "state is missing")
        scope = query.get("scope", "")
        if (scope_required and not scope.split()) or not set(scope.split()) <= set(offered):
            raise OAuthError("invalid_scope", "scope is missing or has an unknown value")
        challenge = query.get("code_challenge", "")
        if challenge and query.get("code_challenge_method") != "S256":
            raise OAuthError("invalid_request", "code_challenge_method must be S256")
        return cls(query["redirect_uri"], scope, query["state"], query.get("nonce", ""), challenge)

    @property
    def scopes(self) -> list[str]:
        return self.scope.split()

    @property
    def wants_id_token(self) -> bool:
        return OPENID in self.scopes

    def is_proved_by(self, code_verifier: str) -> bool:
        """PKCE (RFC 7636), S256; nothing to prove if no challenge came."""
        digest = urlsafe_b64encode(sha256(code_verifier.encode()).digest()).rstrip(b"=")
        return not self.code_challenge or hmac.compare_digest(digest, self.code_challenge.encode())

    def sealed(self, key: OctKey) -> str:
        """Signed, so that it survives the trip through the consent form unchanged."""
        claims = {**asdict(self), "exp": int(time.time()) + _SECONDS_TO_CONSENT}
        return jwt.encode({"alg": "HS256"}, claims, key)

    @classmethod
    def unsealed(cls, sealed: str, key: OctKey) -> "AuthorizationRequest":
        """Raises OAuthError if it was changed or is too old."""
        try:
            claims = jwt.decode(sealed, key, algorithms=["HS256"]).claims
            jwt.JWTClaimsRegistry(exp={"essential": True}).validate(claims)
        except (JoseError, ValueError):
            raise OAuthError("invalid_request", "the authorization request is forged or too old") from None
        del claims["exp"]
        return cls(**claims)
