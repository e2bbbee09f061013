"""Secrets, and how long what they protect lives."""

import base64
import json
from datetime import timedelta

from .environment import required

SECRET_KEY = required("SECRET_KEY")
# Key id → AES-256 key. The first one writes, all of them read.
ENCRYPTION_KEYS = {
    key_id: base64.b64decode(key)
    for key_id, _, key in (entry.strip().partition(":") for entry in required("ENCRYPTION_KEYS").split(","))
}
LOOKUP_KEY = base64.b64decode(required("LOOKUP_KEY"))
# Private EC P-256 keys (JWK). The first one signs, the public halves of all are published.
TOKEN_SIGNING_KEYS = json.loads(required("TOKEN_SIGNING_KEYS"))

ACCESS_TOKEN_LIFETIME = timedelta(minutes=15)
REFRESH_TOKEN_LIFETIME = timedelta(days=30)
SIGN_IN_LIFETIME = timedelta(minutes=10)
