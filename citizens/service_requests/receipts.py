"""Receipt numbers: short enough to read over the telephone, and not guessable."""

import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_CHARACTERS = 12
_BUDDHIST_OFFSET = 543


def new_receipt_number(year: int) -> str:
    """`69-7KQ2-M0ZC-9R4T`: the Buddhist year's last two digits and 60 random bits."""
    bits = secrets.randbits(5 * _CHARACTERS)
    code = "".join(_ALPHABET[bits >> 5 * position & 31] for position in range(_CHARACTERS))
    return f"{(year + _BUDDHIST_OFFSET) % 100:02d}-{code[:4]}-{code[4:8]}-{code[8:]}"
