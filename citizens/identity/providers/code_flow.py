"""What all authorization code flows have in common (RFC 6749, 4.1; RFC 7636)."""

from collections.abc import Mapping
from typing import Any

from citizens.identity.addresses import with_query
from citizens.identity.pkce import challenge_of
from citizens.identity.providers.base import (
    Challenge,
    Configuration,
    IdentityNotProven,
    ProviderFailed,
    RedirectProvider,
)
from citizens.identity.providers.calls import post_form, token_answer
from citizens.identity.providers.client import Client

_NOBODYS = "a-code-that-nobody-has-issued"


class CodeFlowProvider(RedirectProvider):
    """The way there and the exchange of the code; its options are RedirectOptions."""

    def __init__(self, configuration: Configuration) -> None:
        super().__init__(configuration)
        self.client = Client.of(self.options, configuration.secret)

    def authorize_url(self, challenge: Challenge) -> str:
        query = {
            **self.options["authorize_parameters"],
            "response_type": "code",
            "client_id": self.options["client_id"],
            "redirect_uri": challenge.redirect_uri,
            "state": challenge.state,
            **self.authorize_extras(challenge),
        }
        if self.options["scope"]:
            query["scope"] = self.options["scope"]
        if self.options["pkce"]:
            query["code_challenge"] = challenge_of(challenge.verifier)
            query["code_challenge_method"] = "S256"
        return with_query(self.options["authorize_url"], query)

    def authorize_extras(self, challenge: Challenge) -> Mapping[str, str]:
        """What the protocol sends along with the citizen."""
        return {}

    def exchange_extras(self, challenge: Challenge) -> Mapping[str, str]:
        """What the protocol sends along with the code."""
        return {}

    def exchange(self, answer_code: str, challenge: Challenge) -> dict[str, Any]:
        """What the token endpoint gives for the code. Raises ProviderFailed or IdentityNotProven."""
        form = {
            "grant_type": "authorization_code",
            "code": answer_code,
            "redirect_uri": challenge.redirect_uri,
            **self.client.form(),
            **self.exchange_extras(challenge),
        }
        if self.options["pkce"]:
            form["code_verifier"] = challenge.verifier
        return token_answer(post_form(self.options["token_url"], self.client.headers(), form))

    def check(self, callback_uri: str) -> None:
        challenge = Challenge(state=_NOBODYS, nonce=_NOBODYS, verifier="0" * 43, redirect_uri=callback_uri)
        try:
            self.exchange(_NOBODYS, challenge)
        except IdentityNotProven:
            return
        raise ProviderFailed("accepts_any_code")
