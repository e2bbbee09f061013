"""Starting each provider's server."""

from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack

from superapp.sandbox.credentials import CLIENT_ID, client_secret
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.identity.dga.application import dga_at
from superapp.sandbox.identity.moprom.application import moprom_at
from superapp.sandbox.identity.ndid.application import ndid_application
from superapp.sandbox.identity.ndid.node import NdidNode
from superapp.sandbox.identity.paotang.application import paotang_at
from superapp.sandbox.identity.relying_party import RelyingParty
from superapp.sandbox.identity.thaid.application import thaid_at
from superapp.sandbox.listener import Application, Listener

_BY_REDIRECT: Mapping[ProviderCode, Callable[[str, RelyingParty, str], Application]] = {
    ProviderCode.THAID: thaid_at,
    ProviderCode.MOPROM: moprom_at,
    ProviderCode.PAOTANG: paotang_at,
    ProviderCode.DGA: dga_at,
}


def callback_path(provider: str) -> str:
    """Where the platform expects people back from that provider."""
    return f"/api/v1/auth/{provider}/callback"


def start_provider(
    provider: ProviderCode,
    port: int,
    platform_url: str,
    phone_addresses: Collection[str],
    secret: str,
    running: ExitStack,
) -> str:
    """Its URL; it runs until `running` ends. Raises OSError if the port is taken."""
    key = client_secret(provider, secret=secret)
    if provider is ProviderCode.NDID:
        node = NdidNode()
        running.callback(node.stop)
        listener = Listener(port, lambda _url: ndid_application(node, key))
    else:
        callbacks = frozenset([platform_url + callback_path(provider)])
        client = RelyingParty(CLIENT_ID, key, callbacks, frozenset(phone_addresses))
        listener = Listener(port, lambda url: _BY_REDIRECT[provider](url, client, secret))
    running.callback(listener.stop)
    return listener.url
