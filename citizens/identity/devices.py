"""Which device somebody calls from: what it calls itself, and its network, shortened before it is written down."""

import ipaddress
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

_KEPT_BITS = {4: 24, 6: 48}


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
        return str(forwarded[-trusted])
    return str(request.META.get("REMOTE_ADDR", ""))


def network_of(address: str) -> str:
    """The address without the part that tells neighbours apart: /24 of IPv4, /48 of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((parsed, _KEPT_BITS[parsed.version]), strict=False))


def device_of(request: HttpRequest, name: str = "") -> Device:
    return Device(name=name[:80], network=network_of(client_address(request)))
