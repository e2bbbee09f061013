"""The catalogue's pages for officers of agencies and for central staff."""

from services_catalog.admin import (
    agencies,
    audit,
    drafts,
    import_jobs,
    lanes,
    officers,
    operator_actions,
    outages,
    search,
    services,
)

__all__ = [
    "agencies",
    "audit",
    "drafts",
    "import_jobs",
    "lanes",
    "officers",
    "operator_actions",
    "outages",
    "search",
    "services",
]
