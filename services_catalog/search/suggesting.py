"""What a half-typed query may become."""

from services_catalog.models import Service
from services_catalog.search.finding import search
from services_catalog.search.text import normalise


def suggest(query: str, limit: int = 8) -> list[Service]:
    """Published services for what was typed so far, best first, at most `limit`; none for an empty query.

    With agency, category and version, as `ServiceQuerySet.for_lists` reads them: a constant number of queries.
    """
    if not normalise(query):
        return []
    return list(search(Service.objects.published().for_lists(), query)[:limit])
