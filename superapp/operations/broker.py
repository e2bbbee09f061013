"""A connection to the broker that gives up at once: for pages and commands that must work when it is away."""

from collections.abc import Iterator
from contextlib import contextmanager

from celery import current_app
from django.conf import settings
from kombu import Connection


@contextmanager
def impatient_broker(seconds: float) -> Iterator[Connection]:
    """Connected within `seconds`, or raises what the transport raises. The pool's would be tried again and again."""
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "max_retries": 0}
    options |= {name: seconds for name in options if name.endswith("timeout") and name != "visibility_timeout"}
    with current_app.connection_for_write(transport_options=options, connect_timeout=seconds) as connection:
        connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
        yield connection
