"""The same sent twice at the same moment: the second call waits for the first, and not for long."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import OperationalError
from psycopg.errors import LockNotAvailable

from citizens.service_requests import problems
from services_catalog.problems import Problem


@contextmanager
def twin_waited_for() -> Iterator[None]:
    """Raises Problem SUBMISSION_IN_PROGRESS when a twin holds what a statement of this block waits for longer than the
    connection's lock_timeout (settings.TWIN_WAIT).
    """
    try:
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            seconds = math.ceil(settings.TWIN_WAIT.total_seconds())
            raise Problem(problems.SUBMISSION_IN_PROGRESS, headers={"Retry-After": str(seconds)}) from None
        raise
