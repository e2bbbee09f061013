"""What must hold before the system starts."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

_MAKES_TRIGRAMS = "SELECT cardinality(show_trgm('กข')) > 0"
_WILL_MAKE_TRIGRAMS = "SELECT datctype NOT IN ('C', 'POSIX') FROM pg_database WHERE datname = current_database()"


@register(Tags.database)
def thai_trigrams(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """PostgreSQL makes no trigrams of Thai text when LC_CTYPE is C; the search would silently find nothing."""
    if not databases or "default" not in databases:
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        # Before the first migration there is no pg_trgm to ask.
        cursor.execute(_MAKES_TRIGRAMS if cursor.fetchone() else _WILL_MAKE_TRIGRAMS)
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
