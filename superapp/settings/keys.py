"""Secrets, and how long what they protect lives."""

import base64
import json
from datetime import timedelta

from .environment import required

SECRET_KEY = required("SECRET_KEY")


def _ring(value: str) -> dict[str, bytes]:
    """Key id → key, in the variable's order: the first one writes, all of them read."""
    entries = (entry.strip().partition(":") for entry in value.split(","))
    return {key_id: base64.b64decode(key) for key_id, _, key in entries}


ENCRYPTION_KEYS = _ring(required("ENCRYPTION_KEYS"))
LOOKUP_KEYS = _ring(required("LOOKUP_KEYS"))
# Private EC P-256 keys (JWK). The first one signs, the public halves of all are published.
TOKEN_SIGNING_KEYS = json.loads(required("TOKEN_SIGNING_KEYS"))

ACCESS_TOKEN_LIFETIME = timedelta(minutes=15)
REFRESH_TOKEN_LIFETIME = timedelta(days=30)
SIGN_IN_LIFETIME = timedelta(minutes=10)
# From the phone to the agency's own app to its server to us.
SERVICE_TOKEN_LIFETIME = timedelta(seconds=120)
# So long a used refresh token still gives the same successor, for a phone that lost the answer.
REFRESH_GRACE = timedelta(seconds=30)
