"""Which banks can vouch for people: all of them, the same list for everybody, remembered by each process."""

from threading import Lock
from time import monotonic

import structlog
from django.conf import settings

from citizens.identity.providers.base import ProviderFailed
from citizens.identity.providers.breaker import guarded, provider_down
from citizens.identity.providers.consent_request import Bank, ConsentRequestProvider
from citizens.identity.providers.consent_request_options import Terms
from citizens.identity.providers.node_errors import NodeRefused

logger = structlog.get_logger(__name__)

_remembered: dict[str, tuple[Terms, float, list[Bank]]] = {}
_lock = Lock()


def banks_of(node: ConsentRequestProvider) -> list[Bank]:
    """Raises Problem IDENTITY_PROVIDER_DOWN, with those that are up."""
    with _lock:
        asked_with, until, banks = _remembered.get(node.code, (None, 0.0, []))
    if asked_with == node.terms and monotonic() < until:
        return banks
    try:
        with guarded(node.code):
            banks = node.banks()
    except (ProviderFailed, NodeRefused) as failure:
        logger.warning("node_failed", provider=node.code, code=failure.code)
        raise provider_down(node.code) from None
    with _lock:
        until = monotonic() + settings.CONSENT_REQUEST_BANKS_LIFETIME.total_seconds()
        _remembered[node.code] = (node.terms, until, banks)
    return banks
