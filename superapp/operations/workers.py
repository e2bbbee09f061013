"""Which Celery workers answer. A broker that is away is an answer, too."""

from celery import current_app
from django.conf import settings

_TIMEOUT = 0.5


def workers_seen() -> list[str] | None:
    """Node names that answered within half a second; None when the broker cannot be asked."""
    # A connection of its own: the pool's would be tried again and again.
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "max_retries": 0}
    options |= {name: _TIMEOUT for name in options if name.endswith("timeout") and name != "visibility_timeout"}
    try:
        with current_app.connection_for_write(transport_options=options, connect_timeout=_TIMEOUT) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
            answers = current_app.control.inspect(timeout=_TIMEOUT, connection=connection).ping()
    except Exception:  # noqa: BLE001  (each transport has its own errors, and the page matters more)
        return None
    return sorted(answers or {})
