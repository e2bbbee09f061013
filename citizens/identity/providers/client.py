"""What we are to a provider, shown as its row says."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_DGA_ROUNDS = 7
_DGA_SALT = "EGA"


@dataclass(frozen=True, slots=True)
class Client:
    """Our registration there. `method` is basic, post or basic_hashed."""

    client_id: str
    secret: str = field(repr=False)
    method: str
    extra_headers: Mapping[str, str]

    @classmethod
    def of(cls, options: Mapping[str, Any], secret: str) -> "Client":
        return cls(options["client_id"], secret, options["client_authentication"], options["extra_headers"])

    def headers(self) -> dict[str, str]:
        if self.method == "post":
            return dict(self.extra_headers)
        secret = hashed_secret(self.secret) if self.method == "basic_hashed" else self.secret
        shown = base64.b64encode(f"{self.client_id}:{secret}".encode()).decode()
        return {**self.extra_headers, "Authorization": f"Basic {shown}"}

    def form(self) -> dict[str, str]:
        return {"client_id": self.client_id, "client_secret": self.secret} if self.method == "post" else {}


def hashed_secret(secret: str) -> str:
    """What DGA Digital ID takes in place of the secret (its own sample, digitalId-relying-party-net)."""
    value = secret
    for _ in range(_DGA_ROUNDS):
        value = hashlib.md5((value + _DGA_SALT).encode(), usedforsecurity=False).hexdigest()
    return value
