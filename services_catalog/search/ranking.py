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


def is_exact_only(word: str) -> bool:
    """Numbers, single letters and Latin words of two mean nothing as the beginning of others."""
    return word.isdigit() or len(word) == 1 or (word.isascii() and len(word) < _SHORTEST_BEGINNING)


def rank(
    candidates: Collection[Candidate], reading: Reading, vocabulary: Vocabulary, *, enough: float
) -> list[tuple[float, UUID]]:
    """Scores and ids of those that match, best first."""
    sought = {word: _Sought(word, vocabulary) for slot in reading.slots for _, of in slot.alternatives for word in of}
    scored = [(score, one) for one in candidates if (score := _score(one, reading, sought, enough)) > 0]
    scored.sort(key=lambda found: (-found[0], found[1].search_text.index("\n"), found[1].code))
    return [(score, candidate.id) for score, candidate in scored]


def _score(candidate: Candidate, reading: Reading, sought: "dict[str, _Sought]", enough: float) -> float:
    fields = _Fields(candidate)
    places = {word: one.best_place(fields) for word, one in sought.items()}
    covered = sum(slot.worth * _said(slot, places, sought) for slot in reading.slots)
    covered = max(covered, _LIKENESS_ALONE * max(candidate.in_names, _LIKENESS_OF_ALIAS * candidate.in_all))
    if covered < enough:
        return 0.0
    text = reading.text
    bonus = _BREVITY * min(1.0, len(text) / len(fields.names))
    if f"|{text}|" in fields.names:
        bonus += _SAME_NAME
    elif f"|{text}|" in fields.aliases:
        bonus += _SAME_ALIAS
    elif text in fields.names:
        bonus += _IN_NAME
    return covered + bonus


def _said(slot: Slot, places: dict[str, float], sought: "dict[str, _Sought]") -> float:
    """How well the service says a piece of the query, in the best of the ways to say it."""
    return max(sure * _all_of(of, places, sought) for sure, of in slot.alternatives)


def _all_of(of: tuple[str, ...], places: dict[str, float], sought: "dict[str, _Sought]") -> float:
    if len(of) == 1:
        return places[of[0]]
    said = sum(sought[word].rarity * places[word] for word in of)
    return (said / sum(sought[word].rarity for word in of)) ** 2  # some of the words are not the half of it


class _Fields:
    """The texts of a candidate."""

    __slots__ = ("alias_words", "aliases", "name_words", "names", "other_words")

    def __init__(self, candidate: Candidate) -> None:
        self.names, _, self.aliases = candidate.search_text.partition("\n")
        self.name_words, self.alias_words, self.other_words = [*candidate.search_words.split("\n"), "", ""][:3]


class _Sought:
    """A word to be found in texts, with the forms that are compared."""

    def __init__(self, word: str, vocabulary: Vocabulary) -> None:
        self.rarity = vocabulary.rarity(word)
        self._exact, self._beginning, self._word = f" {word} ", f" {word}", word
        self._exact_only = is_exact_only(word)
        self._inside = not self._exact_only and not word.isascii()
        self._inside_counts = _INSIDE if len(word) >= _LONG_ENOUGH_INSIDE else _INSIDE_SHORT

    def best_place(self, fields: _Fields) -> float:
        best = self._place(fields.names, fields.name_words)
        if best < _ALIAS:
            best = max(best, _ALIAS * self._place(fields.aliases, fields.alias_words))
        return best or _OTHER * self._place("", fields.other_words)

    def _place(self, text: str, text_words: str) -> float:
        if self._exact in text_words:
            return _EXACT
        if self._exact_only:
            return 0.0
        if self._beginning in text_words:
            return _BEGINS
        return self._inside_counts if self._inside and self._word in text else 0.0
