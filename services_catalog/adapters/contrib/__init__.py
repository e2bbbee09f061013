"""Adapters that ship with the product; importing this package registers them."""

from services_catalog.adapters.contrib.rest_json.adapter import RestJsonAdapter

__all__ = ["RestJsonAdapter"]
