"""OpenID Connect with the quirks of ThaID (RP API 1.0.1).

`expire_in` (sic) is an absolute time and is not read: the provider's tokens are used once and forgotten. A nonce is
sent, and checked where the id_token echoes one. `ial` may be a string or a number; without it the level is the lowest.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from time import monotonic
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from citizens.identity.assurance import LOWEST_AAL, LOWEST_IAL, Assurance, level
from citizens.identity.providers.base import (
    Challenge,
    IdentityNotProven,
    ProviderFailed,
    RedirectProvider,
    VerifiedIdentity,
)
from services_catalog.adapters import http
from services_catalog.languages import Text
from services_catalog.national_id import is_national_id

_DEADLINE = timedelta(seconds=8)
_KEYS_LIFETIME = 600.0
_CLOCK_SKEW = 60
_SCOPE = "openid pid title given_name family_name birthdate gender address ial"


@dataclass(frozen=True, slots=True)
class OidcConfiguration:
    """Where the provider is and what we are to it. `max_ial` caps what it may claim."""

    issuer: str
    authorize_url: str
    token_url: str
    jwks_url: str
    client_id: str
    client_secret: str
    max_ial: str
    aal: str


class OidcProvider(RedirectProvider):
    """Authorization code flow with a signed id_token (ES256)."""

    def __init__(self, code: str, name: Text, configuration: OidcConfiguration) -> None:
        self.code = code
        self.name = name
        self._configuration = configuration
        self._keys = _PublishedKeys(configuration.jwks_url)

    def authorize_url(self, challenge: Challenge) -> str:
        digest = hashlib.sha256(challenge.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self._configuration.client_id,
            "redirect_uri": challenge.redirect_uri,
            "scope": _SCOPE,
            "state": challenge.state,
            "nonce": challenge.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{self._configuration.authorize_url}?{urlencode(query)}"

    def identify(self, answer_code: str, challenge: Challenge) -> VerifiedIdentity:
        id_token = self._id_token(answer_code, challenge)
        claims = self._verified_claims(id_token, challenge.nonce)
        national_id = str(claims.get("pid", ""))
        if not is_national_id(national_id):
            raise IdentityNotProven("no_valid_national_id")
        ial = min(level(claims.get("ial")) or LOWEST_IAL, level(self._configuration.max_ial) or LOWEST_IAL)
        return VerifiedIdentity(
            provider=self.code,
            subject=str(claims["sub"]),
            national_id=national_id,
            claims=_our_claims(claims),
            assurance=Assurance(ial=ial, aal=level(self._configuration.aal) or LOWEST_AAL),
        )

    def _id_token(self, answer_code: str, challenge: Challenge) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": answer_code,
            "redirect_uri": challenge.redirect_uri,
            "code_verifier": challenge.verifier,
        }
        client = f"{self._configuration.client_id}:{self._configuration.client_secret}".encode()
        headers = {
            "Authorization": f"Basic {base64.b64encode(client).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        answer = _call("POST", self._configuration.token_url, headers, urlencode(form).encode())
        if answer.status in (400, 401):
            raise IdentityNotProven("code_refused")
        content = _json_object(answer)
        if not isinstance(token := content.get("id_token"), str):
            raise ProviderFailed("no_id_token")
        return token

    def _verified_claims(self, id_token: str, nonce: str) -> Mapping[str, Any]:
        claims = self._decode(id_token, self._keys.get()) or self._decode(id_token, self._keys.get(fresh=True))
        if claims is None:
            raise IdentityNotProven("signature_wrong")
        rules = jwt.JWTClaimsRegistry(
            leeway=_CLOCK_SKEW,
            iss={"essential": True, "value": self._configuration.issuer},
            aud={"essential": True, "value": self._configuration.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            rules.validate(claims)
        except JoseError as error:
            raise IdentityNotProven(f"claims_{error.error}") from None
        if "nonce" in claims and claims["nonce"] != nonce:
            raise IdentityNotProven("nonce_wrong")
        return claims

    @staticmethod
    def _decode(id_token: str, keys: KeySet) -> dict[str, Any] | None:
        """The claims, None when no published key signed them (the provider may have changed its keys)."""
        try:
            return jwt.decode(id_token, keys, algorithms=["ES256"]).claims
        except (JoseError, ValueError):
            return None


class _PublishedKeys:
    """The provider's public keys, fetched when they are first needed, stale or do not fit."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = Lock()
        self._keys: KeySet | None = None
        self._fetched_at = 0.0

    def get(self, *, fresh: bool = False) -> KeySet:
        with self._lock:
            if self._keys is None or fresh or monotonic() - self._fetched_at > _KEYS_LIFETIME:
                try:
                    self._keys = KeySet.import_key_set(_json_object(_call("GET", self._url, {})))  # type: ignore[arg-type]
                except (JoseError, ValueError, KeyError):
                    raise ProviderFailed("keys_not_understood") from None
                self._fetched_at = monotonic()
            return self._keys


def _call(method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> http.Answer:
    try:
        return http.call(method, url, deadline=_DEADLINE, headers=headers, body=body)
    except (http.NotSent, http.MaybeSent) as error:
        raise ProviderFailed(error.code) from None


def _json_object(answer: http.Answer) -> dict[str, Any]:
    if answer.status != 200:
        raise ProviderFailed(f"http_{answer.status}")
    try:
        content = json.loads(answer.body)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise ProviderFailed("answer_not_understood")
    return content


def _our_claims(claims: Mapping[str, Any]) -> dict[str, str]:
    given, family = str(claims.get("given_name", "")), str(claims.get("family_name", ""))
    address = claims.get("address", "")
    found = {
        "title_th": str(claims.get("title", "")),
        "given_name_th": given,
        "family_name_th": family,
        "name_th": f"{given} {family}".strip(),
        "birthdate": str(claims.get("birthdate", "")),
        "gender": str(claims.get("gender", "")),
        "address": str(address.get("formatted", "")) if isinstance(address, dict) else str(address),
    }
    return {name: value for name, value in found.items() if value}
