"""Addresses that browsers are sent to."""

from collections.abc import Mapping
from urllib.parse import urlencode


def with_query(address: str, parameters: Mapping[str, str]) -> str:
    """The address with these parameters after those that it has."""
    separator = "&" if "?" in address else "?"
    return f"{address}{separator}{urlencode(parameters)}"
