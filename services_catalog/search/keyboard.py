"""Text typed on the wrong keyboard layout: l;ylfu is สวัสดี on the Thai (Kedmanee) layout."""

from services_catalog.search.text import is_known_thai, normalise, tokens

_LATIN = r"""1234567890-=qwertyuiop[]\asdfghjkl;'zxcvbnm,./!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?"""
_THAI = 'ๅ/-ภถุึคตจขชๆไำพะัีรนยบลฃฟหกดเ้่าสวงผปแอิืทมใฝ+๑๒๓๔ู฿๕๖๗๘๙๐"ฎฑธํ๊ณฯญฐ,ฅฤฆฏโฌ็๋ษศซ.()ฉฮฺ์?ฒฬฦ'
_TO_THAI = str.maketrans(_LATIN, _THAI)
_TO_LATIN = str.maketrans(_THAI, _LATIN)


_PLAUSIBLE = 0.6
_SURE_WORD = 3


def plausible_layouts(text: str) -> list[str]:
    """The text, and what the same keys give on the other layout where that may have been meant.

    Thai tells: text that is not made of dictionary words was hardly meant in Thai.
    """
    other = on_the_other_layout(text)
    is_thai = _is_thai(text)
    share = _share_of_words(text if is_thai else other)
    return [text, other] if (share < _PLAUSIBLE if is_thai else share >= _PLAUSIBLE) else [text]


def _share_of_words(text: str) -> float:
    found = tokens(normalise(text))
    known = sum(len(word) for word in found if len(word) >= _SURE_WORD and is_known_thai(word))
    return known / (sum(map(len, found)) or 1)


def on_the_other_layout(text: str) -> str:
    """What the same keys give on the other layout; Thai letters say which one this was."""
    return text.translate(_TO_LATIN if _is_thai(text) else _TO_THAI)


def _is_thai(text: str) -> bool:
    return any("\u0e01" <= character <= "\u0e4e" for character in text)
