"""Receipt numbers: short enough to read over the telephone, and not guessable."""

from uuid import UUID

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_CHARACTERS = 12
_BUDDHIST_OFFSET = 543


def receipt_number(request_id: UUID, year: int) -> str:
    """`69-7KQ2-M0ZC-9R4T`: the Buddhist year's last two digits and 60 random bits of the request's UUIDv7."""
    bits = request_id.int & ((1 << 60) - 1)
    code = "".join(_ALPHABET[bits >> (5 * position) & 31] for position in reversed(range(_CHARACTERS)))
    return f"{(year + _BUDDHIST_OFFSET) % 100:02d}-{code[:4]}-{code[4:8]}-{code[8:]}"
