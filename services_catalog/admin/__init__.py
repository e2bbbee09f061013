"""The catalogue's pages for officers of agencies and for central staff."""

from services_catalog.admin import agencies, audit, lanes, officers, operator_actions, outages, search, services

__all__ = ["agencies", "audit", "lanes", "officers", "operator_actions", "outages", "search", "services"]
