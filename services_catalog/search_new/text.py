"""The forms in which texts are compared.

`normalise` changes nothing a reader would notice. `fold` goes on to what a hurried hand confuses: tone marks, letters of
one sound, dots in abbreviations, British and American spelling. Both sides of a comparison are folded, so a fold may be
crude as long as it seldom makes two different words one.
"""

import re
import unicodedata
from functools import cache

from pythainlp.corpus import thai_words
from pythainlp.tokenize import word_tokenize
from pythainlp.util import Trie, dict_trie, thai_digit_to_arabic_digit
from pythainlp.util import normalize as normalise_thai

_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\ufffe\x00-\x08\x0e-\x1f\ud800-\udfff]")
_THAI = "\u0e01-\u0e4e"
_RUNS = re.compile(f"([{_THAI}]+)|[0-9]+|[^\\W\\d_]+")
_SPACE_INSIDE_THAI = re.compile(f"(?<=[{_THAI}]) (?=[{_THAI}])")
_DOT_AFTER_THAI = re.compile(rf"(?<=[{_THAI}])\.")
_POSSESSIVE = re.compile(r"['’]s?\b")
_ENDING = re.compile(r"(?<=[a-z]{3})(?:ings?|ed|es|e|s)$")

# Letters of one sound become one letter; tone marks, ็ and ์ go.
_THAI_SLIPS = str.maketrans("ศษณฎฏฐฑฒธฆฬใซ", "สสนดตถทททคลไส", "็่้๊๋์ฺํ")
_ENGLISH_SPELLINGS = (("ense", "ence"), ("iz", "is"), ("our", "or"))


def normalise(text: str) -> str:
    """NFC, no invisible characters, Arabic digits, tidy Thai vowels, single spaces, lower case."""
    text = " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())
    return normalise_thai(thai_digit_to_arabic_digit(text)).lower()


def fold(normalised: str) -> str:
    """The text with its common slips and spellings made one."""
    text = _POSSESSIVE.sub("", _DOT_AFTER_THAI.sub("", normalised)).translate(_THAI_SLIPS)
    for spelling, instead in _ENGLISH_SPELLINGS:
        text = text.replace(spelling, instead)
    return text


def squeeze(folded: str) -> str:
    """Without the spaces inside Thai, where people put them as they please."""
    return _SPACE_INSIDE_THAI.sub("", folded)


def words(text: str) -> list[str]:
    """The words of a normalised text, folded: Thai ones by PyThaiNLP's newmm, Latin ones without their endings."""
    found: list[str] = []
    for run in _RUNS.finditer(fold(text)):
        if run[1]:
            found += word_tokenize(run[0], custom_dict=_dictionary(), engine="newmm")
        else:
            found.append(_ENDING.sub("", run[0]))
    return found


def halves(word: str) -> tuple[str, str] | None:
    """A Thai compound as two words, as even as can be: บัตรประชาชน is บัตร and ประชาชน. None for other words."""
    dictionary = _dictionary()
    splits = [(word[:at], word[at:]) for at in range(2, len(word) - 1)]
    known = [split for split in splits if split[0] in dictionary and split[1] in dictionary]
    return max(known, key=lambda split: min(map(len, split)), default=None)


@cache
def _dictionary() -> Trie:
    """PyThaiNLP's Thai words, folded as the texts are."""
    return dict_trie({fold(word) for word in thai_words()})
