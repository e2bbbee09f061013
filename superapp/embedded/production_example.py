"""Runs a command in a complete, valid and throw-away production environment: for checks, never for service.

python -m superapp.embedded.production_example manage.py check --deploy
"""

import os
import sys
from collections.abc import MutableMapping

from superapp.embedded.local_secrets import new_secrets


def make_production(environment: MutableMapping[str, str]) -> None:
    """Replace what the production settings read with valid values; none of the hosts exists."""
    environment.update(new_secrets())
    for sandbox_only in ("SANDBOX", "SANDBOX_SECRET"):
        environment.pop(sandbox_only, None)
    environment.update(
        {
            "DJANGO_SETTINGS_MODULE": "superapp.settings.production",
            "DATABASE_URL": "postgresql://app:password@database.invalid/superapp",
            "CELERY_BROKER_URL": "amqps://app:password@broker.invalid/superapp",
            "CACHE_URL": "rediss://cache.invalid:6379/1",
            "ALLOWED_HOSTS": "superapp.example",
            "PUBLIC_URL": "https://superapp.example",
        }
    )


if __name__ == "__main__":
    make_production(os.environ)
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])  # noqa: S606 - the command is the caller's own
