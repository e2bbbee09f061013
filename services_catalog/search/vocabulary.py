"""The words of the whole catalogue, with the number of services that have each."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db import connection
from django.db.models import Count, Sum
from django.db.models.functions import Extract

from services_catalog.models import Service
from services_catalog.search.spelling import slips_allowed


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`services` is how many services each word has; `total` is how many there are."""

    services: Mapping[str, int]
    by_pair: Mapping[str, list[str]]
    total: int

    def frequency(self, word: str) -> int:
        """How many services have the word, or else words that begin with it."""
        return self.services.get(word) or (self._begins(word) if len(word) > 1 else 0)

    def _begins(self, word: str) -> int:
        others = (other for other in self.by_pair.get(word[:2], ()) if other.startswith(word))
        return sum(self.services[other] for other in others)

    def rarest(self, of: Sequence[str]) -> str:
        """The word that the fewest services have, of those that any has."""
        return min(of, key=lambda word: self.frequency(word) or math.inf)

    def rarity(self, word: str) -> float:
        """Inverse document frequency."""
        return math.log(1 + self.total / (self.frequency(word) + 0.5))

    def like(self, text: str) -> Iterator[str]:
        """Words that the text may hold, rightly spelt or not."""
        return (word for word, shared in self._shared(text).items() if shared >= pairs_needed(word))

    def _shared(self, text: str) -> Counter[str]:
        return Counter(word for pair in set(pairs(text)) for word in self.by_pair.get(pair, ()))


def vocabulary() -> Vocabulary:
    """The words of the catalogue as it is now; read again when a service was added, changed or removed."""
    version = Service.objects.aggregate(count=Count("pk"), changed=Sum(Extract("updated_at", "epoch")))
    return _read(version["count"], str(version["changed"]), connection.settings_dict["NAME"])


@lru_cache(maxsize=1)
def _read(total: int, changed: str, database: str) -> Vocabulary:
    with connection.cursor() as cursor:
        cursor.execute("SELECT word, ndoc FROM ts_stat('SELECT search_vector FROM services_catalog_service')")
        return _vocabulary(cursor.fetchall(), total)


def _vocabulary(rows: Iterable[tuple[str, int]], total: int) -> Vocabulary:
    services = dict(rows)
    by_pair: dict[str, list[str]] = {}
    for word in services:
        for pair in dict.fromkeys(pairs(word)):
            by_pair.setdefault(pair, []).append(word)
    return Vocabulary(services, by_pair, total)


def pairs(text: str) -> list[str]:
    """Each two neighbouring letters."""
    return [text[at : at + 2] for at in range(len(text) - 1)]


@lru_cache(maxsize=20_000)
def pairs_needed(word: str) -> int:
    """How many different pairs of the word a text must have to hold the word; a slip spoils two."""
    return max(1, len(set(pairs(word))) - round(2 * slips_allowed(word)))
