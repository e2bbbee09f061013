"""Where a word stands in a text that was typed with slips."""

from dataclasses import dataclass
from functools import cache

# Letters that sound alike, or vowels that differ in length only: taking one for the other is half a slip.
_ALIKE = ("ิีึื", "ุู", "รล", "ดตท", "กคข", "นญณ", "พผภ", "ชจฉ", "ฟฝ", "หฮ", "บป", "เแ", "อโ", "ะา", "iy", "ckq", "sz")
_ALIKE_COST, _OTHER_COST = 0.5, 1.0
# How many slips a word of a length may have.
_SLIPS_PER_LETTER, _MOST_SLIPS = 0.25, 2.0
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a text a word was read (from `start` up to `end`), and how many slips that took."""

    start: int
    end: int
    slips: float


def slips_allowed(word: str) -> float:
    """How many slips a word may have and still be that word."""
    return min(_MOST_SLIPS, _SLIPS_PER_LETTER * len(word)) if len(word) >= _SHORTEST else 0.0


def misspelt(word: str, text: str) -> list[Place]:
    """The places of the text that read most like the word, after Sellers (1980); swapped neighbours are one slip.

    Places that end differently may read as much like it: ลาต and ลา are both ลาย with one slip.
    """
    most = slips_allowed(word)
    before: list[tuple[float, int]] = []
    last = [(0.0, start) for start in range(len(text) + 1)]
    for row, letter in enumerate(word, 1):
        current = [(float(row), 0)]
        for column, typed in enumerate(text, 1):
            cost, start = last[column - 1]
            best = (cost + _slip(letter, typed), start)
            for other in (last[column], current[column - 1]):
                best = min(best, (other[0] + _OTHER_COST, other[1]), key=_cost)
            if row > 1 and column > 1 and letter == text[column - 2] and word[row - 2] == typed != letter:
                cost, start = before[column - 2]
                best = min(best, (cost + _OTHER_COST, start), key=_cost)
            current.append(best)
        if min(cost for cost, _ in current) > most:
            return []
        before, last = last, current
    fewest = min(cost for cost, _ in last)
    return [Place(start, end, cost) for end, (cost, start) in enumerate(last) if cost == fewest and start < end]


def _cost(reading: tuple[float, int]) -> float:
    return reading[0]


@cache
def _slip(letter: str, typed: str) -> float:
    if letter == typed:
        return 0.0
    return _ALIKE_COST if any(letter in alike and typed in alike for alike in _ALIKE) else _OTHER_COST
