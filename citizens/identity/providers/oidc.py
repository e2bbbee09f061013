"""OpenID Connect, with the quirks of ThaID (RP API 1.0.1) and DGA Digital ID as options of a row.

ThaID answers in two shapes: with the scope openid the claims are in a signed id_token, without it they lie flat in the
answer of the token endpoint. Which one a row expects it says; an answer of the other kind proves nothing.
"""

import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from math import isfinite
from time import time
from typing import Any

from django.utils.translation import gettext_lazy as _
from joserfc import jwt
from joserfc.errors import JoseError
from rest_framework import serializers

from citizens.identity.addresses import with_query
from citizens.identity.providers.base import (
    Challenge,
    Configuration,
    IdentityNotProven,
    ProviderFailed,
    VerifiedIdentity,
)
from citizens.identity.providers.calls import post_form, printable, revocation_taken, told_to_bearer
from citizens.identity.providers.claim_map import identity_of
from citizens.identity.providers.code_flow import CodeFlowProvider
from citizens.identity.providers.keys import PublishedKeys
from citizens.identity.providers.options import OptionalAddressField, RedirectOptions

_CLOCK_SKEW = 60
# A number beyond this is a point in time (ThaID's expire_in), below it is seconds from now (RFC 6749).
_ABSOLUTE = 10**9
_NUMBER = re.compile(r"\d{13}")


class OidcOptions(RedirectOptions):
    """A new OpenID Connect provider is a row of these."""

    issuer = serializers.CharField(max_length=500, label=_("Issuer"), help_text=_("As its id_token says it."))
    claim_source = serializers.ChoiceField(
        choices=[
            ("id_token", _("Signed id_token")),
            ("token_answer", _("Flat in the answer of the token address")),
            ("userinfo", _("Userinfo, beside a signed id_token")),
        ],
        default="id_token",
        label=_("Where the claims are"),
    )
    jwks_url = OptionalAddressField(label=_("Address of its keys"), help_text=_("Not needed for flat answers."))
    signing_algorithm = serializers.ChoiceField(
        choices=["ES256", "RS256"], default="ES256", label=_("What its id_token is signed with")
    )
    userinfo_url = OptionalAddressField(label=_("Userinfo address"))
    nonce = serializers.ChoiceField(
        choices=[
            ("required", _("Sent, and required in the id_token")),
            ("if_echoed", _("Sent, and checked where it comes back")),
            ("unused", _("Not sent")),
        ],
        default="required",
        label=_("Nonce"),
    )
    revoke_url = OptionalAddressField(label=_("Address that revokes tokens"), help_text=_("Called at sign-out."))
    end_session_url = OptionalAddressField(
        label=_("Address that ends its session"), help_text=_("Opened in the browser at sign-out.")
    )
    return_parameter = serializers.CharField(
        max_length=60,
        default="post_logout_redirect_uri",
        label=_("Its parameter for where to return to"),
        help_text=_("DGA's own is post_logout_redirect_url."),
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        source, is_openid = attrs.get("claim_source"), "openid" in attrs.get("scope", "").split()
        if (source == "token_answer") == is_openid:
            raise serializers.ValidationError({"scope": [_("The scope openid gives an id_token and no flat claims.")]})
        needed = {"id_token": ["jwks_url"], "userinfo": ["jwks_url", "userinfo_url"]}.get(str(source), [])
        if missing := [name for name in needed if not attrs.get(name)]:
            raise serializers.ValidationError({name: [_("Needed for these claims.")] for name in missing})
        return attrs


class OidcProvider(CodeFlowProvider):
    """Authorization code flow with claims that are signed, or lie flat in the answer."""

    options_serializer = OidcOptions

    def __init__(self, configuration: Configuration) -> None:
        super().__init__(configuration)
        self._keys = PublishedKeys(self.options["jwks_url"])

    @property
    def issuer(self) -> str:
        return str(self.options["issuer"])

    def authorize_extras(self, challenge: Challenge) -> Mapping[str, str]:
        return {} if self.options["nonce"] == "unused" else {"nonce": challenge.nonce}

    def identify(self, answer_code: str, challenge: Challenge) -> VerifiedIdentity:
        answer = self.exchange(answer_code, challenge)
        claims = self._claims(answer, challenge.nonce)
        return identity_of(self.code, claims, self.options["claims"], self.levels, _session_of(answer))

    def check(self, callback_uri: str) -> None:
        if self.options["jwks_url"]:
            self._keys.get(not_older_than=0)
        super().check(callback_uri)

    def end_session(self, provider_session: Mapping[str, str]) -> bool:
        token = provider_session.get("access_token", "")
        ends_at = float(provider_session.get("expires_at", "inf"))
        if not (self.options["revoke_url"] and token and ends_at > time()):
            return False
        form = {"token": token, **self.client.form()}
        revocation_taken(post_form(self.options["revoke_url"], self.client.headers(), form))
        return True

    def end_session_url(self, provider_session: Mapping[str, str], return_to: str) -> str:
        """With the id_token where it may be seen; else with our name there (RP-Initiated Logout 1.0, section 2)."""
        if not self.options["end_session_url"]:
            return ""
        id_token = provider_session.get("id_token", "")
        asking = (
            {"id_token_hint": id_token} if _may_be_in_an_address(id_token) else {"client_id": self.options["client_id"]}
        )
        query = {**asking, self.options["return_parameter"]: return_to}
        return with_query(self.options["end_session_url"], query)

    def _claims(self, answer: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        if self.options["claim_source"] == "token_answer":
            ends_at = _expires_at(answer)
            if ends_at is not None and ends_at <= time() - _CLOCK_SKEW:
                raise IdentityNotProven("answer_expired")
            return answer
        if not isinstance(id_token := answer.get("id_token"), str):
            raise ProviderFailed("no_id_token")
        signed = self._keys.claims_of(id_token, self.options["signing_algorithm"])
        self._check(signed, nonce)
        if self.options["claim_source"] == "id_token":
            return signed
        return self._userinfo(printable(answer.get("access_token")), signed)

    def _check(self, claims: Mapping[str, Any], nonce: str) -> None:
        rules = jwt.JWTClaimsRegistry(
            leeway=_CLOCK_SKEW,
            iss={"essential": True, "value": self.options["issuer"]},
            aud={"essential": True, "value": self.options["client_id"]},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            rules.validate(dict(claims))
        except JoseError as error:
            raise IdentityNotProven(f"claims_{error.error}") from None
        audience, client_id = claims["aud"], self.options["client_id"]
        if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != client_id:
            raise IdentityNotProven("issued_to_another_client")
        self._check_nonce(claims.get("nonce"), nonce)

    def _check_nonce(self, told: object, sent: str) -> None:
        rule = self.options["nonce"]
        if rule == "unused" or (rule == "if_echoed" and told is None):
            return
        if told != sent:
            raise IdentityNotProven("nonce_wrong")

    def _userinfo(self, access_token: str, signed: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the provider tells the bearer of the token; it has to be about whom the id_token is about."""
        told = told_to_bearer(self.options["userinfo_url"], self.options["extra_headers"], access_token)
        if told.get("sub") != signed["sub"]:
            raise IdentityNotProven("userinfo_of_another")
        return told


def _may_be_in_an_address(id_token: str) -> bool:
    """Addresses are kept in histories and logs of others: a token that tells the citizen's number stays out of them."""
    _, _, rest = id_token.partition(".")
    try:
        claims = urlsafe_b64decode(rest.partition(".")[0] + "==").decode()
    except ValueError:
        return False
    return bool(claims) and not _NUMBER.search(claims)


def _session_of(answer: Mapping[str, Any]) -> dict[str, str]:
    """The provider's tokens, which nothing but ending its session needs."""
    told = {name: answer.get(name) for name in ("access_token", "id_token")}
    kept = {name: token for name, token in told.items() if isinstance(token, str) and token.isascii()}
    if (ends_at := _expires_at(answer)) is not None:
        kept["expires_at"] = str(int(ends_at))
    return kept


def _expires_at(answer: Mapping[str, Any]) -> float | None:
    """When the access token ends, None where the answer does not say. ThaID's `expire_in` (sic) is a point in time."""
    told = next((answer[name] for name in ("expire_in", "expires_in", "expires_at") if name in answer), None)
    try:
        seconds = float(told)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    if not isfinite(seconds):
        return None
    return seconds if seconds > _ABSOLUTE else time() + seconds
