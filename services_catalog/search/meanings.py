"""What everyday words mean in official ones: the alias table."""

from functools import lru_cache
from typing import NamedTuple

from services_catalog.models import SearchAlias
from services_catalog.search.text import joined, normalise, parts, tokens, words


class Alias(NamedTuple):
    """An everyday term as the search compares texts, its own words, and the words of each of its meanings."""

    term: str
    own: tuple[str, ...]
    meanings: tuple[tuple[str, ...], ...]


def aliases() -> list[Alias]:
    """The alias table."""
    return [_alias(term, means) for term, means in SearchAlias.objects.values_list("term", "means")]


@lru_cache(maxsize=5_000)
def _alias(term: str, means: str) -> Alias:
    found = tokens(normalise(term))
    meanings = (tuple(words(normalise(meaning))) for meaning in means.split(","))
    own = tuple(part for word in found for part in parts(word) or [word])
    return Alias(joined(found), own, tuple(meaning for meaning in meanings if meaning))
