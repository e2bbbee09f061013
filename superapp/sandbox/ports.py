"""Which port each server of the sandbox has: providers from the base on, agencies from ten above."""

from collections.abc import Iterable
from enum import StrEnum

from superapp.sandbox.identity.codes import ProviderCode

_FIRST_AGENCY = 10


def provider_port(base: int, provider: ProviderCode) -> int:
    return base + list(ProviderCode).index(provider)


def agency_ports(base: int, kinds: Iterable[StrEnum]) -> dict[StrEnum, int]:
    """Of each kind of agency, in the order of `kinds`."""
    return {kind: base + _FIRST_AGENCY + position for position, kind in enumerate(kinds)}


def all_ports(base: int, kinds: Iterable[StrEnum]) -> list[int]:
    return [*(provider_port(base, provider) for provider in ProviderCode), *agency_ports(base, kinds).values()]
