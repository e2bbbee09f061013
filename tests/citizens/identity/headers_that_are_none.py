"""What stands where a JWT has its header: JSON that is no object, or is one of another kind."""

import base64

HEADERS_THAT_ARE_NONE = [
    '"alg"',
    '["alg"]',
    "7",
    "null",
    "{}",
    '{"alg": 7}',
    '{"alg": ["ES256"]}',
    '{"alg": "ES256", "kid": 7}',
    '{"alg": "ES256", "crit": 7}',
    '{"alg": "ES256", "b64": false}',
    "[" * 380,
    '{"alg":' * 50,
    "[" * 6000,
]


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
