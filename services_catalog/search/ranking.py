"""How well a service matches what was typed: which words it has, where, and how like the whole it is.

A rare word says more than a common one (inverse document frequency), a long one more than a short one; a word in the
name counts more than in an alias, and that more than in the description. Slips that folding does not undo are left to
trigram similarity. Plain Python: the database chooses the candidates.
"""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from services_catalog.search.text import comparable, parts, words

_MOST_WORDS = 12
_LONG_WORD = 3
_LONG_ENOUGH_INSIDE = 4
_EXACT, _BEGINS, _INSIDE, _INSIDE_SHORT = 1.0, 0.85, 0.85, 0.4
_ALIAS, _OTHER = 0.75, 0.3
_PART_OF_COMPOUND = 0.4
_SAME_NAME, _SAME_ALIAS, _IN_NAME = 1.0, 0.6, 0.2
_LIKENESS_ALONE, _LIKENESS_BESIDES, _LIKENESS_OF_ALIAS = 0.8, 0.3, 0.9
_UNKNOWN = 0.5
# The share of the query's worth a service must have; the lower one where nothing has as much.
COVERED_ENOUGH, COVERED_A_LITTLE = 0.35, 0.15


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand the query: how it compares with texts, and its words with their weights."""

    comparable: str
    words: Mapping[str, float]
    compounds: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Trigram similarities (0 to 1) of what was typed with the best part of the names, and of names and aliases."""

    names: float
    all: float


@dataclass(slots=True)
class Candidate:
    """What the search reads of one service; see services_catalog.search.index."""

    id: UUID
    code: str
    search_text: str
    search_words: str
    likeness: dict[str, Likeness] = field(default_factory=dict)

    @property
    def names(self) -> str:
        return self.search_text.partition("\n")[0]


def read(text: str) -> Reading:
    """A normalised query, its words weighed as far as can be before their rarity is known."""
    found = words(text)[:_MOST_WORDS]
    compounds = {word: inner for word in found if (inner := parts(word))}
    weights = dict.fromkeys((part for inner in compounds.values() for part in inner), _PART_OF_COMPOUND)
    weights |= dict.fromkeys(found, 1.0)
    return Reading(comparable(text), weights, compounds)


def is_exact_only(word: str) -> bool:
    """Numbers, single letters and Latin words of two mean nothing as the beginning of others."""
    return word.isdigit() or len(word) == 1 or (word.isascii() and len(word) < _LONG_WORD)


def rank(candidates: Collection[Candidate], readings: Iterable[Reading], *, total: int, enough: float) -> list[UUID]:
    """The ids of those that match, best first. `total` is how many services there are, found or not."""
    scores: dict[UUID, float] = {}
    for reading in readings:
        found = {candidate.id: _places(candidate, reading.words) for candidate in candidates}
        worths = _worths(reading, found.values(), total)
        for candidate in candidates:
            covered = sum(worths[word] * place for word, place in found[candidate.id].items())
            score = _score(candidate, covered, reading.comparable, enough)
            scores[candidate.id] = max(score, scores.get(candidate.id, 0.0))
    matching = [candidate for candidate in candidates if scores[candidate.id] > 0]
    matching.sort(key=lambda candidate: (-scores[candidate.id], len(candidate.names), candidate.code))
    return [candidate.id for candidate in matching]


def _worths(reading: Reading, found: Collection[Mapping[str, float]], total: int) -> dict[str, float]:
    """Each word's share of the whole query: rare and long words have more, unknown ones less."""
    frequency = {word: sum(word in places for places in found) for word in reading.words}
    weights = dict(reading.words)
    for compound, inner in reading.compounds.items():
        if not frequency[compound]:  # its parts stand for it
            weights |= {compound: 0.0, **dict.fromkeys(inner, 1.0)}
    worths = {}
    for word, weight in weights.items():
        rarity = math.log(1 + total / (frequency[word] + 0.5)) * (1 if frequency[word] else _UNKNOWN)
        worths[word] = weight * rarity * min(1.0, len(word) / _LONG_WORD)
    whole = sum(worths.values()) or 1.0
    return {word: worth / whole for word, worth in worths.items()}


def _places(candidate: Candidate, weights: Iterable[str]) -> dict[str, float]:
    """The words the candidate has, each with what the best place it is found in counts."""
    names, _, aliases = candidate.search_text.partition("\n")
    name_words, alias_words, other_words = [*candidate.search_words.split("\n"), "", ""][:3]
    places = {}
    for word in weights:
        best = max(
            _place(word, names, name_words),
            _ALIAS * _place(word, aliases, alias_words),
            _OTHER * _place(word, "", other_words),
        )
        if best:
            places[word] = best
    return places


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


def _score(candidate: Candidate, covered: float, comparable: str, enough: float) -> float:
    like = candidate.likeness.get(comparable)
    if like is None:
        return covered if covered >= enough else 0.0
    bonus = 0.0
    if f"|{comparable}|" in candidate.names:
        bonus = _SAME_NAME
    elif f"|{comparable}|" in candidate.search_text:
        bonus = _SAME_ALIAS
    elif comparable in candidate.names:
        bonus = _IN_NAME
    likeness = max(like.names, _LIKENESS_OF_ALIAS * like.all)
    return max(covered, _LIKENESS_ALONE * likeness) + _LIKENESS_BESIDES * likeness + bonus
