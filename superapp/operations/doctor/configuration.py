"""Secrets and addresses, as far as they can be judged without a network."""

from collections.abc import Iterator

from django.conf import settings
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from superapp.operations.doctor.findings import Finding, failed, ok, warning

_KEY_BYTES = 32
_SECRET_KEY_CHARACTERS = 50


def examine_configuration() -> Iterator[Finding]:
    yield ok("settings", f"{settings.SETTINGS_MODULE} loads.")
    if settings.SANDBOX:
        yield warning("sandbox", "The sandbox is on.", "Use superapp.settings.production where real citizens call.")
    yield _secret_key()
    yield _ring("ENCRYPTION_KEYS", settings.ENCRYPTION_KEYS)
    yield _ring("LOOKUP_KEYS", settings.LOOKUP_KEYS)
    yield _signing_keys()


def _secret_key() -> Finding:
    if len(settings.SECRET_KEY) < _SECRET_KEY_CHARACTERS:
        return failed(
            "SECRET_KEY",
            f"It is shorter than {_SECRET_KEY_CHARACTERS} characters and can be guessed.",
            "Replace it by at least 50 random characters; officers have to sign in again.",
        )
    return ok("SECRET_KEY", "It is long enough.")


def _ring(name: str, keys: dict[str, bytes]) -> Finding:
    if wrong := [key_id or "(no id)" for key_id, key in keys.items() if not key_id or len(key) != _KEY_BYTES]:
        return failed(
            name,
            f"Not an id and 32 bytes: {', '.join(wrong)}.",
            "Write each key as id:base64 of 32 bytes, and drop none before manage.py rotate_keys --check lets it go.",
        )
    return ok(name, f"Key {next(iter(keys))} writes; {len(keys)} can be read with.")


def _signing_keys() -> Finding:
    keys = settings.TOKEN_SIGNING_KEYS
    if not isinstance(keys, list) or not keys:
        return failed(
            "TOKEN_SIGNING_KEYS", "There is no key, so nobody can sign in.", "Give a list of at least one private JWK."
        )
    if not all(_is_signing_key(key) for key in keys):
        return failed(
            "TOKEN_SIGNING_KEYS",
            "One is not a private EC P-256 key with a kid of its own.",
            "Give each as a JWK with kty EC, crv P-256, d and kid.",
        )
    return ok("TOKEN_SIGNING_KEYS", f"Key {keys[0]['kid']} signs; {len(keys)} are published.")


def _is_signing_key(key: object) -> bool:
    if not isinstance(key, dict) or key.get("crv") != "P-256" or not key.get("kid"):
        return False
    try:
        return ECKey.import_key(key).is_private
    except (JoseError, ValueError, TypeError):
        return False
