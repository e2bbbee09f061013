"""The nodes that we have: rows of identity providers that work by asynchronous consent."""

from citizens.identity.problems import UNKNOWN_PROVIDER
from citizens.identity.providers.breaker import is_up, require_up
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


def node_that_is_up(code: str) -> ConsentRequestProvider:
    """Raises Problem UNKNOWN_PROVIDER, or IDENTITY_PROVIDER_DOWN with those that are up."""
    node = node_switched_on(code)
    require_up(node, "")
    return node


def nodes_of(codes: set[str]) -> dict[str, ConsentRequestProvider]:
    """Those that can be used; switched off ones too: what is under way has to be brought to an end.

    One that was down is tried here first, by one of all who come when its wait is over.
    """
    rows = IdentityProvider.objects.filter(code__in=codes, protocol=IdentityProvider.Protocol.CONSENT_REQUEST)
    found = {}
    for one in rows:
        try:
            built = built_from(one)
        except Problem:
            continue
        if isinstance(built, ConsentRequestProvider) and is_up(built, ""):
            found[one.code] = built
    return found
