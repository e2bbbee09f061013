"""Which Celery workers answer. A broker that is away is an answer, too."""

from celery import current_app

from superapp.operations.broker import impatient_broker

_TIMEOUT = 0.5


def workers_seen() -> list[str] | None:
    """Node names that answered within half a second; None when the broker cannot be asked."""
    try:
        with impatient_broker(_TIMEOUT) as connection:
            answers = current_app.control.inspect(timeout=_TIMEOUT, connection=connection).ping()
    except Exception:  # noqa: BLE001  (each transport has its own errors, and the page matters more)
        return None
    return sorted(answers or {})
