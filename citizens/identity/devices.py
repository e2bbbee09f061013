"""Which device somebody calls from: what it calls itself, and its network, shortened before it is written down."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

_KEPT_BITS = {4: 24, 6: 48}
# Of IPv6 whoever has one address has its whole /64, and takes another one of it for each call.
_COUNTED_BITS = {4: 32, 6: 64}
# Some proxies write the port down, too: 203.0.113.7:4711, [2001:db8::1]:4711.
_WITH_PORT = re.compile(r"\[([^\]]+)\](?::\d+)?|([^:]+):\d+")


@dataclass(frozen=True, slots=True)
class Device:
    """`name` is the phone's own word, of at most 80 characters; `network` as "203.0.113.0/24", empty if unknown."""

    name: str = ""
    network: str = ""


def client_address(request: HttpRequest) -> str:
    """The caller's address: what the outermost trusted proxy saw (TRUSTED_PROXIES), else the socket's."""
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    trusted = settings.TRUSTED_PROXIES
    if trusted and len(forwarded) >= trusted:
        return _without_port(forwarded[-trusted])
    return str(request.META.get("REMOTE_ADDR", ""))


def counted_address(request: HttpRequest) -> str:
    """What limits count a caller by: the address, of IPv6 the first of its /64."""
    address = client_address(request)
    network = _network(address, _COUNTED_BITS)
    return str(network.network_address) if network else address


def network_of(address: str) -> str:
    """The address without the part that tells neighbours apart: /24 of IPv4, /48 of IPv6."""
    network = _network(address, _KEPT_BITS)
    return str(network) if network else ""


def _without_port(address: str) -> str:
    found = _WITH_PORT.fullmatch(address)
    return str(found[1] or found[2]) if found else address


def _network(address: str, bits: Mapping[int, int]) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """None of what is no address. An IPv4 address is one also where it is written as IPv6 (::ffff:203.0.113.7)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return ipaddress.ip_network((parsed, bits[parsed.version]), strict=False)


def device_of(request: HttpRequest, name: str = "") -> Device:
    return Device(name=name[:80], network=network_of(client_address(request)))
