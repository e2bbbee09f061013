"""The one place that reads the environment, and that says what is missing."""

from django.core.exceptions import ImproperlyConfigured
from environs import Env

env = Env()

_MEANING = {
    "SECRET_KEY": "the key Django signs sessions with",
    "ENCRYPTION_KEYS": "the keys of personal data at rest, as id:base64 of 32 bytes, comma-separated, first one writes",
    "LOOKUP_KEYS": "the keys of look-up fingerprints, as id:base64 of 32 bytes, comma-separated, first one writes",
    "TOKEN_SIGNING_KEYS": "a JSON list of private EC P-256 keys (JWK), first one signs",
    "DATABASE_URL": "where PostgreSQL is, as postgresql://user:password@host:5432/name",
    "CELERY_BROKER_URL": "where the broker is, as amqps://user:password@host:5671//",
    "CACHE_URL": "where the shared cache is, as rediss://host:6379/1",
    "ALLOWED_HOSTS": "the host names this back end answers for, comma-separated",
    "PUBLIC_URL": "the address phones and agencies call, as https://api.example.go.th",
}


def required(name: str) -> str:
    """The variable's value. Raises ImproperlyConfigured with a sentence that names it when it is unset or empty."""
    value: str = env.str(name, "")
    if not value:
        raise ImproperlyConfigured(f"The environment variable {name} is not set: it gives {_MEANING[name]}.")
    return value
