"""OAuth without OpenID Connect: Mor Prom (MOPH Health ID) and Pao Tang (Krungthai).

Nothing of what they answer is signed in a way that we can check: it is believed because it came over TLS from their own
address, and the row caps the level accordingly. Their tokens (Mor Prom's lives for a year) are used once and forgotten.
"""

import base64
import json
from collections.abc import Mapping
from time import time
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from citizens.identity.providers.base import Challenge, IdentityNotProven, ProviderFailed, VerifiedIdentity
from citizens.identity.providers.calls import printable, told_to_bearer
from citizens.identity.providers.claim_map import identity_of, text_at, value_at
from citizens.identity.providers.code_flow import CodeFlowProvider
from citizens.identity.providers.options import OptionalAddressField, PairsField, RedirectOptions

_ANSWER, _ACCESS_TOKEN, _PROFILE = "answer", "access_token", "profile"


class OAuthProfileOptions(RedirectOptions):
    """Paths of claims begin with where they are: `answer` (of the token address), `access_token` (the payload of that
    JWT) or `profile`; without paths into the profile it is not asked for.
    """

    token_path = serializers.CharField(
        max_length=200,
        default="access_token",
        label=_("Where the answer has the access token"),
        help_text=_("A dotted path: data.access_token inside an envelope."),
    )
    success = PairsField(label=_("What an answer says that succeeded"), help_text=_("One a line, as status: success."))
    repeats_state_and_scope = serializers.BooleanField(
        default=False, label=_("State and scopes go to the token address, too")
    )
    profile_url = OptionalAddressField(label=_("Profile address"), help_text=_("Asked with the access token."))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        sources = {path.split(".")[0] for paths in attrs.get("claims", {}).values() for path in paths.split()}
        if unknown := sorted(sources - {_ANSWER, _ACCESS_TOKEN, _PROFILE}):
            raise serializers.ValidationError(
                {"claims": [_("Begin with answer, access_token or profile, not {name}.").format(name=unknown[0])]}
            )
        if _PROFILE in sources and not attrs.get("profile_url"):
            raise serializers.ValidationError({"profile_url": [_("Needed for these claims.")]})
        return attrs


class OAuthProfileProvider(CodeFlowProvider):
    """Authorization code flow, and a profile that the access token opens."""

    options_serializer = OAuthProfileOptions

    def exchange_extras(self, challenge: Challenge) -> Mapping[str, str]:
        if not self.options["repeats_state_and_scope"]:
            return {}
        return {"state": challenge.state, "scope": self.options["scope"]}

    def exchange(self, answer_code: str, challenge: Challenge) -> dict[str, Any]:
        return self._succeeded(super().exchange(answer_code, challenge))

    def identify(self, answer_code: str, challenge: Challenge) -> VerifiedIdentity:
        answer = self.exchange(answer_code, challenge)
        document: dict[str, Any] = {_ANSWER: answer}
        if self._reads(_ACCESS_TOKEN):
            document[_ACCESS_TOKEN] = _payload(value_at(answer, self.options["token_path"]))
        if self._reads(_PROFILE):
            document[_PROFILE] = self._profile(printable(value_at(answer, self.options["token_path"])))
        return identity_of(self.code, document, self.options["claims"], self.levels, provider_session={})

    def _reads(self, source: str) -> bool:
        paths = " ".join(self.options["claims"].values()).split()
        return any(path.split(".")[0] == source for path in paths)

    def _profile(self, access_token: str) -> dict[str, Any]:
        return self._succeeded(told_to_bearer(self.options["profile_url"], self.options["extra_headers"], access_token))

    def _succeeded(self, answer: dict[str, Any]) -> dict[str, Any]:
        """An envelope may say inside a 200 that it failed."""
        if any(text_at(answer, path) != value for path, value in self.options["success"].items()):
            raise IdentityNotProven("envelope_refused")
        return answer


def _payload(token: object) -> dict[str, Any]:
    """What a JWT says, without a check of its signature: no key of it is published."""
    try:
        segment = printable(token).split(".")[1]
        payload = json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    except (IndexError, ValueError, RecursionError):
        payload = None
    if not isinstance(payload, dict):
        raise ProviderFailed("token_not_understood")
    ends_at = payload.get("exp")
    if isinstance(ends_at, (int, float)) and ends_at <= time():
        raise IdentityNotProven("token_expired")
    return payload
