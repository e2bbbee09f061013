"""PKCE (RFC 7636) with S256."""

import base64
import hashlib


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
