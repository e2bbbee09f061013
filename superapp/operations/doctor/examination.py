"""The whole examination, in the order in which one thing needs another."""

import os
from collections.abc import Iterator

from superapp.operations.doctor.configuration import examine_configuration
from superapp.operations.doctor.database import database_answers, examine_database
from superapp.operations.doctor.findings import Finding, Level, warning
from superapp.operations.doctor.servers import examine_broker, examine_cache
from superapp.operations.doctor.work import examine_work

_CONNECT_SECONDS = "3"


def examine() -> Iterator[Finding]:
    """Findings as they are made. Changes nothing but a key in the cache that it deletes again."""
    # Read by libpq: a host that drops packets is not waited for.
    os.environ.setdefault("PGCONNECT_TIMEOUT", _CONNECT_SECONDS)
    yield from examine_configuration()
    yield (database := database_answers())
    if database.level is Level.FAILED:
        yield warning("rows", "Not looked at: the database does not answer.", "Run doctor again once it does.")
    else:
        yield from examine_database()
        yield from examine_work()
    yield examine_cache()
    yield from examine_broker()
