"""Text typed on the wrong keyboard layout: l;ylfu is สวัสดี on the Thai (Kedmanee) layout."""

_LATIN = r"""1234567890-=qwertyuiop[]\asdfghjkl;'zxcvbnm,./!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?"""
_THAI = 'ๅ/-ภถุึคตจขชๆไำพะัีรนยบลฃฟหกดเ้่าสวงผปแอิืทมใฝ+๑๒๓๔ู฿๕๖๗๘๙๐"ฎฑธํ๊ณฯญฐ,ฅฤฆฏโฌ็๋ษศซ.()ฉฮฺ์?ฒฬฦ'
_TO_THAI = str.maketrans(_LATIN, _THAI)
_TO_LATIN = str.maketrans(_THAI, _LATIN)


def on_the_other_layout(text: str) -> str:
    """What the same keys give on the other layout; Thai letters say which one this was."""
    is_thai = any("\u0e01" <= character <= "\u0e4e" for character in text)
    return text.translate(_TO_LATIN if is_thai else _TO_THAI)
