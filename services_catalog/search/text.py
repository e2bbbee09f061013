"""The forms in which texts are compared.

`normalise` changes nothing a reader would notice. `fold` goes on to what a hurried hand confuses: tone marks, letters
of one sound, dots in abbreviations, British and American spelling. Both sides of a comparison are folded, so a fold may
be crude as long as it seldom makes two different words one.
"""

import re
import unicodedata
from collections.abc import Iterable
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
_ONE_LETTER_HYPHEN = re.compile(r"\b([a-z])-(?=[a-z])")
_ENDING = re.compile(r"(?<=[a-z]{3})(?:ings?|ed|es|e|s)$")

# Letters of one sound become one letter; tone marks, ็ and ์ go.
_THAI_SLIPS = str.maketrans("ศษณฎฏฐฑฒธฆฬใซ", "สสนดตถทททคลไส", "็่้๊๋์ฺํ")
_ENGLISH_SPELLINGS = (("ense", "ence"), ("iz", "is"), ("our", "or"))

_SAYS_NOTHING = (
    "a|an|and|are|at|can|do|does|for|from|how|i|in|is|it|me|my|of|on|or|the|to|what|where|with|you"
    "|ของ|ที่|ไหม|มั้ย|ยังไง|อย่างไร|ไง|ทำไง|ครับ|ค่ะ|คะ|แล้ว|ต้อง|อยาก|จะ|ได้|และ|หรือ|ไหน|ที่ไหน"
    "|จาก|ถ้า|ก็|ว่า|โดย|กัน|ด้วย|เพื่อ|สำหรับ|ใน|ตาม|แก่|ซึ่ง|ฉัน|ผม|หนู|เรา|เพิ่ง|ยัง|อีก|เอง|นะ|หน่อย|บ้าง"
    "|อะไร|เท่าไหร่|เท่าไร|เมื่อไหร่|กี่|ใคร|ทำไม|เพราะ|จ้า|อ่ะ|เลย|ด่วน"
)
# Words that official names do without, and words that say little without the next one: what is sold, built or moved.
_SAYS_LITTLE = {
    0.25: "เปิด|ทำ|ไป|มา|เอา|ให้|มี|เป็น|ใช้|ดี|เล็ก|ตรง|บาง|เมื่อไร|เมื่อ|นี้|นั้น|กับ|คน|ร้าน|งาน",
    0.6: "ขาย|สร้าง|ซื้อ|ย้าย|เก็บ|ใบ|เครื่อง|เงิน|ค่า|ผู้|นาย|ตั้ง|จัด|เล่น|เลี้ยง|ติด|ลง|ส่ง|รับ|สอบ|ต่อ|ถ่าย|บ้าน|ที่|ตัว|ขอ",
}


def normalise(text: str) -> str:
    """NFC, no invisible characters, Arabic digits, tidy Thai vowels, single spaces, lower case."""
    text = " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())
    return normalise_thai(thai_digit_to_arabic_digit(text)).lower()


def fold(normalised: str) -> str:
    """The text with its common slips and spellings made one."""
    text = _POSSESSIVE.sub("", _DOT_AFTER_THAI.sub("", normalised)).translate(_THAI_SLIPS)
    text = _ONE_LETTER_HYPHEN.sub(r"\1", text)
    for spelling, instead in _ENGLISH_SPELLINGS:
        text = text.replace(spelling, instead)
    return text


def comparable(text: str) -> str:
    """Any text folded, without the spaces inside Thai, where people put them as they please, and without |."""
    return _SPACE_INSIDE_THAI.sub("", fold(normalise(text))).replace("|", " ")


def words(text: str) -> list[str]:
    """The words of a normalised text, folded, without those that say nothing.

    Thai words come from PyThaiNLP's newmm; Latin ones lose their endings.
    """
    return [word for word in tokens(text) if not says_nothing(word)]


def tokens(text: str) -> list[str]:
    """All words of a normalised text, folded."""
    found: list[str] = []
    for run in _RUNS.finditer(fold(text)):
        if run[1]:
            found += word_tokenize(run[0], custom_dict=_dictionary(), engine="newmm")
        else:
            found.append(_ENDING.sub("", run[0]))
    return found


def says_nothing(word: str) -> bool:
    """Whether a folded word is one of those that every question has."""
    return word in _function_words()


def weight(word: str) -> float:
    """How much a folded word says (0 to 1), apart from how rare it is."""
    return _weights().get(word, 1.0)


def joined(found: Iterable[str]) -> str:
    """Words as one text: Thai without spaces, a space beside each Latin word or number."""
    return _SPACE_INSIDE_THAI.sub("", " ".join(found))


def is_known_thai(word: str) -> bool:
    """Whether a folded word is in the dictionary."""
    return word in _dictionary()


def parts(word: str) -> list[str]:
    """A Thai compound as the fewest known words of two letters or more: ร้านขายยา is ร้าน, ขาย, ยา. Else nothing."""
    if word.isascii():
        return []
    dictionary = _dictionary()
    best: list[list[str] | None] = [[], *[None] * len(word)]
    for end in range(2, len(word) + 1):
        for start in range(end - 1):
            before, part = best[start], word[start:end]
            if before is None or part == word or part not in dictionary:
                continue
            if best[end] is None or len(before) + 1 < len(best[end] or ()):
                best[end] = [*before, part]
    found = best[-1] or []
    return found if any(len(part) > 2 for part in found) else []


@cache
def _function_words() -> frozenset[str]:
    return frozenset(fold(word) for word in _SAYS_NOTHING.split("|"))


@cache
def _weights() -> dict[str, float]:
    return {fold(word): says for says, every in _SAYS_LITTLE.items() for word in every.split("|")}


@cache
def _dictionary() -> Trie:
    """PyThaiNLP's Thai words, folded as the texts are."""
    return dict_trie({fold(word) for word in thai_words()})
