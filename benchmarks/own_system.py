"""Django with the benchmarks' settings, on servers that are thrown away."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from superapp.embedded.clean import remove_state
from superapp.embedded.environment import set_local_defaults
from superapp.embedded.servers import running_servers


@contextmanager
def own_system() -> Iterator[Path]:
    """Within this block Django is set up and PostgreSQL and Valkey run; yields the folder that holds all state."""
    with TemporaryDirectory(prefix="bench-") as state:
        for name in ("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL"):
            os.environ.pop(name, None)
        os.environ["SUPERAPP_STATE"] = state
        os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
        set_local_defaults()
        try:
            with running_servers():
                import django

                django.setup()
                from django.db import connections

                yield Path(state)
                connections.close_all()
        finally:
            remove_state(Path(state))  # as root PostgreSQL's files are elsewhere
