"""What must hold before the system starts."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections


@register(Tags.database)
def thai_trigrams(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """PostgreSQL makes no trigrams of Thai text when LC_CTYPE is C; the search would silently find nothing."""
    if not databases or "default" not in databases:
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        # Before the first migration there is no pg_trgm; it takes for letters what [[:alpha:]] does.
        cursor.execute("SELECT cardinality(show_trgm('กข')) > 0" if cursor.fetchone() else "SELECT 'ก' ~ '[[:alpha:]]'")
        row = cursor.fetchone()
    if row and row[0]:
        return []
    return [
        Error(
            "The database makes no trigrams of Thai text, so the search finds nothing.",
            hint="Create it with LC_CTYPE 'C.UTF-8': CREATE DATABASE … TEMPLATE template0 LC_CTYPE 'C.UTF-8'.",
            id="services_catalog.E001",
        )
    ]
