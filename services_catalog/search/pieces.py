"""What a query may hold: words of the catalogue and everyday terms of the alias table, spelt rightly or not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from services_catalog.search.borders import Borders
from services_catalog.search.meanings import Alias
from services_catalog.search.spelling import misspelt, slips_allowed
from services_catalog.search.text import parts, says_nothing, weight
from services_catalog.search.vocabulary import Vocabulary, pairs, pairs_needed

# How much of its letters a piece explains, at least what it costs to have one more.
PIECE_COSTS = 1.0
_AT_LEAST = 0.1
_UNKNOWN_EXPLAINS, _NOTHING_EXPLAINS = 0.3, 0.6
_SLIP_COSTS = 1.2
# How sure ways to say a piece are, beside the word itself: the first meaning of an alias, and how much less the next
# ones; the alias's own words; the parts of a compound that the catalogue lacks or has.
_ALIAS, _NEXT_MEANING, _OWN_WORDS, _PARTS, _PARTS_OF_KNOWN = 0.95, 0.04, 0.85, 0.9, 0.45
_BEGUN_ALIAS, _BEGUN_WORD = 0.8, 0.9
_SHORTEST_INSIDE, _SHORTEST_PREFIX = 3, 3
_LONG = 6

Alternative = tuple[float, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the query, how many letters it explains, and the ways to say it."""

    start: int
    end: int
    explains: float
    alternatives: tuple[Alternative, ...]
    known: bool = True
    weight: float = 1.0


def typed_piece(word: str, start: int, vocabulary: Vocabulary) -> Piece:
    """A word as it was typed."""
    length = len(word)
    if says_nothing(word):
        return Piece(start, start + length, length * _NOTHING_EXPLAINS, (), known=False)
    known = word in vocabulary.services
    explains = max(length if known else length * _UNKNOWN_EXPLAINS, PIECE_COSTS + _AT_LEAST)
    return Piece(start, start + length, explains, _ways(word, vocabulary), known, weight(word))


def _ways(word: str, vocabulary: Vocabulary) -> tuple[Alternative, ...]:
    inner = tuple(parts(word))
    sure = _PARTS_OF_KNOWN if word in vocabulary.services else _PARTS
    return ((1.0, (word,)), (sure, inner)) if inner else ((1.0, (word,)),)


def vocabulary_pieces(text: str, vocabulary: Vocabulary, borders: Borders) -> Iterator[Piece]:
    """Words of the catalogue that the text holds, and those that its end is the beginning of."""
    for word in vocabulary.like(text):
        if says_nothing(word):
            continue
        for start, end, sure in _readings(word, text, borders):
            yield Piece(
                start, end, (end - start) * sure, tuple((sure * way, of) for way, of in _ways(word, vocabulary))
            )
    for start in borders.between:
        prefix = text[start:]
        is_new = " " not in prefix and prefix not in vocabulary.services
        if len(prefix) >= _SHORTEST_PREFIX and is_new and vocabulary.frequency(prefix):
            yield Piece(start, len(text), len(prefix) * _BEGUN_WORD, ((1.0, (prefix,)),))


def alias_pieces(text: str, aliases: Iterable[Alias], vocabulary: Vocabulary, borders: Borders) -> Iterator[Piece]:
    """Everyday terms that the text holds or begins, each with its own words and its official ones."""
    in_text = set(pairs(text))
    for term, own, meanings in aliases:
        for start, end in borders.beginnings(term):
            said = tuple((_BEGUN_ALIAS, meaning) for meaning in meanings)
            yield Piece(start, end, (end - start) * _BEGUN_ALIAS, said)
        if len(in_text & _pairs_of(term)) < pairs_needed(term):
            continue
        itself: tuple[Alternative, ...] = ((1.0, (term,)),) if len(term) >= _LONG and " " not in term else ()
        if own[1:] and all(map(vocabulary.frequency, own)):
            itself += ((_OWN_WORDS, own),)
        official = [tuple(part for word in of for part in known_parts(word, vocabulary)) for of in meanings]
        for start, end, sure in _readings(term, text, borders):
            said = tuple(((_ALIAS - _NEXT_MEANING * at) * sure, meaning) for at, meaning in enumerate(official))
            yield Piece(start, end, (end - start) * sure + _AT_LEAST, (*itself, *said))


@lru_cache(maxsize=5_000)
def _pairs_of(term: str) -> frozenset[str]:
    return frozenset(pairs(term))


def _readings(word: str, text: str, borders: Borders) -> Iterator[tuple[int, int, float]]:
    """Where the word stands in the text, and how surely."""
    at, found = text.find(word), False
    while at >= 0:
        end = at + len(word)
        inside = at not in borders.between or end not in borders.between
        if borders.hold(at, end) and (not inside or len(word) >= _SHORTEST_INSIDE):
            found = True
            yield at, end, 1.0
        at = text.find(word, at + 1)
    if found or not slips_allowed(word) or not (borders.unusual or len(word) >= _LONG):
        return
    for place in misspelt(word, text):
        on_borders = _near(place.start, borders) and _near(place.end, borders)
        sure = borders.doubt(place.start, place.end, len(word))
        if on_borders and sure:
            yield place.start, place.end, sure * (1 - _SLIP_COSTS * place.slips / len(word))


def _near(at: int, borders: Borders) -> bool:
    return at in borders.between or at in borders.within


def known_parts(word: str, vocabulary: Vocabulary) -> list[str]:
    """A compound that the catalogue does not have as the words it is made of."""
    return [word] if word in vocabulary.services or says_nothing(word) else parts(word) or [word]
