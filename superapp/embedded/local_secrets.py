"""The keys of one local system: made once at random, kept in its state directory."""

import base64
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from superapp.embedded.locking import exclusive_lock


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _signing_keys() -> str:
    from joserfc.jwk import ECKey  # slow to import, and needed only when the secrets are made

    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, private=True, auto_kid=True)
    return json.dumps([key.as_dict(private=True)])


_MAKERS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "ENCRYPTION_KEYS": lambda: f"1:{_random_key()}",
    "LOOKUP_KEYS": lambda: f"1:{_random_key()}",
    "TOKEN_SIGNING_KEYS": _signing_keys,
    "FLOWER_BASIC_AUTH": lambda: f"operator:{secrets.token_urlsafe(16)}",
    "METRICS_TOKEN": lambda: secrets.token_urlsafe(32),
    "SANDBOX_SECRET": lambda: secrets.token_urlsafe(32),
}
SECRET_NAMES = frozenset(_MAKERS)


def new_secrets() -> dict[str, str]:
    """A fresh random value for each of `SECRET_NAMES`, as the environment variable wants it."""
    return {name: make() for name, make in _MAKERS.items()}


def local_secrets(state: Path) -> dict[str, str]:
    """The secrets of this state directory; whatever its file lacks is made and added to it."""
    path = state / "secrets.json"
    known = _read(path)
    if known.keys() >= SECRET_NAMES:
        return known
    with exclusive_lock(state / "secrets.lock"):
        known = new_secrets() | _read(path)  # another process may have been first
        _replace(path, json.dumps(known, indent=2))
    return known


def _read(path: Path) -> dict[str, str]:
    try:
        values: dict[str, str] = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    if former := values.pop("LOOKUP_KEY", ""):  # before it was a ring
        values.setdefault("LOOKUP_KEYS", f"1:{former}")
    return values


def _replace(path: Path, text: str) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)  # of a process that died here
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())  # data encrypted with keys that a power cut took would be lost for good
    draft.replace(path)
