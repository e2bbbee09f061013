import hmac
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class RelyingParty:
    """The one client that is registered. `signed_out_uris` are where people may be sent after signing out."""

    client_id: str
    client_secret: str
    redirect_uris: frozenset[str]
    signed_out_uris: frozenset[str]

    def is_authenticated_by_header(self, authorization: str) -> bool:
        """`authorization` is the header "Basic base64(client_id:client_secret)"."""
        scheme, _, encoded = authorization.partition(" ")
        try:
            given = b64decode(encoded, validate=True)
        except ValueError:
            return False
        return scheme.lower() == "basic" and self._is(given)

    def is_authenticated_by_form(self, form: Mapping[str, str]) -> bool:
        return self._is(f"{form.get('client_id', '')}:{form.get('client_secret', '')}".encode())

    def _is(self, given: bytes) -> bool:
        return hmac.compare_digest(given, f"{self.client_id}:{self.client_secret}".encode())
