"""The catalogue's pages for officers of agencies and for central staff."""

from services_catalog.admin import agencies, lanes, officers, operator_actions, outages, search, services

__all__ = ["agencies", "lanes", "officers", "operator_actions", "outages", "search", "services"]
