"""The catalogue's pages for officers of agencies and for central staff."""

from services_catalog.admin import agencies, drafts, lanes, officers, operator_actions, outages, search, services

__all__ = ["agencies", "drafts", "lanes", "officers", "operator_actions", "outages", "search", "services"]
