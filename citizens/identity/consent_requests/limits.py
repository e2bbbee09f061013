"""How often somebody may be asked: counted in the rows, so that all processes count together."""

import math
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from citizens.identity.problems import CONSENT_REQUEST_OPEN, TOO_MANY_CONSENT_REQUESTS
from citizens.models import ConsentRequest
from services_catalog.encryption import lock_number
from services_catalog.problems import Problem


def lock_counters(*keys: bytes) -> None:
    """Until the transaction ends nobody else counts these; always taken in one order."""
    numbers = sorted({lock_number(key, purpose="consent-request") for key in keys})
    with connection.cursor() as cursor:
        for number in numbers:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def refuse_too_many(*, numbers: list[bytes], device: bytes, now: datetime) -> None:
    """Raises Problem TOO_MANY_CONSENT_REQUESTS with the time after which there is room again."""
    waits = [
        _wait(counted, limit, window, now)
        for counted in ({"number_fingerprint__in": numbers}, {"device_hash": device})
        for limit, window in settings.CONSENT_REQUEST_LIMITS
    ]
    if any(waits):
        raise Problem(TOO_MANY_CONSENT_REQUESTS, headers=_retry_after(max(waits)))


def _wait(counted: dict[str, Any], limit: int, window: timedelta, now: datetime) -> timedelta:
    """Until the oldest of the last `limit` ones leaves the window; zero if there is room."""
    latest = ConsentRequest.objects.filter(**counted, created_at__gt=now - window).order_by("-id")
    times = list(latest.values_list("created_at", flat=True)[:limit])
    return times[-1] + window - now if len(times) == limit else timedelta(0)


def still_open(request: ConsentRequest, now: datetime) -> Problem:
    return Problem(CONSENT_REQUEST_OPEN, headers=_retry_after(request.expires_at - now))


def _retry_after(wait: timedelta) -> dict[str, str]:
    return {"Retry-After": str(max(1, math.ceil(wait.total_seconds())))}
