"""Personal data and secrets at rest: AES-256-GCM with a ring of keys, and keyed fingerprints for look-up."""

import hashlib
import hmac
import json
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE_BYTES = 12


class CannotDecrypt(Exception):
    """The blob was not made by us, was moved from another row, or its key is gone."""


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def encrypt(plaintext: bytes, *, bound_to: str) -> bytes:
    """A blob `length of key id, key id, nonce, ciphertext` that opens only with the same `bound_to`.

    `bound_to` names the column and row, so that a blob copied into another row does not decrypt.
    """
    key = next(iter(settings.ENCRYPTION_KEYS.values()))
    nonce = os.urandom(_NONCE_BYTES)
    return current_label() + nonce + _cipher(key).encrypt(nonce, plaintext, bound_to.encode())


def decrypt(blob: bytes | memoryview, *, bound_to: str) -> bytes:
    """The plaintext of a blob from `encrypt`. Raises CannotDecrypt."""
    blob = bytes(blob)
    label_end = 1 + int.from_bytes(blob[:1])
    nonce_end = label_end + _NONCE_BYTES
    key = settings.ENCRYPTION_KEYS.get(blob[1:label_end].decode(errors="replace"))
    if key is None:
        raise CannotDecrypt("unknown key id")
    try:
        return _cipher(key).decrypt(blob[label_end:nonce_end], blob[nonce_end:], bound_to.encode())
    except (InvalidTag, ValueError):  # ValueError: cut off within the nonce
        raise CannotDecrypt("wrong key or wrong row") from None


def encrypt_json(value: Any, *, bound_to: str) -> bytes:
    return encrypt(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), bound_to=bound_to)


def decrypt_json(blob: bytes | memoryview, *, bound_to: str) -> Any:
    return json.loads(decrypt(blob, bound_to=bound_to))


def is_current(blob: bytes | memoryview) -> bool:
    """Whether the key that writes now made the blob."""
    return bytes(blob).startswith(current_label())


def current_label() -> bytes:
    """What a blob of the key that writes now begins with."""
    label = next(iter(settings.ENCRYPTION_KEYS)).encode()
    return bytes([len(label)]) + label


def fingerprint(value: bytes, *, purpose: str) -> bytes:
    """HMAC-SHA256 under the look-up key that writes now; equal values of one purpose give equal 32 bytes."""
    return fingerprints(value, purpose=purpose)[0]


def fingerprints(value: bytes, *, purpose: str) -> list[bytes]:
    """The fingerprints that the value may be kept under: one for each look-up key, that of the writing one first."""
    return [_fingerprint(key, value, purpose) for key in settings.LOOKUP_KEYS.values()]


def lock_number(value: bytes, *, purpose: str) -> int:
    """A number of 63 bits for advisory locks, the same in processes that write with different keys of one ring.

    The key whose id sorts first makes it, whichever of them writes.
    """
    key = settings.LOOKUP_KEYS[min(settings.LOOKUP_KEYS)]
    return int.from_bytes(_fingerprint(key, value, f"lock:{purpose}")[:8]) >> 1


def _fingerprint(key: bytes, value: bytes, purpose: str) -> bytes:
    return hmac.digest(key, purpose.encode() + b"\x00" + value, hashlib.sha256)
