"""The nodes that we have: rows of identity providers that work by asynchronous consent."""

from citizens.identity.problems import UNKNOWN_PROVIDER
from citizens.identity.providers.consent_request import ConsentRequestProvider
from citizens.identity.providers.registry import built_from, row
from citizens.models import IdentityProvider
from services_catalog.problems import Problem


def node_switched_on(code: str) -> ConsentRequestProvider:
    """Raises Problem UNKNOWN_PROVIDER, or IDENTITY_PROVIDER_DOWN when its row cannot be used."""
    found = row(code)
    built = built_from(found) if found.protocol == IdentityProvider.Protocol.CONSENT_REQUEST else None
    if not isinstance(built, ConsentRequestProvider):
        raise Problem(UNKNOWN_PROVIDER)
    return built


def nodes_of(codes: set[str]) -> dict[str, ConsentRequestProvider]:
    """Those that can be used; switched off ones too: what is under way has to be brought to an end."""
    found = {}
    for one in IdentityProvider.objects.filter(code__in=codes, protocol=IdentityProvider.Protocol.CONSENT_REQUEST):
        try:
            built = built_from(one)
        except Problem:
            continue
        if isinstance(built, ConsentRequestProvider):
            found[one.code] = built
    return found
