"""How well a service matches what was typed: which words it has, where, and how like the whole it is.

A rare word says more than a common one (inverse document frequency), a long one more than a short one; a word in the
name counts more than in an alias, and that more than in the description. Plain Python: the database chooses the
candidates.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from services_catalog.search.reading import Reading, Slot
from services_catalog.search.vocabulary import Vocabulary

_SHORTEST_BEGINNING = 3
_LONG_ENOUGH_INSIDE = 4
_EXACT, _BEGINS, _INSIDE, _INSIDE_SHORT = 1.0, 0.85, 0.85, 0.4
_ALIAS, _OTHER = 0.75, 0.3
_SAME_NAME, _SAME_ALIAS, _IN_NAME, _BREVITY = 1.0, 0.6, 0.2, 0.1
_LIKENESS_ALONE, _LIKENESS_OF_ALIAS = 0.6, 0.9
# The share of the query's worth a service must have; the lower one where nothing has as much.
COVERED_ENOUGH, COVERED_A_LITTLE = 0.35, 0.15


@dataclass(slots=True)
class Candidate:
    """What the search reads of one service (see services_catalog.search.index), and how like the whole query its names
    and its names and aliases are (trigram similarity, 0 to 1)."""

    id: UUID
    code: str
    search_text: str
    search_words: str
    in_names: float = 0.0
    in_all: float = 0.0

    @property
    def names(self) -> str:
        return self.search_text.partition("\n")[0]


def is_exact_only(word: str) -> bool:
    """Numbers, single letters and Latin words of two mean nothing as the beginning of others."""
    return word.isdigit() or len(word) == 1 or (word.isascii() and len(word) < _SHORTEST_BEGINNING)


def rank(
    candidates: Collection[Candidate], reading: Reading, vocabulary: Vocabulary, *, enough: float
) -> list[tuple[float, UUID]]:
    """Scores and ids of those that match, best first."""
    scored = [(score, one) for one in candidates if (score := _score(one, reading, vocabulary, enough)) > 0]
    scored.sort(key=lambda found: (-found[0], len(found[1].names), found[1].code))
    return [(score, candidate.id) for score, candidate in scored]


def _score(candidate: Candidate, reading: Reading, vocabulary: Vocabulary, enough: float) -> float:
    fields = _Fields(candidate)
    covered = sum(slot.worth * _said(slot, fields, vocabulary) for slot in reading.slots)
    likeness = _LIKENESS_ALONE * max(candidate.in_names, _LIKENESS_OF_ALIAS * candidate.in_all)
    covered = max(covered, likeness)
    if covered < enough:
        return 0.0
    names, text = candidate.names, reading.text
    bonus = _BREVITY * min(1.0, len(text) / len(names))
    if f"|{text}|" in names:
        bonus += _SAME_NAME
    elif f"|{text}|" in candidate.search_text:
        bonus += _SAME_ALIAS
    elif text in names:
        bonus += _IN_NAME
    return covered + bonus


class _Fields:
    """The texts of a candidate, and what was found out about each word."""

    def __init__(self, candidate: Candidate) -> None:
        self.names, _, self.aliases = candidate.search_text.partition("\n")
        self.name_words, self.alias_words, self.other_words = [*candidate.search_words.split("\n"), "", ""][:3]

    def best_place(self, word: str) -> float:
        return max(
            _place(word, self.names, self.name_words),
            _ALIAS * _place(word, self.aliases, self.alias_words),
            _OTHER * _place(word, "", self.other_words),
        )


def _said(slot: Slot, fields: _Fields, vocabulary: Vocabulary) -> float:
    """How well the service says a piece of the query, in the best of the ways to say it."""
    return max(sure * _all_of(of, fields, vocabulary) for sure, of in slot.alternatives)


def _all_of(of: tuple[str, ...], fields: _Fields, vocabulary: Vocabulary) -> float:
    if len(of) == 1:
        return fields.best_place(of[0])
    rarities = [vocabulary.rarity(word) for word in of]
    return sum(rarity * fields.best_place(word) for rarity, word in zip(rarities, of, strict=True)) / sum(rarities)


def _place(word: str, text: str, text_words: str) -> float:
    if f" {word} " in text_words:
        return _EXACT
    if is_exact_only(word):
        return 0.0
    if f" {word}" in text_words:
        return _BEGINS
    if not word.isascii() and word in text:
        return _INSIDE if len(word) >= _LONG_ENOUGH_INSIDE else _INSIDE_SHORT
    return 0.0
