"""Standard Webhooks 1.0, written a second time: what tests sign with is not what they test."""

import base64
import hashlib
import hmac


def signature(secret: str, event_id: str, timestamp: object, body: bytes) -> str:
    """Gives "v1,<base64>"; `secret` is "whsec_<base64>"."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{event_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
