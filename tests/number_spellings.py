"""How a 13-digit number may be written down so that no key is needed to read it, or to try all there are."""

import base64
import hashlib


def spellings(number: str) -> list[str]:
    """As people and programs write it, and hashes that anybody can compute."""
    parts = (number[0], number[1:5], number[5:10], number[10:12], number[12])
    plain = number.encode()
    digests = [hashlib.new(name, plain).digest() for name in ("md5", "sha1", "sha256", "sha512")]
    return [
        *(number, " ".join(parts), "-".join(parts)),
        *(written for value in (plain, *digests) for written in (value.hex(), _base64(value))),
    ]


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode().rstrip("=")
