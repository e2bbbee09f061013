"""The environment variables of a local system; in production all of them come from outside."""

import os

from superapp.embedded import locations
from superapp.embedded.local_secrets import SECRET_NAMES, local_secrets
from superapp.embedded.locations import state_directory

__all__ = ["set_local_defaults", "state_directory"]


def set_local_defaults() -> None:
    """Set, where unset, the URLs of this state directory's embedded servers and its secrets in `os.environ`.

    Starts nothing. `SUPERAPP_STATE` becomes absolute, so that children in other folders mean the same state.
    """
    state = state_directory()
    os.environ["SUPERAPP_STATE"] = str(state)
    os.environ.setdefault("DATABASE_URL", locations.database_url(state))
    os.environ.setdefault("CELERY_BROKER_URL", locations.broker_url(state))
    os.environ.setdefault("CACHE_URL", locations.cache_url(state))
    if not os.environ.keys() >= SECRET_NAMES:
        for name, value in local_secrets(state).items():
            os.environ.setdefault(name, value)
