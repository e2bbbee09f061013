"""The providers that are switched on, as their rows say."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

import structlog
from django.conf import settings
from rest_framework.exceptions import ValidationError

from citizens.identity.assurance import Assurance
from citizens.identity.problems import IDENTITY_PROVIDER_DOWN, UNKNOWN_PROVIDER
from citizens.identity.providers.base import Configuration, Levels, Provider, RedirectProvider
from citizens.identity.providers.consent_request import ConsentRequestProvider
from citizens.identity.providers.oauth_profile import OAuthProfileProvider
from citizens.identity.providers.oidc import OidcProvider
from citizens.identity.providers.secret import secret_of
from citizens.models import IdentityProvider
from services_catalog.encryption import CannotDecrypt
from services_catalog.languages import Text
from services_catalog.problems import Problem

logger = structlog.get_logger(__name__)

# A protocol is a class; a provider is a row of it.
PROTOCOLS: Mapping[str, type[Provider]] = {
    IdentityProvider.Protocol.OIDC: OidcProvider,
    IdentityProvider.Protocol.OAUTH_PROFILE: OAuthProfileProvider,
    IdentityProvider.Protocol.CONSENT_REQUEST: ConsentRequestProvider,
}


@dataclass(slots=True)
class _Memory:
    """The rows as this process last read them, in their order."""

    rows: dict[str, IdentityProvider] = field(default_factory=dict)
    read_at: float = float("-inf")


_memory = _Memory()


def switched_on() -> list[IdentityProvider]:
    """In the order that staff gave them. Rows are remembered for settings.PROVIDERS_ASKED_EVERY in each process."""
    now = time.monotonic()
    if now - _memory.read_at >= settings.PROVIDERS_ASKED_EVERY.total_seconds():
        _memory.rows = {row.code: row for row in IdentityProvider.objects.filter(is_on=True).select_related("health")}
        _memory.read_at = now
    return list(_memory.rows.values())


def reaching(ial: Decimal, aal: Decimal) -> list[IdentityProvider]:
    """Those that are on and may claim these levels."""
    return [row for row in switched_on() if Assurance(row.max_ial, row.max_aal).reaches(ial, aal)]


def row(code: str) -> IdentityProvider:
    """Raises Problem UNKNOWN_PROVIDER when there is none or it is off."""
    found = {one.code: one for one in switched_on()}.get(code)
    if found is None:
        raise Problem(UNKNOWN_PROVIDER)
    return found


def is_switched_off(code: str) -> bool:
    """As its row says now: what a process remembers may be some seconds old, and tokens last."""
    return IdentityProvider.objects.filter(pk=code, is_on=False).exists()


def provider(code: str) -> RedirectProvider:
    """The provider of that code, where it works by redirect. Raises Problem UNKNOWN_PROVIDER when it is off or does
    not, IDENTITY_PROVIDER_DOWN when its row cannot be used.
    """
    found = row(code)
    built = built_from(found) if found.protocol in PROTOCOLS else None
    if not isinstance(built, RedirectProvider):
        raise Problem(UNKNOWN_PROVIDER)
    return built


def built_from(row: IdentityProvider) -> Provider:
    """One object for each configuration, so that it keeps the keys it has fetched."""
    try:
        return _build(_Key.of(row))
    except (ValidationError, CannotDecrypt):
        logger.error("provider_misconfigured", provider=row.code)
        raise Problem(IDENTITY_PROVIDER_DOWN) from None


@dataclass(frozen=True, slots=True)
class _Key:
    """Everything a provider is built from, so that a change gives another object."""

    code: str
    protocol: str
    name: Text
    options: str
    levels: Levels
    secret: str = field(repr=False)

    @classmethod
    def of(cls, row: IdentityProvider) -> "_Key":
        return cls(
            code=row.code,
            protocol=row.protocol,
            name=row.name,
            options=json.dumps(row.options, sort_keys=True),
            levels=Levels(
                default=Assurance(row.default_ial, row.default_aal), highest=Assurance(row.max_ial, row.max_aal)
            ),
            secret=secret_of(row),
        )


@lru_cache(maxsize=32)
def _build(key: _Key) -> Provider:
    options = json.loads(key.options)
    return PROTOCOLS[key.protocol](Configuration(key.code, key.name, options, key.levels, key.secret))
