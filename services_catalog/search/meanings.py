"""What a query may mean: itself, and what it says in official words where it holds everyday ones."""

import re

from django.db.models import F, TextField, Value
from django.db.models.functions import Replace

from services_catalog.models import SearchAlias

_MOST_MEANINGS = 4


def meanings(query: str) -> list[str]:
    """The normalised query, then its official readings, most official first."""
    known = SearchAlias.objects.annotate(
        query=Value(query.replace(" ", ""), output_field=TextField()),
        spaceless=Replace(F("term"), Value(" "), Value("")),
    ).filter(query__contains=F("spaceless"))
    every, single = query, []
    for alias in sorted(known, key=lambda alias: (-len(alias.term), alias.term)):
        every = _instead(every, alias)
        single.append(_instead(query, alias))
    return list(dict.fromkeys([query, every, *single]))[:_MOST_MEANINGS]


def _instead(query: str, alias: SearchAlias) -> str:
    """The query with the official words for an everyday one; a space more or less within it does not matter."""
    if alias.means in query:
        return query
    letters = alias.term.replace(" ", "")
    pattern = r"\s*".join(map(re.escape, letters))
    boundary = r"\b" if letters.isascii() else ""
    return re.sub(f"{boundary}{pattern}{boundary}", lambda _: f" {alias.means} ", query)
