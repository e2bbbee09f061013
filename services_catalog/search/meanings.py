"""What everyday words mean in official ones: the alias table."""

from collections.abc import Iterator
from functools import lru_cache

from services_catalog.models import SearchAlias
from services_catalog.search.text import joined, normalise, tokens, words

Meanings = tuple[tuple[str, ...], ...]


def aliases() -> Iterator[tuple[str, Meanings]]:
    """Each everyday term as the search compares texts, and the words of each of its meanings."""
    for term, means in SearchAlias.objects.values_list("term", "means"):
        yield _alias(term, means)


@lru_cache(maxsize=5_000)
def _alias(term: str, means: str) -> tuple[str, Meanings]:
    meanings = (tuple(words(normalise(meaning))) for meaning in means.split(","))
    return joined(tokens(normalise(term))), tuple(meaning for meaning in meanings if meaning)
