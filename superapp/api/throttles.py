"""How often somebody may call: counters in the shared cache, so that all workers count together."""

import time
from functools import cache
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter
from prometheus_client import Counter
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from citizens.identity.devices import client_address
from services_catalog.problems import Problem
from superapp.api.texts import NOT_READY

if TYPE_CHECKING:  # rest_framework.views reads the settings that name this module
    from rest_framework.views import APIView

logger = structlog.get_logger(__name__)

UNAVAILABLE = Counter(
    "superapp_rate_limits_unavailable", "Calls that came while the cache could not count them, by scope.", ["scope"]
)
_FAIL_CLOSED = {"sign_in"}


@cache
def _limiter(cache_url: str) -> FixedWindowRateLimiter:
    url = cache_url.replace("unix://", "redis+unix://", 1)
    storage = storage_from_string(
        url, wrap_exceptions=True, socket_timeout=0.3, socket_connect_timeout=0.3, key_prefix="rate"
    )
    return FixedWindowRateLimiter(storage)


# On import, under its lock: the library loads its Redis driver without one.
_limiter(str(settings.CACHES["default"]["LOCATION"]))


@cache
def _limit(rate: str) -> RateLimitItem:
    return parse(rate)


class SharedRateLimit(BaseThrottle):
    """Counts per caller and scope (`throttle_scope` of the view, "reading" where it names none).

    A caller is a citizen or an agency where they are known, else an address. With the cache away, anonymous sign-in is
    refused (503) and all else is let through (architecture, rule 1).
    """

    def __init__(self) -> None:
        self._wait: float | None = None

    def allow_request(self, request: Request, view: "APIView") -> bool:
        scope = _scope(request, view)
        limit, caller = _limit(settings.RATE_LIMITS[scope]), _caller(request)
        limiter = _limiter(str(settings.CACHES["default"]["LOCATION"]))
        try:
            if limiter.hit(limit, scope, caller):
                return True
            self._wait = max(0.0, limiter.get_window_stats(limit, scope, caller).reset_time - time.time())
        except StorageError:
            UNAVAILABLE.labels(scope).inc()
            logger.warning("rate_limits_unavailable", scope=scope)
            if scope in _FAIL_CLOSED:
                raise Problem(NOT_READY, headers={"Retry-After": "5"}) from None
            return True
        return False

    def wait(self) -> float | None:
        return self._wait


def _scope(request: Request, view: "APIView") -> str:
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return str(getattr(view, "read_throttle_scope", "reading"))
    return str(getattr(view, "throttle_scope", "reading"))


def _caller(request: Request) -> str:
    if request.user is not None and getattr(request.user, "is_authenticated", False):
        return str(request.user.pk)
    return client_address(request)
