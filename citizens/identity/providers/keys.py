"""The keys that a provider signs with, as it publishes them (RFC 7517)."""

from threading import Lock
from time import monotonic
from typing import Any

from django.conf import settings
from joserfc import jwt
from joserfc.jwk import KeySet

from citizens.identity.malformed import NOT_WELL_FORMED
from citizens.identity.providers.base import IdentityNotProven, ProviderFailed
from citizens.identity.providers.calls import call, json_object

_LIFETIME = 600.0


class PublishedKeys:
    """Fetched when they are first needed, stale, or do not fit: the provider may have changed them."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = Lock()
        self._keys: KeySet | None = None
        self._fetched_at = 0.0

    def claims_of(self, token: str, algorithm: str) -> dict[str, Any]:
        """The claims that one of the keys has signed. Raises IdentityNotProven or ProviderFailed."""
        claims = _decode(token, self.get(_LIFETIME), algorithm)
        if claims is None:
            # Nobody can make us ask the provider at every forged token.
            claims = _decode(token, self.get(settings.PROVIDER_KEYS_ASKED_EVERY.total_seconds()), algorithm)
        if claims is None:
            raise IdentityNotProven("signature_wrong")
        return claims

    def get(self, not_older_than: float) -> KeySet:
        """Raises ProviderFailed. Who waits for another's call waits no longer than for one of their own."""
        if not self._lock.acquire(timeout=settings.PROVIDER_CALL_DEADLINE.total_seconds()):
            raise ProviderFailed("no_answer_in_time")
        try:
            if self._keys is None or monotonic() - self._fetched_at >= not_older_than:
                self._keys = self._fetch()
                self._fetched_at = monotonic()
            return self._keys
        finally:
            self._lock.release()

    def _fetch(self) -> KeySet:
        try:
            return KeySet.import_key_set(json_object(call("GET", self._url, {})))  # type: ignore[arg-type]
        except NOT_WELL_FORMED:
            raise ProviderFailed("keys_not_understood") from None


def _decode(token: str, keys: KeySet, algorithm: str) -> dict[str, Any] | None:
    """The claims, None when none of these keys signed them by that algorithm."""
    try:
        return jwt.decode(token, keys, algorithms=[algorithm]).claims
    except NOT_WELL_FORMED:
        return None
