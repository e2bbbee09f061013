"""What identity providers are called; rows elsewhere have their codes, which outlive them."""

from collections.abc import Iterable, Mapping

from citizens.models import IdentityProvider
from services_catalog.languages import Text


def provider_names(codes: Iterable[str]) -> dict[str, Text]:
    """Of those that are known, on or off."""
    known = IdentityProvider.objects.filter(pk__in=set(codes)).only("code", "name_th", "name_en")
    return {one.code: one.name for one in known}


def name_of(code: str, names: Mapping[str, Text]) -> Text:
    """The code itself where the provider's row is gone."""
    return names.get(code) or Text(code, code)
