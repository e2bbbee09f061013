"""The providers that are switched on."""

from collections.abc import Callable
from functools import lru_cache

from django.conf import settings

from citizens.identity.problems import UNKNOWN_PROVIDER
from citizens.identity.providers.base import RedirectProvider
from citizens.identity.providers.oidc import OidcConfiguration, OidcProvider
from services_catalog.languages import Text
from services_catalog.problems import Problem

_NOT_CONFIGURATION = {"protocol", "name_th", "name_en"}


def _oidc(code: str, name: Text, options: dict[str, str]) -> RedirectProvider:
    return OidcProvider(code, name, OidcConfiguration(**options))


# A protocol is a class; a provider is a configuration of it.
_PROTOCOLS: dict[str, Callable[[str, Text, dict[str, str]], RedirectProvider]] = {"oidc": _oidc}


@lru_cache(maxsize=32)
def _build(code: str, configuration: tuple[tuple[str, str], ...]) -> RedirectProvider:
    """One object per configuration, so that it keeps the keys it has fetched."""
    values = dict(configuration)
    options = {name: value for name, value in values.items() if name not in _NOT_CONFIGURATION}
    return _PROTOCOLS[values["protocol"]](code, Text(values["name_th"], values["name_en"]), options)


def provider(code: str) -> RedirectProvider:
    """The provider of that code. Raises Problem UNKNOWN_PROVIDER when there is none or it is off."""
    configuration = settings.IDENTITY_PROVIDERS.get(code)
    if configuration is None:
        raise Problem(UNKNOWN_PROVIDER)
    return _build(code, tuple(sorted(configuration.items())))


def providers() -> list[RedirectProvider]:
    """All that are switched on, in the order of the settings."""
    return [provider(code) for code in settings.IDENTITY_PROVIDERS]
