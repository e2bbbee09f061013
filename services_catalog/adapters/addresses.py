"""Which network addresses a call may go to (architecture, rule 12)."""

import ipaddress
import socket
from fnmatch import fnmatchcase

from django.conf import settings

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# NAT64 and 6to4 carry an IPv4 address inside; these and the site-local addresses of old count as global.
_NEVER = [ipaddress.ip_network(network) for network in ("64:ff9b::/32", "2002::/16", "fec0::/10")]


class AddressRefused(Exception):
    """The host is not on the allow list, or resolves to an address that we never call."""


def _may_call(host: str, address: IPAddress) -> bool:
    plain = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped else address
    if plain.is_multicast or plain.is_link_local or any(plain in network for network in _NEVER):
        return False
    if plain.is_loopback and not settings.SANDBOX:
        return False
    if private := settings.EGRESS_PRIVATE_NETWORKS.get(host):
        return plain in ipaddress.ip_network(private)
    return plain.is_global and not plain.is_reserved


def checked_address(host: str, port: int) -> str:
    """One address of an allow-listed host, all of whose addresses may be called.

    Raises AddressRefused, or OSError when the name does not resolve.
    """
    allowed = host in settings.EGRESS_PRIVATE_NETWORKS or any(
        fnmatchcase(host.lower(), pattern) for pattern in settings.EGRESS_HOSTS
    )
    if not allowed:
        raise AddressRefused(f"{host} is not on the allow list")
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found]
    if not addresses or not all(_may_call(host, address) for address in addresses):
        raise AddressRefused(f"{host} resolves to an address that is never called")
    return str(addresses[0])
