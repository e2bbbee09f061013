"""How a query is read: which words it holds, though it has no spaces and some of it is misspelt.

Words of the catalogue and everyday terms of the alias table are looked for in what was typed; of all the ways to
divide it, the one that explains most of it with the fewest and surest pieces is taken.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services_catalog.search.borders import Borders
from services_catalog.search.meanings import Alias
from services_catalog.search.pieces import (
    PIECE_COSTS,
    Alternative,
    Piece,
    alias_pieces,
    known_parts,
    typed_piece,
    vocabulary_pieces,
)
from services_catalog.search.text import joined, tokens
from services_catalog.search.vocabulary import Vocabulary

_LONGEST = 100
_LONGER_IS_BETTER, _LETTER_LEFT_OUT = 1.1, 0.5
# What a piece is worth: by how rare it is, tempered so that one odd word is not the whole query, and by its length.
_UNKNOWN_WORTH, _RARE_IS_NOT_ALL = 0.5, 0.7
_LONG_WORD, _LONGEST_SAYS = 3, 1.6


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


def read(typed: str, vocabulary: Vocabulary, aliases: Iterable[Alias]) -> Reading:
    """The best reading of a normalised query."""
    found = [part for word in tokens(typed) for part in known_parts(word, vocabulary)]
    text = joined(found)[:_LONGEST]
    typed_words = list(_positions(text, found))
    pieces = [typed_piece(word, start, vocabulary) for word, start in typed_words]
    borders = Borders(text, typed_words, vocabulary)
    pieces += vocabulary_pieces(text, vocabulary, borders)
    pieces += alias_pieces(text, aliases, vocabulary, borders)
    best = _best_division(text, pieces)
    slots = [piece for piece in best if piece.alternatives]
    known = sum(piece.end - piece.start for piece in best if piece.known)
    letters = len(text.replace(" ", "")) or 1
    return Reading(text, tuple(_weighed(slots, vocabulary)), min(1.0, known / letters))


def _positions(text: str, found: Iterable[str]) -> Iterator[tuple[str, int]]:
    at = 0
    for word in found:
        at = text.find(word, at)
        if at < 0:
            return
        yield word, at
        at += len(word)


def _best_division(text: str, pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces, one after the other, that explain most."""
    ending: dict[int, list[Piece]] = {}
    for piece in pieces:
        ending.setdefault(piece.end, []).append(piece)
    best: list[tuple[float, list[Piece]]] = [(0.0, [])]
    for end in range(1, len(text) + 1):
        left_out = 0.0 if text[end - 1] == " " else _LETTER_LEFT_OUT
        best.append((best[end - 1][0] - left_out, best[end - 1][1]))
        for piece in ending.get(end, ()):
            before, chosen = best[piece.start]
            value = before + piece.explains**_LONGER_IS_BETTER - PIECE_COSTS
            if value > best[end][0]:
                best[end] = (value, [*chosen, piece])
    return best[-1][1]


def _weighed(pieces: list[Piece], vocabulary: Vocabulary) -> Iterator[Slot]:
    worths = [_worth(piece, vocabulary) for piece in pieces]
    whole = sum(worths) or 1.0
    for piece, worth in zip(pieces, worths, strict=True):
        yield Slot(piece.alternatives, worth / whole)


def _worth(piece: Piece, vocabulary: Vocabulary) -> float:
    """Rare and long words have more, unknown ones less."""
    frequency = max(vocabulary.frequency(vocabulary.rarest(of)) for _, of in piece.alternatives)
    rarity = math.log(1 + vocabulary.total / (frequency + 0.5)) * (1 if frequency else _UNKNOWN_WORTH)
    length = math.sqrt((piece.end - piece.start) / _LONG_WORD)
    return piece.weight * math.pow(rarity, _RARE_IS_NOT_ALL) * min(_LONGEST_SAYS, length)
