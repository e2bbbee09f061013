"""How a query is read: which words it holds, though it has no spaces and some of it is misspelt.

Words of the catalogue and everyday terms of the alias table are looked for in what was typed; of all the ways to
divide it, the one that explains most of it with the fewest and surest pieces is taken.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services_catalog.search.meanings import Alias
from services_catalog.search.spelling import misspelt, slips_allowed
from services_catalog.search.text import is_known_thai, joined, parts, says_nothing, tokens
from services_catalog.search.vocabulary import Vocabulary, pairs, pairs_needed

_LONGEST = 100
_PIECE_COSTS, _LONGER_IS_BETTER, _LEFT_OUT = 1.0, 1.1, 0.5
_UNKNOWN_EXPLAINS, _NOTHING_EXPLAINS = 0.3, 0.6
_AT_LEAST = 0.1
_SLIP_COSTS = 1.2
_ALIAS, _NEXT_MEANING, _PARTS, _PARTS_OF_KNOWN = 0.95, 0.04, 0.9, 0.45
_OWN_WORDS = 0.85
_SHORTEST_INSIDE, _SHORTEST_PREFIX = 3, 3
_SURELY_MEANT, _TYPED_WORDS = 6, 0.85
_UNKNOWN_WORTH = 0.5
_RARE_IS_NOT_ALL = 0.7
_LONG_WORD, _LONGEST_SAYS = 3, 1.6
_SHORTEST_BEGUN, _BEGUN = 4, 0.8
# Words that official names do without, and words that say little without the next one: what is sold, built or moved.
_SAYS_LITTLE = dict.fromkeys(
    [
        "เปิด",
        "ทำ",
        "ไป",
        "มา",
        "เอา",
        "ไห",
        "มี",
        "เปน",
        "ไช",
        "ดี",
        "เลก",
        "ตรง",
        "บาง",
        "กี",
        "อะไร",
        "เทาไร",
        "เมือไร",
        "เมือ",
        "นี",
        "นัน",
        "กับ",
        "คน",
        "ราน",
        "งาน",
    ],
    0.25,
) | dict.fromkeys(
    [
        "ขาย",
        "สราง",
        "สือ",
        "ยาย",
        "เกบ",
        "ไบ",
        "เครือง",
        "เงิน",
        "คา",
        "ผู",
        "นาย",
        "ตัง",
        "จัด",
        "เลน",
        "เลียง",
        "ติด",
        "ลง",
        "สง",
        "รับ",
        "สอบ",
        "ตอ",
        "ถาย",
        "บาน",
        "ที",
        "ตัว",
        "ขอ",
    ],
    0.6,
)
# Thai signs that cannot begin a word, and vowels that cannot end one.
_NOT_FIRST = frozenset("ะาำิีึืุูๅั")
_NOT_LAST = frozenset("เแโไั")

Alternative = tuple[float, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Slot:
    """A piece of the query: ways to say it, each with how sure it is (0 to 1), and its share of the query's worth."""

    alternatives: tuple[Alternative, ...]
    worth: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What was typed, folded, its pieces, and how much of it is made of known words (0 to 1)."""

    text: str
    slots: tuple[Slot, ...]
    understood: float


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    explains: float
    alternatives: tuple[Alternative, ...]
    known: bool = True
    weight: float = 1.0


def read(typed: str, vocabulary: Vocabulary, aliases: Iterable[Alias]) -> Reading:
    """The best reading of a normalised query."""
    found = [part for word in tokens(typed) for part in _known_parts(word, vocabulary)]
    text = joined(found)[:_LONGEST]
    typed_words = list(_positions(text, found))
    pieces = [_typed_piece(word, start, vocabulary) for word, start in typed_words]
    borders = _Borders(text, typed_words, vocabulary)
    pieces += _vocabulary_pieces(text, vocabulary, borders)
    pieces += _alias_pieces(text, aliases, vocabulary, borders)
    best = _best_division(text, pieces)
    slots = [piece for piece in best if piece.alternatives]
    known = sum(piece.end - piece.start for piece in best if piece.known)
    letters = len(text.replace(" ", "")) or 1
    return Reading(text, tuple(_weighed(slots, vocabulary)), min(1.0, known / letters))


def _known_parts(word: str, vocabulary: Vocabulary) -> list[str]:
    """A compound that the catalogue does not have as the words it is made of."""
    return [word] if word in vocabulary.services or says_nothing(word) else parts(word) or [word]


def _positions(text: str, found: Iterable[str]) -> Iterator[tuple[str, int]]:
    at = 0
    for word in found:
        at = text.find(word, at)
        if at < 0:
            return
        yield word, at
        at += len(word)


def _typed_piece(word: str, start: int, vocabulary: Vocabulary) -> _Piece:
    length = len(word)
    if says_nothing(word):
        return _Piece(start, start + length, length * _NOTHING_EXPLAINS, (), known=False)
    known = word in vocabulary.services
    explains = max(length if known else length * _UNKNOWN_EXPLAINS, _PIECE_COSTS + _AT_LEAST)
    weight = _SAYS_LITTLE.get(word, 1.0)
    return _Piece(start, start + length, explains, _ways(word, vocabulary), known, weight)


def _ways(word: str, vocabulary: Vocabulary) -> tuple[Alternative, ...]:
    inner = tuple(parts(word))
    sure = _PARTS_OF_KNOWN if word in vocabulary.services else _PARTS
    return ((1.0, (word,)), (sure, inner)) if inner else ((1.0, (word,)),)


class _Borders:
    """Where words may begin and end: between typed words, and anywhere within those that the catalogue lacks."""

    def __init__(self, text: str, typed_words: Iterable[tuple[str, int]], vocabulary: Vocabulary) -> None:
        self.text = text
        self.between = {0, len(text)}
        self.within: set[int] = set()
        self.unusual: set[int] = set()
        self.unknown: set[int] = set()
        self.begun = [
            (start, start + len(word))
            for word, start in typed_words
            if word.isascii() and len(word) >= _SHORTEST_BEGUN and word not in vocabulary.services
        ]
        self.begun += [
            (start, len(text))
            for _, start in typed_words
            if not text[start:].isascii() and len(text) - start >= _SHORTEST_BEGUN
        ]
        for word, start in typed_words:
            self.between |= {start, start + len(word)}
            if word not in vocabulary.services and not says_nothing(word):
                letters = set(range(start, start + len(word)))
                self.unusual |= letters
                self.unknown |= set() if is_known_thai(word) else letters
                self.within |= {at for at in range(start + 1, start + len(word)) if self._may_cut(at)}

    def _may_cut(self, at: int) -> bool:
        return self.text[at] not in _NOT_FIRST and self.text[at - 1] not in _NOT_LAST and not self.text[at].isascii()

    def hold(self, start: int, end: int) -> bool:
        both = self.between | self.within
        return start in both and end in both

    def beginnings(self, term: str) -> Iterator[tuple[int, int]]:
        """Typed words, and ends of the text, that a longer everyday term begins with."""
        for start, end in self.begun:
            if end - start < len(term) and term.startswith(self.text[start:end]):
                yield start, end

    def doubt(self, start: int, end: int, length: int) -> float:
        """How likely a word of a length was meant where others were typed: 1 where they are no words at all, else less,
        and 0 where they are words of the catalogue and the word is a short one."""
        span = range(start, end)
        if any(at in self.unknown for at in span):
            return 1.0
        return _TYPED_WORDS if length >= _SURELY_MEANT or any(at in self.unusual for at in span) else 0.0


def _vocabulary_pieces(text: str, vocabulary: Vocabulary, borders: _Borders) -> Iterator[_Piece]:
    for word in vocabulary.like(text):
        if says_nothing(word):
            continue
        for start, end, sure in _readings(word, text, borders):
            yield _Piece(
                start, end, (end - start) * sure, tuple((sure * way, of) for way, of in _ways(word, vocabulary))
            )
    for start in borders.between:
        prefix = text[start:]
        if len(prefix) >= _SHORTEST_PREFIX and " " not in prefix and prefix not in vocabulary.services:
            if vocabulary.frequency(prefix):
                yield _Piece(start, len(text), len(prefix) * 0.9, ((1.0, (prefix,)),))


def _alias_pieces(text: str, aliases: Iterable[Alias], vocabulary: Vocabulary, borders: _Borders) -> Iterator[_Piece]:
    in_text = set(pairs(text))
    for term, own, meanings in aliases:
        for start, end in borders.beginnings(term):
            said = tuple((_BEGUN, meaning) for meaning in meanings)
            yield _Piece(start, end, (end - start) * _BEGUN, said)
        if len(in_text & _pairs_of(term)) < pairs_needed(term):
            continue
        itself: tuple[Alternative, ...] = ((1.0, (term,)),) if len(term) >= _SURELY_MEANT and " " not in term else ()
        if own[1:] and all(map(vocabulary.frequency, own)):
            itself += ((_OWN_WORDS, own),)
        meanings = [tuple(part for word in of for part in _known_parts(word, vocabulary)) for of in meanings]
        for start, end, sure in _readings(term, text, borders):
            said = tuple(((_ALIAS - _NEXT_MEANING * at) * sure, meaning) for at, meaning in enumerate(meanings))
            yield _Piece(start, end, (end - start) * sure + _AT_LEAST, (*itself, *said))


def _pairs_of(term: str) -> frozenset[str]:
    return frozenset(pairs(term))


def _readings(word: str, text: str, borders: _Borders) -> Iterator[tuple[int, int, float]]:
    """Where the word stands in the text, and how surely."""
    at, found = text.find(word), False
    while at >= 0:
        end = at + len(word)
        inside = at not in borders.between or end not in borders.between
        if borders.hold(at, end) and (not inside or len(word) >= _SHORTEST_INSIDE):
            found = True
            yield at, end, 1.0
        at = text.find(word, at + 1)
    if found or not slips_allowed(word) or not (borders.unusual or len(word) >= _SURELY_MEANT):
        return
    for place in misspelt(word, text):
        on_borders = _near(place.start, borders) and _near(place.end, borders)
        sure = borders.doubt(place.start, place.end, len(word))
        if on_borders and sure:
            yield place.start, place.end, sure * (1 - _SLIP_COSTS * place.slips / len(word))


def _near(at: int, borders: _Borders) -> bool:
    return at in borders.between or at in borders.within


def _best_division(text: str, pieces: Iterable[_Piece]) -> list[_Piece]:
    """The pieces, one after the other, that explain most."""
    ending: dict[int, list[_Piece]] = {}
    for piece in pieces:
        ending.setdefault(piece.end, []).append(piece)
    best: list[tuple[float, list[_Piece]]] = [(0.0, [])]
    for end in range(1, len(text) + 1):
        left_out = 0.0 if text[end - 1] == " " else _LEFT_OUT
        best.append((best[end - 1][0] - left_out, best[end - 1][1]))
        for piece in ending.get(end, ()):
            before, chosen = best[piece.start]
            value = before + piece.explains**_LONGER_IS_BETTER - _PIECE_COSTS
            if value > best[end][0]:
                best[end] = (value, [*chosen, piece])
    return best[-1][1]


def _weighed(pieces: list[_Piece], vocabulary: Vocabulary) -> Iterator[Slot]:
    worths = [_worth(piece, vocabulary) for piece in pieces]
    whole = sum(worths) or 1.0
    for piece, worth in zip(pieces, worths, strict=True):
        yield Slot(piece.alternatives, worth / whole)


def _worth(piece: _Piece, vocabulary: Vocabulary) -> float:
    """Rare and long words have more, unknown ones less."""
    frequency = max(vocabulary.frequency(vocabulary.rarest(of)) for _, of in piece.alternatives)
    rarity = math.log(1 + vocabulary.total / (frequency + 0.5)) * (1 if frequency else _UNKNOWN_WORTH)
    return piece.weight * rarity**_RARE_IS_NOT_ALL * min(_LONGEST_SAYS, ((piece.end - piece.start) / _LONG_WORD) ** 0.5)
